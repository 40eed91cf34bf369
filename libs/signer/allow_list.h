// The contracts that swaps may call and approvals may name. It comes from wallet-manager's
// configuration alone; no order can add to it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace signer {

struct AllowedContract {
    std::string network;   // CAIP-2
    std::string protocol;  // as in SwapAction.protocol
    std::string router;    // what a swap calls
    std::string spender;   // what an approval names; often the router itself
};

// One entry a text: "network/protocol/router/spender". Errors: `bad_allow_list`.
[[nodiscard]] base::Result<std::vector<AllowedContract>> ParseAllowList(
    const std::vector<std::string>& entries);

}  // namespace signer
