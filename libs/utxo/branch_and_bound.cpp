#include "utxo/branch_and_bound.h"

#include <limits>
#include <utility>

namespace utxo {

namespace {

constexpr std::size_t kStepsMax = 100'000;

// The path from the root of the binary tree "with or without the next coin".
class Search {
public:
    Search(const std::vector<SearchCoin>& coins, const SearchGoal& goal)
        : coins_(coins), goal_(goal) {
        for (const SearchCoin& coin : coins_) {
            available_ += coin.value;
        }
    }

    std::optional<std::vector<std::size_t>> Run() {
        for (std::size_t step = 0; step < kStepsMax; ++step) {
            if (!IsHopeful()) {
                if (!Backtrack()) {
                    break;
                }
                continue;
            }
            if (value_ >= goal_.target) {
                Remember();
                if (!Backtrack()) {
                    break;
                }
                continue;
            }
            Advance();
        }
        return std::move(best_);
    }

private:
    bool IsHopeful() const {
        return value_ + available_ >= goal_.target && value_ <= goal_.target + goal_.excess_max &&
               // More inputs only add waste once they cost more than later.
               !(best_ && waste_ > best_waste_ && !coins_.empty() && coins_.front().waste >= 0);
    }

    void Remember() {
        const std::int64_t waste = waste_ + static_cast<std::int64_t>(value_ - goal_.target);
        if (!best_ || waste < best_waste_) {
            best_ = chosen_;
            best_waste_ = waste;
        }
    }

    // Takes the next coin, unless the same value was just left out: that subtree has been seen.
    void Advance() {
        const SearchCoin& coin = coins_[next_];
        available_ -= coin.value;
        const bool previous_taken = chosen_.empty() ? next_ == 0 : chosen_.back() + 1 == next_;
        if (previous_taken || next_ == 0 || coin.value != coins_[next_ - 1].value) {
            chosen_.push_back(next_);
            value_ += coin.value;
            waste_ += coin.waste;
        }
        ++next_;
    }

    // Leaves the last taken coin out instead. False at the end of the tree.
    bool Backtrack() {
        if (chosen_.empty()) {
            return false;
        }
        const std::size_t last = chosen_.back();
        for (std::size_t i = last + 1; i < next_; ++i) {
            available_ += coins_[i].value;
        }
        value_ -= coins_[last].value;
        waste_ -= coins_[last].waste;
        chosen_.pop_back();
        next_ = last + 1;
        return true;
    }

    const std::vector<SearchCoin>& coins_;
    const SearchGoal& goal_;
    std::vector<std::size_t> chosen_;
    std::optional<std::vector<std::size_t>> best_;
    std::int64_t best_waste_ = std::numeric_limits<std::int64_t>::max();
    std::int64_t waste_ = 0;
    std::uint64_t value_ = 0;
    std::uint64_t available_ = 0;  // of the coins from next_ on
    std::size_t next_ = 0;
};

}  // namespace

std::optional<std::vector<std::size_t>> BranchAndBound(const std::vector<SearchCoin>& coins,
                                                       const SearchGoal& goal) {
    return Search(coins, goal).Run();
}

}  // namespace utxo
