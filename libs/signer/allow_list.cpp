#include "signer/allow_list.h"

#include <cstddef>

#include "base/text.h"
#include "evm/address.h"

namespace signer {

namespace {

constexpr std::size_t kFieldCount = 4;

}  // namespace

base::Result<std::vector<AllowedContract>> ParseAllowList(const std::vector<std::string>& entries) {
    std::vector<AllowedContract> list;
    for (const std::string& entry : entries) {
        const auto fields = base::Split(entry, '/');
        if (fields.size() != kFieldCount || fields[0].empty() || fields[1].empty()) {
            return base::InvalidArgument("bad_allow_list",
                                         "an entry is network/protocol/router/spender: " + entry);
        }
        const auto router = evm::Address::Parse(fields[2]);
        const auto spender = evm::Address::Parse(fields[3]);
        if (!router || !spender) {
            return base::InvalidArgument("bad_allow_list", "not two addresses: " + entry);
        }
        list.push_back({std::string(fields[0]),
                        std::string(fields[1]),
                        router->ToString(),
                        spender->ToString()});
    }
    return list;
}

}  // namespace signer
