#include "evm/swap_call.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "evm/abi.h"

namespace evm {

namespace {

using money::UInt256;

constexpr std::uint32_t kPoolFeeMax = 1000000;  // Uniswap V3's own bound: 100 %

// Uniswap SwapRouter02, Constants.sol: the router itself as recipient.
constexpr Address RouterItself() {
    base::ByteArray<Address::kSize> bytes{};
    bytes.back() = 2;
    return Address(bytes);
}

base::Error BadOrder(std::string detail) {
    return base::InvalidArgument("bad_order", std::move(detail));
}

// A swap with its texts parsed and checked.
struct Route {
    std::vector<Address> tokens;
    std::vector<std::uint32_t> fees;  // one fewer than tokens
    Address self;
    UInt256 deadline;  // Unix seconds
};

base::Result<void> CheckAmounts(const chain::Swap& swap) {
    if (swap.hops.size() < 2 || swap.hops.size() > kSwapHopsMax) {
        return BadOrder("a swap goes over 2 to 5 tokens");
    }
    if (swap.amount_in.IsZero() || swap.amount_out_min.IsZero()) {
        return BadOrder("a swap needs an amount and a minimum above 0");
    }
    if (swap.native_in && swap.native_out) {
        return BadOrder("a swap cannot begin and end in the native coin");
    }
    return {};
}

// Both ends must be what the order says leaves and arrives.
base::Result<void> CheckEnds(const chain::Plan& plan,
                             const chain::Swap& swap,
                             const Contracts& contracts,
                             const Route& route) {
    if ((swap.native_in && contracts.wrapped_native != route.tokens.front()) ||
        (swap.native_out && contracts.wrapped_native != route.tokens.back())) {
        return BadOrder("the native end of a swap goes over the wrapped native coin");
    }
    if (swap.native_in != plan.asset.IsNative()) {
        return BadOrder("the asset of the order is not what the swap pays with");
    }
    if (!swap.native_in) {
        BASE_ASSIGN_OR_RETURN(const Address asset, Address::Parse(plan.asset.contract));
        if (asset != route.tokens.front()) {
            return BadOrder("the asset of the order is not what the swap pays with");
        }
    }
    if (route.tokens.front() == route.tokens.back()) {
        return BadOrder("a swap ends in another token than it began with");
    }
    return {};
}

base::Result<Route> MakeRoute(const chain::Plan& plan,
                              const chain::Swap& swap,
                              const Contracts& contracts) {
    BASE_RETURN_IF_ERROR(CheckAmounts(swap));
    Route route;
    BASE_ASSIGN_OR_RETURN(route.self, Address::Parse(plan.from));
    for (const chain::SwapHop& hop : swap.hops) {
        BASE_ASSIGN_OR_RETURN(const Address token, Address::Parse(hop.token));
        if (!route.tokens.empty() && token == route.tokens.back()) {
            return BadOrder("two neighbouring tokens of a swap are the same");
        }
        route.tokens.push_back(token);
        route.fees.push_back(hop.fee);
    }
    route.fees.pop_back();
    BASE_RETURN_IF_ERROR(CheckEnds(plan, swap, contracts, route));
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(swap.deadline.time_since_epoch()).count();
    if (seconds <= 0) {
        return BadOrder("a swap needs a deadline");
    }
    route.deadline = UInt256(static_cast<std::uint64_t>(seconds));
    return route;
}

AbiValue TokenList(const Route& route) {
    AbiList tokens;
    for (const Address& token : route.tokens) {
        tokens.push_back(AbiValue{token});
    }
    return AbiValue{std::move(tokens)};
}

// Uniswap V2 Router02; PancakeSwap V2's router has the same functions.
base::Result<base::Bytes> EncodeV2(const chain::Swap& swap, const Route& route) {
    const AbiValue in{swap.amount_in};
    const AbiValue out{swap.amount_out_min};
    const AbiValue self{route.self};
    const AbiValue deadline{route.deadline};
    if (swap.native_in) {
        return EncodeCall("swapExactETHForTokens(uint256,address[],address,uint256)",
                          {out, TokenList(route), self, deadline});
    }
    return EncodeCall(swap.native_out
                          ? "swapExactTokensForETH(uint256,uint256,address[],address,uint256)"
                          : "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)",
                      {in, out, TokenList(route), self, deadline});
}

// token, fee (3 bytes), token, ... (Uniswap V3 Path.sol).
base::Result<AbiValue> EncodePath(const Route& route) {
    base::Bytes path = base::ToBytes(route.tokens.front().bytes());
    for (std::size_t i = 0; i < route.fees.size(); ++i) {
        const std::uint32_t fee = route.fees[i];
        if (fee == 0 || fee >= kPoolFeeMax) {
            return BadOrder("a pool fee is not between 0 and 100 %");
        }
        for (const unsigned shift : {16U, 8U, 0U}) {
            path.push_back(static_cast<std::uint8_t>(fee >> shift));
        }
        base::Append(path, route.tokens[i + 1].bytes());
    }
    return AbiValue{std::move(path)};
}

base::Result<base::Bytes> EncodeUnwrapTo(const chain::Swap& swap, const Route& route) {
    return EncodeCall("unwrapWETH9(uint256,address)",
                      {AbiValue{swap.amount_out_min}, AbiValue{route.self}});
}

// Uniswap SwapRouter02: the deadline is multicall's.
base::Result<base::Bytes> EncodeSwapRouter02(const chain::Swap& swap, const Route& route) {
    BASE_ASSIGN_OR_RETURN(AbiValue path, EncodePath(route));
    const AbiValue recipient{swap.native_out ? RouterItself() : route.self};
    AbiValue params{AbiList{
        std::move(path), recipient, AbiValue{swap.amount_in}, AbiValue{swap.amount_out_min}}};
    BASE_ASSIGN_OR_RETURN(base::Bytes exact,
                          EncodeCall("exactInput((bytes,address,uint256,uint256))", {params}));
    AbiList calls{AbiValue{std::move(exact)}};
    if (swap.native_out) {
        BASE_ASSIGN_OR_RETURN(base::Bytes unwrap, EncodeUnwrapTo(swap, route));
        calls.push_back(AbiValue{std::move(unwrap)});
    }
    return EncodeCall("multicall(uint256,bytes[])",
                      {AbiValue{route.deadline}, AbiValue{std::move(calls)}});
}

// The first V3 router, PancakeSwap V3's too: the deadline is in the struct, and the zero address
// stands for the router itself.
base::Result<base::Bytes> EncodeV3Router(const chain::Swap& swap, const Route& route) {
    BASE_ASSIGN_OR_RETURN(AbiValue path, EncodePath(route));
    const AbiValue recipient{swap.native_out ? Address() : route.self};
    AbiValue params{AbiList{std::move(path),
                            recipient,
                            AbiValue{route.deadline},
                            AbiValue{swap.amount_in},
                            AbiValue{swap.amount_out_min}}};
    BASE_ASSIGN_OR_RETURN(
        base::Bytes exact,
        EncodeCall("exactInput((bytes,address,uint256,uint256,uint256))", {params}));
    if (!swap.native_out) {
        return exact;
    }
    BASE_ASSIGN_OR_RETURN(base::Bytes unwrap, EncodeUnwrapTo(swap, route));
    return EncodeCall("multicall(bytes[])",
                      {AbiValue{AbiList{AbiValue{std::move(exact)}, AbiValue{std::move(unwrap)}}}});
}

base::Result<base::Bytes> EncodeFor(const chain::Swap& swap, const Route& route) {
    if (swap.protocol == "uniswap_v2_router02" || swap.protocol == "pancake_v2") {
        return EncodeV2(swap, route);
    }
    if (swap.protocol == "swap_router_02") {
        return EncodeSwapRouter02(swap, route);
    }
    if (swap.protocol == "pancake_v3_router") {
        return EncodeV3Router(swap, route);
    }
    return base::InvalidArgument("unsupported_action", "this chain has no such swap protocol");
}

}  // namespace

base::Bytes EncodeWrapDeposit() {
    return {0xd0, 0xe3, 0x0d, 0xb0};  // deposit()
}

base::Bytes EncodeWrapWithdraw(const UInt256& amount) {
    base::Bytes data{0x2e, 0x1a, 0x7d, 0x4d};  // withdraw(uint256)
    base::Append(data, amount.ToBigEndian());
    return data;
}

base::Result<Call> EncodeSwap(const chain::Plan& plan,
                              const chain::Swap& swap,
                              const Contracts& contracts) {
    BASE_ASSIGN_OR_RETURN(const Route route, MakeRoute(plan, swap, contracts));
    BASE_ASSIGN_OR_RETURN(base::Bytes data, EncodeFor(swap, route));
    const auto router = contracts.routers.find(swap.protocol);
    if (router == contracts.routers.end()) {
        return base::PermissionDenied("router_not_allowed",
                                      "no router of this protocol is on the allow list");
    }
    return Call{router->second, swap.native_in ? swap.amount_in : UInt256(), std::move(data)};
}

}  // namespace evm
