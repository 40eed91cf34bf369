// The five chains as data: names, native coins, network ids by mode. Facts that only one chain's
// core needs live in that core.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "money/amount.h"

namespace chain {

enum class Family { kEvm, kUtxo, kSolana };

// devnet = local test nodes; live networks are opt-in by CHAIN_NETWORK.
enum class Mode { kDevnet, kTestnet, kMainnet };

struct ChainInfo {
    std::string_view name;   // as in /api/v1/{chain}: "ethereum"
    std::string_view alias;  // also accepted: "bnb"; empty = none
    std::string_view symbol;
    std::uint32_t decimals = 0;
    Family family = Family::kEvm;
    std::string_view devnet;  // CAIP-2
    std::string_view testnet;
    std::string_view mainnet;
    std::uint16_t http_port = 0;
    std::uint16_t grpc_port = 0;
};

// In the platform's order: ethereum, bitcoin, zcash, binance, solana.
[[nodiscard]] std::span<const ChainInfo> AllChains();

// By name or alias. Errors: `unknown_chain`, naming the nearest.
[[nodiscard]] base::Result<const ChainInfo*> FindChain(std::string_view name);

// The chain whose network this CAIP-2 id is, in any mode; null = none.
[[nodiscard]] const ChainInfo* FindNetwork(std::string_view caip2);

[[nodiscard]] std::string_view NetworkId(const ChainInfo& chain, Mode mode);

[[nodiscard]] money::Asset NativeAsset(const ChainInfo& chain, Mode mode);

// "devnet", "testnet", "mainnet". Errors: `bad_mode`.
[[nodiscard]] base::Result<Mode> ParseMode(std::string_view text);
[[nodiscard]] std::string_view ModeName(Mode mode);

}  // namespace chain
