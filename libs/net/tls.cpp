#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <utility>

namespace net {

namespace {

base::Error BadFiles(const std::string& what, const std::string& file) {
    ERR_clear_error();
    return base::FailedPrecondition("tls_files", what + " cannot be used: " + file)
        .Remedy("check that it exists, is readable and is PEM");
}

base::Result<std::shared_ptr<SSL_CTX>> NewContext(const SSL_METHOD* method) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), SSL_CTX_free);
    if (context == nullptr || SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
        ERR_clear_error();
        return base::Internal("OpenSSL gives no TLS context");
    }
    // Idle connections give their record buffers back; writes may move and be partial because the
    // stream repeats them from its own buffer.
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                         SSL_MODE_ENABLE_PARTIAL_WRITE);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    return context;
}

}  // namespace

base::Result<TlsContext> TlsContext::Server(const std::string& certificate_file,
                                            const std::string& key_file) {
    BASE_ASSIGN_OR_RETURN(auto context, NewContext(TLS_server_method()));
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
        return BadFiles("the certificate", certificate_file);
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1) {
        return BadFiles("the private key", key_file);
    }
    // Sessions resume from tickets; a cache in the server would only hold memory.
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    return TlsContext(std::move(context));
}

base::Result<TlsContext> TlsContext::Client(const std::string& extra_authorities_file) {
    BASE_ASSIGN_OR_RETURN(auto context, NewContext(TLS_client_method()));
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_set_default_verify_paths(context.get()) != 1) {
        return BadFiles("the system's certificate store", "default paths");
    }
    if (!extra_authorities_file.empty() &&
        SSL_CTX_load_verify_locations(context.get(), extra_authorities_file.c_str(), nullptr) !=
            1) {
        return BadFiles("the extra certificate authority", extra_authorities_file);
    }
    return TlsContext(std::move(context));
}

}  // namespace net
