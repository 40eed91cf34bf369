// The REST API as the signed-in user: one call a request, an expired token is refreshed once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "cryptoctl/credentials.h"
#include "net/http_client.h"
#include "net/io_threads.h"

namespace cryptoctl {

using Json = nlohmann::json;

struct Reply {
    int status = 0;
    Json body;

    [[nodiscard]] bool Good() const { return status < 400; }
};

struct Ask {
    net::Method method = net::Method::kGet;
    std::string path;
    Json body = nullptr;
    std::string idempotency_key = {};
};

class Session {
public:
    // `api` overrides what the stored sign-in says; empty = that, or http://127.0.0.1:8000. An
    // access token or API key in CRYPTOCTL_TOKEN is used instead of the stored one. Errors:
    // `tls_files`, those of LoadCredentials.
    [[nodiscard]] static base::Result<std::unique_ptr<Session>> Open(const std::string& api,
                                                                     std::filesystem::path store);

    // Errors: those of net::HttpClient; an answer of 4xx or 5xx is none.
    [[nodiscard]] base::Result<Reply> Call(const Ask& ask);

    // Keeps the tokens of a register or login answer.
    [[nodiscard]] base::Result<> Keep(const Json& answer);
    void Forget();

    [[nodiscard]] const std::string& api() const { return credentials_.api; }

private:
    Session(net::ClientOptions options, std::filesystem::path store, Credentials credentials);

    [[nodiscard]] base::Result<Reply> Send(const Ask& ask);
    // True where a new access token was had.
    [[nodiscard]] bool Refresh();

    net::IoThreads threads_{1};
    net::HttpClient client_;
    const std::filesystem::path store_;
    Credentials credentials_;
    bool given_ = false;  // the token came from the environment
};

}  // namespace cryptoctl
