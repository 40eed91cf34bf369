#include "solana/params.h"

#include <chrono>
#include <string>

#include "base/check.h"
#include "chain/catalog.h"

namespace solana {

namespace {

constexpr std::uint64_t kFeeCeiling = 20'000'000;  // lamports, rent included
constexpr std::chrono::milliseconds kRebroadcast{2'000};
constexpr std::uint32_t kFinalDepth = 32;

}  // namespace

chain::Parameters ParametersOf(chain::Mode mode) {
    const auto info = chain::FindChain("solana");
    BASE_CHECK(info.has_value());
    chain::Parameters parameters;
    parameters.info = *info;
    parameters.mode = mode;
    parameters.network = chain::NetworkId(**info, mode);
    parameters.native = chain::NativeAsset(**info, mode);
    parameters.fee_ceiling = money::UInt256(kFeeCeiling);
    parameters.final_depth = kFinalDepth;
    parameters.slot = chain::SlotKind::kNone;
    parameters.replaceable = false;
    parameters.mortal = true;
    parameters.rebroadcast = kRebroadcast;
    return parameters;
}

base::Result<chain::Parameters> ParametersOfNetwork(const std::string& network, chain::Mode mode) {
    auto parameters = ParametersOf(mode);
    if (parameters.network != network) {
        return base::FailedPrecondition("unsupported_network",
                                        network + " is not Solana's network here");
    }
    return parameters;
}

}  // namespace solana
