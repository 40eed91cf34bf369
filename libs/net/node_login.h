// How a client proves itself to a node: HTTP basic authentication (RFC 7617) with a fixed user and
// password, or with the "user:password" line of a cookie file that the node writes anew at each of
// its starts. Thread-safe.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "secret/secret.h"

namespace net {

class NodeLogin {
public:
    // Without user and file there is nothing to prove. The file wins.
    NodeLogin(const std::string& user,
              const secret::String& password,
              std::filesystem::path cookie_file);

    // The header's value; empty = none. The caller wipes it.
    [[nodiscard]] std::string Header() const;

    // The node has refused: true where the cookie is another one by now.
    [[nodiscard]] bool Renew();

private:
    const std::filesystem::path cookie_file_;
    mutable std::mutex mutex_;
    secret::String header_;
};

}  // namespace net
