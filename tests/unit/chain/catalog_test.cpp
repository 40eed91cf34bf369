#include "chain/catalog.h"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace {

using chain::Mode;

constexpr std::array kModes = {Mode::kDevnet, Mode::kTestnet, Mode::kMainnet};

std::string ReasonOf(const base::Result<const chain::ChainInfo*>& found) {
    return found ? "" : found.error().reason;
}

TEST(Catalog, ChainsAreFoundByNameAndAlias) {
    for (const chain::ChainInfo& info : chain::AllChains()) {
        EXPECT_EQ(chain::FindChain(info.name).value(), &info);
        EXPECT_EQ(chain::FindChain(info.alias).value(), &info);
    }
    EXPECT_EQ(ReasonOf(chain::FindChain("")), "unknown_chain");
    EXPECT_EQ(ReasonOf(chain::FindChain("Bitcoin")), "unknown_chain");
    EXPECT_EQ(ReasonOf(chain::FindChain("litecoin")), "unknown_chain");
}

TEST(Catalog, AMistypedNameIsToldTheNearest) {
    EXPECT_NE(chain::FindChain("etherium").error().detail.find("did you mean ethereum?"),
              std::string::npos);
    EXPECT_EQ(chain::FindChain("dogecoin-classic").error().detail.find("did you mean"),
              std::string::npos);
}

TEST(Catalog, NothingThatTellsChainsApartIsSharedByTwo) {
    std::set<std::string_view> names;
    std::set<std::uint16_t> ports;
    for (const chain::ChainInfo& info : chain::AllChains()) {
        EXPECT_TRUE(names.insert(info.name).second) << info.name;
        EXPECT_TRUE(names.insert(info.alias).second) << info.alias;
        EXPECT_TRUE(ports.insert(info.http_port).second) << info.name;
        EXPECT_TRUE(ports.insert(info.grpc_port).second) << info.name;
    }
}

TEST(Catalog, ANetworkIsOfOneChain) {
    for (const chain::ChainInfo& info : chain::AllChains()) {
        for (const Mode mode : kModes) {
            const std::string_view network = chain::NetworkId(info, mode);
            EXPECT_EQ(chain::FindNetwork(network), &info) << network;
            // CAIP-2: a namespace of 3 to 8 letters and a reference of 1 to 32.
            const auto colon = network.find(':');
            ASSERT_NE(colon, std::string_view::npos);
            EXPECT_GE(colon, 3U);
            EXPECT_LE(colon, 8U);
            EXPECT_LE(network.size() - colon - 1, 32U) << network;
            const money::Asset native = chain::NativeAsset(info, mode);
            EXPECT_TRUE(native.IsNative());
            EXPECT_EQ(native.network, network);
            EXPECT_EQ(native.symbol, info.symbol);
            EXPECT_EQ(native.decimals, info.decimals);
        }
        EXPECT_NE(info.devnet, info.mainnet);
    }
    EXPECT_EQ(chain::FindNetwork("eip155:2"), nullptr);
    EXPECT_EQ(chain::FindNetwork(""), nullptr);
}

TEST(Catalog, ModesAreReadByTheirNamesAlone) {
    for (const Mode mode : kModes) {
        EXPECT_EQ(chain::ParseMode(chain::ModeName(mode)).value(), mode);
    }
    for (const char* text : {"", "Mainnet", "main", "mainnet "}) {
        const auto mode = chain::ParseMode(text);
        ASSERT_FALSE(mode) << text;
        EXPECT_EQ(mode.error().reason, "bad_mode");
    }
}

}  // namespace
