#include "chain/catalog.h"

#include <array>
#include <string>
#include <vector>

#include "base/text.h"

namespace chain {

namespace {

// CAIP-2 namespaces: eip155 = chain id, bip122 = first 32 hex digits of the genesis block hash,
// solana = first 32 characters of the genesis hash. Zcash has no namespace of its own; bip122 names
// its genesis block too. Regtest Zcash shares its genesis block among all nodes.
constexpr std::array<ChainInfo, 5> kChains = {{
    {"ethereum",
     "eth",
     "ETH",
     18,
     Family::kEvm,
     "eip155:31337",
     "eip155:11155111",
     "eip155:1",
     8002,
     9002},
    {"bitcoin",
     "btc",
     "BTC",
     8,
     Family::kUtxo,
     "bip122:0f9188f13cb7b2c71f2a335e3a4fc328",
     "bip122:00000000da84f2bafbbc53dee25a72ae",
     "bip122:000000000019d6689c085ae165831e93",
     8003,
     9003},
    {"zcash",
     "zec",
     "ZEC",
     8,
     Family::kUtxo,
     "bip122:029f11d80ef9765602235e1bc9727e3e",
     "bip122:05a60a92d99d85997cce3b87616c089f",
     "bip122:00040fe8ec8471911baa1db1266ea15d",
     8004,
     9004},
    {"binance", "bnb", "BNB", 18, Family::kEvm, "eip155:97", "eip155:97", "eip155:56", 8005, 9005},
    {"solana",
     "sol",
     "SOL",
     9,
     Family::kSolana,
     "solana:localnet",
     "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
     "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
     8006,
     9006},
}};

}  // namespace

std::span<const ChainInfo> AllChains() {
    return kChains;
}

base::Result<const ChainInfo*> FindChain(std::string_view name) {
    std::vector<std::string_view> names;
    for (const ChainInfo& chain : kChains) {
        if (chain.name == name || chain.alias == name) {
            return &chain;
        }
        names.push_back(chain.name);
    }
    const std::string_view nearest = base::Nearest(name, names);
    return base::NotFound(
        "unknown_chain",
        "there is no chain of this name" +
            (nearest.empty() ? std::string() : "; did you mean " + std::string(nearest) + "?"));
}

const ChainInfo* FindNetwork(std::string_view caip2) {
    for (const ChainInfo& chain : kChains) {
        if (chain.devnet == caip2 || chain.testnet == caip2 || chain.mainnet == caip2) {
            return &chain;
        }
    }
    return nullptr;
}

std::string_view NetworkId(const ChainInfo& chain, Mode mode) {
    switch (mode) {
        case Mode::kDevnet:
            return chain.devnet;
        case Mode::kTestnet:
            return chain.testnet;
        case Mode::kMainnet:
            return chain.mainnet;
    }
    return chain.devnet;
}

money::Asset NativeAsset(const ChainInfo& chain, Mode mode) {
    money::Asset asset;
    asset.network = NetworkId(chain, mode);
    asset.symbol = chain.symbol;
    asset.decimals = chain.decimals;
    return asset;
}

base::Result<Mode> ParseMode(std::string_view text) {
    for (const Mode mode : {Mode::kDevnet, Mode::kTestnet, Mode::kMainnet}) {
        if (ModeName(mode) == text) {
            return mode;
        }
    }
    return base::InvalidArgument("bad_mode", "CHAIN_NETWORK is devnet, testnet or mainnet");
}

std::string_view ModeName(Mode mode) {
    switch (mode) {
        case Mode::kDevnet:
            return "devnet";
        case Mode::kTestnet:
            return "testnet";
        case Mode::kMainnet:
            return "mainnet";
    }
    return "devnet";
}

}  // namespace chain
