#include "chain_host/token_registry.h"

#include <gtest/gtest.h>
#include <string>

#include "base/text.h"
#include "evm/address.h"
#include "pg/pool.h"
#include "support/private_postgres.h"

namespace {

using chain_host::TokenRegistry;

support::PrivatePostgres& Postgres() {
    static support::PrivatePostgres postgres({.fsync = false});
    return postgres;
}

TEST(TokenRegistry, KnowsItsTokensByContractAndSymbol) {
    pg::Pool pool(pg::PoolOptions{.url = Postgres().Url("ethereum_service")});
    const TokenRegistry registry(pool, "eip155:1");
    const auto usdc = registry.FindSymbol("usdc");
    ASSERT_TRUE(usdc) << usdc.error().detail;
    ASSERT_TRUE(*usdc);
    EXPECT_EQ((*usdc)->asset.contract, "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48");
    EXPECT_EQ((*usdc)->asset.decimals, 6U);
    EXPECT_EQ((*usdc)->asset.network, "eip155:1");
    const auto same = registry.Find((*usdc)->asset.contract);
    ASSERT_TRUE(same && *same);
    EXPECT_EQ((*same)->name, "USD Coin");
    EXPECT_FALSE(*registry.FindSymbol("NOPE"));
    EXPECT_FALSE(*registry.Find("0x0000000000000000000000000000000000000001"));
    const TokenRegistry bnb(pool, "eip155:56");
    EXPECT_EQ((*bnb.FindSymbol("USDC"))->asset.decimals, 18U) << "another network, another token";
}

TEST(TokenRegistry, NoDaemonCanWriteIt) {
    for (const char* role : {"ethereum_service", "wallet_manager", "api_gateway"}) {
        pg::Pool pool(pg::PoolOptions{.url = Postgres().Url(role)});
        const auto written = pg::Transact(
            pool, [](pg::Tx& tx) { return tx.Exec("UPDATE token_registry SET symbol = 'EVIL'"); });
        EXPECT_FALSE(written) << role;
    }
}

TEST(TokenRegistry, EveryContractHasItsChecksum) {
    const std::string all = Postgres().Sql(
        "SELECT string_agg(contract, ',') FROM token_registry WHERE network LIKE 'eip155:%'");
    const auto contracts = base::Split(all, ',');
    EXPECT_GE(contracts.size(), 16U);
    for (const std::string_view contract : contracts) {
        const auto address = evm::Address::Parse(contract);
        ASSERT_TRUE(address) << contract << ": " << address.error().detail;
        EXPECT_EQ(address->ToString(), contract);
    }
}

TEST(Symbols, AreShorterThanAnyAddress) {
    EXPECT_TRUE(chain_host::LooksLikeSymbol("USDC"));
    EXPECT_TRUE(chain_host::LooksLikeSymbol("USDC.e"));
    EXPECT_FALSE(chain_host::LooksLikeSymbol(""));
    EXPECT_FALSE(chain_host::LooksLikeSymbol("US-DC"));
    EXPECT_FALSE(chain_host::LooksLikeSymbol("0x0000000000000000000000000000000000000001"));
}

}  // namespace
