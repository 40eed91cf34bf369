#include "utxo/params.h"

#include <string>

namespace utxo {

namespace {

// Base units. No payment of ours ever costs more.
constexpr std::uint64_t kFeeCeiling = 5'000'000;
constexpr std::uint64_t kRateCeilingMilli = 1'000'000;
constexpr std::uint32_t kBitcoinFinalDepth = 6;
constexpr std::uint32_t kZcashFinalDepth = 10;
constexpr std::uint32_t kBitcoinBlockSeconds = 600;
constexpr std::uint32_t kZcashBlockSeconds = 75;

}  // namespace

base::Result<Params> ParamsOf(std::string_view chain_name, chain::Mode mode) {
    BASE_ASSIGN_OR_RETURN(const chain::ChainInfo* info, chain::FindChain(chain_name));
    if (info->family != chain::Family::kUtxo) {
        return base::NotFound("unknown_chain", std::string(chain_name) + " has no coins");
    }
    Params params;
    BASE_ASSIGN_OR_RETURN(params.format, FindFormat(info->name));
    const bool bitcoin = params.format == &BitcoinFormat();
    params.common.info = info;
    params.common.mode = mode;
    params.common.network = chain::NetworkId(*info, mode);
    params.common.native = chain::NativeAsset(*info, mode);
    params.common.fee_ceiling = money::UInt256(kFeeCeiling);
    params.common.final_depth = bitcoin ? kBitcoinFinalDepth : kZcashFinalDepth;
    params.common.slot = chain::SlotKind::kCoins;
    params.common.replaceable = bitcoin;
    params.common.mortal = !bitcoin;  // by the expiry height
    params.network = NetworkOf(mode);
    params.has_fee_market = bitcoin;
    params.keeps_sources = bitcoin;
    params.shields_rewards = !bitcoin && mode != chain::Mode::kDevnet;
    params.rate_ceiling_milli = kRateCeilingMilli;
    params.block_seconds = bitcoin ? kBitcoinBlockSeconds : kZcashBlockSeconds;
    return params;
}

base::Result<Params> ParamsOfNetwork(std::string_view network, chain::Mode mode) {
    const chain::ChainInfo* info = chain::FindNetwork(network);
    if (info == nullptr || chain::NetworkId(*info, mode) != network) {
        return base::NotFound("unknown_chain", std::string(network) + " is not served here");
    }
    return ParamsOf(info->name, mode);
}

}  // namespace utxo
