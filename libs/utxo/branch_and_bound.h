// Branch and bound over effective values: the search of coin selection. Only for this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace utxo {

struct SearchCoin {
    std::uint64_t value = 0;  // effective: amount less the fee of spending it
    std::int64_t waste = 0;   // that fee less the long-term one
};

struct SearchGoal {
    std::uint64_t target = 0;
    std::uint64_t excess_max = 0;  // the cost of change: overpaying more is worse than change
};

// The places of the coins whose values sum to target .. target + excess_max with the least waste
// (excess included), in ascending order. `coins` are sorted by value, largest first. Gives up after
// 100,000 steps with the best found so far.
[[nodiscard]] std::optional<std::vector<std::size_t>> BranchAndBound(
    const std::vector<SearchCoin>& coins, const SearchGoal& goal);

}  // namespace utxo
