#include "evm/fees.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "evm/units.h"

namespace evm {

namespace {

using money::UInt256;

// Capped figures are far below 2^256; a hostile one stops at the top instead of wrapping.
UInt256 Add(const UInt256& left, const UInt256& right) {
    const auto sum = money::CheckedAdd(left, right);
    return sum ? *sum : UInt256::Max();
}

UInt256 Times(const UInt256& value, std::uint64_t factor) {
    const auto product = money::CheckedMul(value, UInt256(factor));
    return product ? *product : UInt256::Max();
}

// At least one eighth more, rounded up: every known node's replacement rule (10 % to 12.5 %).
UInt256 Bumped(const UInt256& value) {
    const auto eighth = money::CheckedDiv(value, UInt256(8), money::Rounding::kUp);
    return Add(value, *eighth);  // the divisor is not zero
}

UInt256 Median(std::vector<UInt256> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

UInt256 PriceWithin(const FeeLimit& limit) {
    const auto price = money::CheckedDiv(limit.fee_max, UInt256(limit.gas), money::Rounding::kDown);
    return price ? *price : UInt256();
}

base::Error CapExceeded(const FeeLimit& limit, const UInt256& price) {
    return base::FailedPrecondition("fee_cap_exceeded",
                                    "the network asks for a higher fee than is allowed")
        .With("needed", Times(price, limit.gas).ToDecimal())
        .With("allowed", limit.fee_max.ToDecimal());
}

base::Error TooLow(std::string_view reason, const char* field, const UInt256& minimum) {
    return base::FailedPrecondition(
               reason, std::string(field) + " must be at least " + FormatGwei(minimum) + " gwei")
        .With("minimum", FormatGwei(minimum));
}

// The network's price ceiling and the intent's limit, whichever is lower.
UInt256 PriceCap(const FeeLimit& limit, const Params& params) {
    return std::min(PriceWithin(limit), params.gas_price_ceiling);
}

// A wish is taken as it is or refused.
base::Result<GasFigures> Capped(const GasFigures& figures,
                                const FeeLimit& limit,
                                const Params& params) {
    if (HighestPrice(figures) > PriceCap(limit, params)) {
        return CapExceeded(limit, HighestPrice(figures));
    }
    return figures;
}

UInt256 TipOf(const FeeMarket& market, chain::Speed speed) {
    return market.tips[static_cast<std::size_t>(speed)];
}

base::Result<GasFigures> WishedLegacy(const UInt256& gas_price,
                                      const FeeMarket& market,
                                      const Params& params) {
    const UInt256 minimum = Add(market.base_fee, params.tip_floor);
    if (gas_price < minimum) {
        return TooLow("fee_too_low", "gas_price_gwei", minimum);
    }
    GasFigures figures;
    figures.type = TxType::kLegacy;
    figures.gas_price = gas_price;
    return figures;
}

base::Result<GasFigures> WishedDynamic(const chain::EvmFeeWish& wish,
                                       chain::Speed speed,
                                       const FeeMarket& market,
                                       const Params& params) {
    GasFigures figures;
    figures.tip = wish.max_priority_fee_per_gas.value_or(TipOf(market, speed));
    if (figures.tip < params.tip_floor) {
        return TooLow("fee_too_low", "priority_fee_gwei", params.tip_floor);
    }
    figures.max_fee = wish.max_fee_per_gas.value_or(Add(Times(market.base_fee, 2), figures.tip));
    const UInt256 needed_tip = wish.max_priority_fee_per_gas ? figures.tip : params.tip_floor;
    const UInt256 minimum = Add(market.base_fee, needed_tip);
    if (figures.max_fee < minimum) {
        return TooLow("fee_too_low", "max_fee_gwei", minimum);
    }
    figures.tip = std::min(figures.tip, figures.max_fee);
    return figures;
}

struct Minimum {
    UInt256 price;  // gas price or maximum fee
    UInt256 tip;
};

Minimum MinimumAfter(const GasFigures& previous) {
    if (previous.type == TxType::kDynamicFee) {
        return {Bumped(previous.max_fee), Bumped(previous.tip)};
    }
    return {Bumped(previous.gas_price), Bumped(previous.gas_price)};
}

base::Result<GasFigures> WishedBump(const chain::EvmFeeWish& wish,
                                    const UInt256& market_tip,
                                    const Minimum& minimum) {
    GasFigures figures;
    if (wish.gas_price) {
        if (*wish.gas_price < minimum.price) {
            return TooLow("fee_bump_too_small", "gas_price_gwei", minimum.price);
        }
        figures.type = TxType::kLegacy;
        figures.gas_price = *wish.gas_price;
        return figures;
    }
    figures.max_fee = wish.max_fee_per_gas.value_or(minimum.price);
    if (figures.max_fee < minimum.price) {
        return TooLow("fee_bump_too_small", "max_fee_gwei", minimum.price);
    }
    const UInt256 tip = std::min(std::max(market_tip, minimum.tip), figures.max_fee);
    figures.tip = wish.max_priority_fee_per_gas.value_or(tip);
    if (figures.tip < minimum.tip) {
        return TooLow("fee_bump_too_small", "priority_fee_gwei", minimum.tip);
    }
    // A tip wished alone lifts the maximum with it.
    figures.max_fee =
        wish.max_fee_per_gas ? figures.max_fee : std::max(figures.max_fee, figures.tip);
    if (figures.max_fee < figures.tip) {
        return TooLow("fee_bump_too_small", "max_fee_gwei", figures.tip);
    }
    return figures;
}

}  // namespace

bool HasTips(const FeeHistory& history) {
    return std::any_of(history.rewards.begin(), history.rewards.end(), [](const auto& tips) {
        return !tips.back().IsZero();
    });
}

FeeMarket JudgeFees(const FeeHistory& history,
                    const std::optional<UInt256>& suggested,
                    const UInt256& learned_floor,
                    const Params& params) {
    FeeMarket market;
    UInt256 cap = params.gas_price_ceiling;
    const UInt256 median = Median(history.base_fees);
    if (!median.IsZero()) {
        cap = std::min(cap, Times(median, 4));
    }
    market.capped = history.base_fees.back() > cap;
    market.base_fee = std::min(history.base_fees.back(), cap);
    const UInt256 floor = std::min(std::max(params.tip_floor, learned_floor), params.tip_ceiling);
    for (std::size_t speed = 0; speed < market.tips.size(); ++speed) {
        std::vector<UInt256> paid;
        for (const auto& tips : history.rewards) {
            if (!tips.back().IsZero()) {
                paid.push_back(tips[speed]);
            }
        }
        const UInt256 tip = paid.empty() ? suggested.value_or(floor) : Median(std::move(paid));
        market.tips[speed] = std::clamp(tip, floor, params.tip_ceiling);
    }
    return market;
}

GasFigures FiguresOf(const Transaction& transaction) {
    return {transaction.type,
            transaction.gas_price,
            transaction.max_fee_per_gas,
            transaction.max_priority_fee_per_gas};
}

void Apply(const GasFigures& figures, Transaction& transaction) {
    transaction.type = figures.type;
    transaction.gas_price = figures.gas_price;
    transaction.max_fee_per_gas = figures.max_fee;
    transaction.max_priority_fee_per_gas = figures.tip;
}

UInt256 HighestPrice(const GasFigures& figures) {
    return figures.type == TxType::kDynamicFee ? figures.max_fee : figures.gas_price;
}

UInt256 ExpectedPrice(const GasFigures& figures, const FeeMarket& market) {
    if (figures.type != TxType::kDynamicFee) {
        return figures.gas_price;
    }
    return std::min(figures.max_fee, Add(market.base_fee, figures.tip));
}

base::Result<GasFigures> ChooseFigures(const chain::FeeWish& wish,
                                       const FeeMarket& market,
                                       const FeeLimit& limit,
                                       const Params& params) {
    if (const auto* figure = std::get_if<chain::EvmFeeWish>(&wish.figure)) {
        BASE_ASSIGN_OR_RETURN(const GasFigures figures,
                              figure->gas_price
                                  ? WishedLegacy(*figure->gas_price, market, params)
                                  : WishedDynamic(*figure, wish.speed, market, params));
        return Capped(figures, limit, params);
    }
    GasFigures figures;
    figures.tip = TipOf(market, wish.speed);
    const UInt256 needed = Add(market.base_fee, figures.tip);
    const UInt256 cap = PriceCap(limit, params);
    if (needed > cap) {
        return CapExceeded(limit, needed);
    }
    figures.max_fee = std::min(Add(Times(market.base_fee, 2), figures.tip), cap);
    return figures;
}

base::Result<GasFigures> BumpFigures(const GasFigures& previous,
                                     const chain::FeeWish& wish,
                                     const FeeMarket& market,
                                     const FeeLimit& limit,
                                     const Params& params) {
    const Minimum minimum = MinimumAfter(previous);
    const UInt256 tip = TipOf(market, wish.speed);
    if (const auto* figure = std::get_if<chain::EvmFeeWish>(&wish.figure)) {
        BASE_ASSIGN_OR_RETURN(const GasFigures figures, WishedBump(*figure, tip, minimum));
        return Capped(figures, limit, params);
    }
    const UInt256 cap = PriceCap(limit, params);
    if (minimum.price > cap) {
        return CapExceeded(limit, minimum.price);
    }
    GasFigures figures;
    figures.type = previous.type;
    if (previous.type != TxType::kDynamicFee) {
        figures.gas_price = std::min(std::max(minimum.price, Add(market.base_fee, tip)), cap);
        return figures;
    }
    const UInt256 current = Add(Times(market.base_fee, 2), tip);
    figures.max_fee = std::min(std::max(minimum.price, current), cap);
    figures.tip = std::min(std::max(minimum.tip, tip), figures.max_fee);
    return figures;
}

}  // namespace evm
