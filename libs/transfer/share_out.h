// Many calls to wallet-manager in as many shares as may be under way at once. Only for the .cpp
// files of libs/transfer.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

#include "base/result.h"
#include "transfer/core.h"

namespace transfer {

// `ask` answers each call of a share; here they are in the order of all calls.
template <class Answer, class Call, class Ask>
[[nodiscard]] std::vector<base::Result<Answer>> ShareOut(Core& core,
                                                         const std::vector<Call>& calls,
                                                         const Ask& ask) {
    const std::size_t count = calls.size();
    const std::size_t shares = std::min(count, core.settings.gate_calls_at_once);
    std::vector<std::vector<base::Result<Answer>>> answers(shares);
    core.gate_calls.ForEach(shares, [&](std::size_t share) {
        const auto at = [&](std::size_t index) {
            return calls.begin() + static_cast<std::ptrdiff_t>(index);
        };
        answers[share] =
            ask(std::vector<Call>(at(count * share / shares), at(count * (share + 1) / shares)));
    });
    std::vector<base::Result<Answer>> all;
    all.reserve(count);
    for (auto& share : answers) {
        std::move(share.begin(), share.end(), std::back_inserter(all));
    }
    return all;
}

}  // namespace transfer
