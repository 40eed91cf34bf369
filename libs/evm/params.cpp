#include "evm/params.h"

#include <array>
#include <string>

#include "base/check.h"
#include "base/text.h"
#include "money/amount.h"

namespace evm {

namespace {

using chain::ChainInfo;
using chain::Mode;
using money::UInt256;

// EVM chains that are not among the platform's five daemons.
constexpr ChainInfo kPolygon = {"polygon",
                                "pol",
                                "POL",
                                18,
                                chain::Family::kEvm,
                                "eip155:80002",
                                "eip155:80002",
                                "eip155:137",
                                8012,
                                9012};
constexpr ChainInfo kAvalanche = {"avalanche",
                                  "avax",
                                  "AVAX",
                                  18,
                                  chain::Family::kEvm,
                                  "eip155:43112",
                                  "eip155:43113",
                                  "eip155:43114",
                                  8013,
                                  9013};

// Fees are decimal gwei, the fee ceiling is decimal coins. The devnet has the mainnet's wrapped
// coin at the mainnet's address.
struct Row {
    std::string_view chain;
    std::string_view fee_ceiling;
    std::string_view tip_floor;
    std::string_view tip_ceiling;
    std::string_view gas_price_ceiling;
    std::string_view wrapped_mainnet;
    std::string_view wrapped_testnet;
    std::uint32_t final_depth = 0;
    std::uint32_t block_seconds = 0;
};

constexpr std::array<Row, 4> kRows = {{
    {"ethereum",
     "0.5",
     "0.001",
     "500",
     "5000",
     "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2",
     "0xfFf9976782d46CC05630D1f6eBAb18b2324d6B14",
     12,
     12},
    // Base fee 0: the whole price is the tip, and validators drop what is below 0.05 gwei.
    {"binance",
     "0.1",
     "0.05",
     "50",
     "100",
     "0xbb4CdB9CBd36B01bD1cBaEBF2De08d9173bc095c",
     "0xae13d989daC2f0dEbFf460aC112a837C89BAa7cd",
     15,
     1},
    // Bor refuses tips below 25 gwei.
    {"polygon",
     "50",
     "25",
     "5000",
     "50000",
     "0x0d500B1d8E8eF31E21C99d1Db9A6444d3ADf1270",
     "",
     64,
     2},
    {"avalanche",
     "2",
     "0.000000001",
     "500",
     "5000",
     "0xB31f66AA3C1e785363F0875A1B74E27b85FD66c7",
     "0xd00ae08403B9bbb9124bB305C09058E32C39A48c",
     3,
     2},
}};

constexpr unsigned kGweiDecimals = 9;

// Only for the texts of the table above: a wrong one ends the process at start.
UInt256 Constant(std::string_view decimal, unsigned decimals) {
    const auto value = money::ParseDecimal(decimal, decimals);
    BASE_CHECK(value.has_value());
    return *value;
}

std::uint64_t ChainIdOf(std::string_view network) {
    constexpr std::string_view kPrefix = "eip155:";
    BASE_CHECK(network.starts_with(kPrefix));
    const auto id =
        base::ParseUnsigned<std::uint64_t>(network.substr(kPrefix.size()), ~std::uint64_t{0});
    BASE_CHECK(id.has_value());
    return *id;
}

base::Result<const ChainInfo*> InfoOf(std::string_view name) {
    for (const ChainInfo* info : {&kPolygon, &kAvalanche}) {
        if (info->name == name || info->alias == name) {
            return info;
        }
    }
    return chain::FindChain(name);
}

Params Make(const Row& row, const ChainInfo& info, Mode mode) {
    Params params;
    params.common.info = &info;
    params.common.mode = mode;
    params.common.network = std::string(chain::NetworkId(info, mode));
    params.common.native = chain::NativeAsset(info, mode);
    params.common.fee_ceiling = Constant(row.fee_ceiling, info.decimals);
    params.common.final_depth = row.final_depth;
    params.chain_id = ChainIdOf(params.common.network);
    params.tip_floor = Constant(row.tip_floor, kGweiDecimals);
    params.tip_ceiling = Constant(row.tip_ceiling, kGweiDecimals);
    params.gas_price_ceiling = Constant(row.gas_price_ceiling, kGweiDecimals);
    params.block_seconds = row.block_seconds;
    const std::string_view wrapped =
        mode == Mode::kTestnet ? row.wrapped_testnet : row.wrapped_mainnet;
    if (!wrapped.empty()) {
        const auto address = Address::Parse(wrapped);
        BASE_CHECK(address.has_value());
        params.wrapped_native = *address;
    }
    return params;
}

}  // namespace

base::Result<Params> ParamsOf(std::string_view chain_name, Mode mode) {
    BASE_ASSIGN_OR_RETURN(const ChainInfo* info, InfoOf(chain_name));
    for (const Row& row : kRows) {
        if (row.chain == info->name) {
            return Make(row, *info, mode);
        }
    }
    return base::NotFound("unknown_chain", std::string(info->name) + " is no EVM chain");
}

base::Result<Params> ParamsOfNetwork(std::string_view network, Mode mode) {
    for (const Row& row : kRows) {
        BASE_ASSIGN_OR_RETURN(const ChainInfo* info, InfoOf(row.chain));
        if (chain::NetworkId(*info, mode) == network) {
            return Make(row, *info, mode);
        }
    }
    return base::NotFound("unknown_chain", "no EVM chain has the network " + std::string(network));
}

}  // namespace evm
