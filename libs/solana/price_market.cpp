#include "solana/price_market.h"

#include <algorithm>

#include "solana/params.h"

namespace solana {

namespace {

std::size_t Percent(chain::Speed speed) {
    switch (speed) {
        case chain::Speed::kSlow:
            return 25;
        case chain::Speed::kNormal:
            return 50;
        case chain::Speed::kFast:
            return 90;
    }
    return 50;
}

}  // namespace

std::uint64_t MarketPrice(std::vector<std::uint64_t> recent, chain::Speed speed) {
    if (recent.empty()) {
        return 0;
    }
    std::sort(recent.begin(), recent.end());
    const std::size_t place = (recent.size() - 1) * Percent(speed) / 100;
    // Room for the serial that Build adds.
    return std::min(recent[place], kComputePriceMax / 2);
}

}  // namespace solana
