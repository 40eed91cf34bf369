// TLS settings, made once and shared by many connections.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;

namespace net {

// TLS 1.2 and 1.3. A cheap handle; thread-safe.
class TlsContext {
public:
    // Presents the certificate chain of that PEM file. Errors: `tls_files` naming the file.
    [[nodiscard]] static base::Result<TlsContext> Server(const std::string& certificate_file,
                                                         const std::string& key_file);

    // Verifies the peer's chain and name against the system's roots and, where given, those of
    // `extra_authorities_file` (PEM). Errors: `tls_files`.
    [[nodiscard]] static base::Result<TlsContext> Client(
        const std::string& extra_authorities_file = "");

    [[nodiscard]] ssl_ctx_st* native() const { return context_.get(); }

private:
    explicit TlsContext(std::shared_ptr<ssl_ctx_st> context) : context_(std::move(context)) {}

    std::shared_ptr<ssl_ctx_st> context_;
};

}  // namespace net
