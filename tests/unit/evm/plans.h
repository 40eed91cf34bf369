// Plans of the tests of this folder.
#pragma once

#include <string>
#include <utility>

#include "chain/types.h"
#include "evm/action.h"
#include "evm/params.h"

namespace evm_test {

using money::UInt256;

inline const evm::Address kAlice =
    *evm::Address::Parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
inline const evm::Address kBob = *evm::Address::Parse("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045");
inline const evm::Address kToken =
    *evm::Address::Parse("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48");
inline const evm::Address kOther =
    *evm::Address::Parse("0x6B175474E89094C44Da98b954EedeAC495271d0F");
inline const evm::Address kWeth =
    *evm::Address::Parse("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2");
inline const evm::Address kRouter =
    *evm::Address::Parse("0x10ED43C718714eb63d5aA57B78B54704E256024E");

inline evm::Params Devnet() {
    return *evm::ParamsOf("ethereum", chain::Mode::kDevnet);
}

// 10^17, a tenth of a coin.
inline UInt256 Tenth() {
    return UInt256(100000000000000000);
}

inline money::Asset TokenAsset() {
    money::Asset asset;
    asset.network = "eip155:31337";
    asset.contract = kToken.ToString();
    asset.symbol = "USDC";
    asset.decimals = 6;
    return asset;
}

inline chain::Plan PlanOf(chain::Action action, bool native = true) {
    chain::Plan plan;
    plan.from = kAlice.ToString();
    plan.asset = native ? Devnet().common.native : TokenAsset();
    plan.action = std::move(action);
    plan.fee_cap = Devnet().common.fee_ceiling;
    return plan;
}

inline chain::Transfer TransferTo(const evm::Address& to,
                                  const UInt256& amount,
                                  chain::TransferMode mode = chain::TransferMode::kExact) {
    return {{{to.ToString(), amount}}, mode};
}

inline evm::Contracts AllContracts() {
    evm::Contracts contracts;
    contracts.wrapped_native = kWeth;
    for (const char* protocol :
         {"uniswap_v2_router02", "swap_router_02", "pancake_v2", "pancake_v3_router"}) {
        contracts.routers.emplace(protocol, kRouter);
    }
    return contracts;
}

}  // namespace evm_test
