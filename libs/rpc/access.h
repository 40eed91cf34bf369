// Who may call what: one table a daemon, denied by default.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rpc/context.h"

namespace rpc {

struct AccessRule {
    std::string method;                // "/platform.chain.v1.ChainService/Transfer"
    std::vector<std::string> callers;  // service identities: "api-gateway"
    std::string scope;  // what the signed user context must allow: "send"; empty: none is needed
};

class AccessTable {
public:
    // Two rules for one method are a programming mistake and end the process.
    explicit AccessTable(std::vector<AccessRule> rules);

    // `context.caller` and `context.user` are verified already. Errors: `caller_not_allowed`,
    // `user_context_required`, `scope_missing`.
    [[nodiscard]] base::Result<> Check(std::string_view method, const Context& context) const;

    [[nodiscard]] std::vector<std::string_view> Methods() const;

private:
    std::map<std::string, AccessRule, std::less<>> rules_;
};

}  // namespace rpc
