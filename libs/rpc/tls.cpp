#include "rpc/tls.h"

#include <algorithm>
#include <functional>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_certificate_verifier.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <map>
#include <mutex>
#include <openssl/ssl.h>
#include <string_view>
#include <utility>

#include "rpc/keep_up.h"

namespace rpc {
namespace {

constexpr std::string_view kIdentityPrefix = "spiffe://platform/";
constexpr unsigned kReloadSeconds = 5;

struct ContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

base::Error BadFile(const std::filesystem::path& file, std::string_view what) {
    return base::FailedPrecondition("tls_files", file.string() + " " + std::string(what))
        .Remedy("run scripts/certs, or point MTLS_DIR at the folder of this service");
}

// gRPC itself reports a missing or foreign file as a failed handshake only, much later.
base::Result<> CheckFiles(const std::filesystem::path& directory) {
    const std::unique_ptr<SSL_CTX, ContextDeleter> context(SSL_CTX_new(TLS_method()));
    const auto authority = directory / "ca.pem";
    const auto certificate = directory / "cert.pem";
    const auto key = directory / "key.pem";
    if (SSL_CTX_load_verify_file(context.get(), authority.c_str()) != 1) {
        return BadFile(authority, "is missing or holds no certificate");
    }
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
        return BadFile(certificate, "is missing or holds no certificate");
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1) {
        return BadFile(key, "is missing or does not fit cert.pem");
    }
    return {};
}

// A provider has a thread that watches the files, so the server and all channels of a process
// share the one of their directory.
std::shared_ptr<grpc::experimental::CertificateProviderInterface> Provider(
    const std::filesystem::path& directory) {
    using Watcher = grpc::experimental::FileWatcherCertificateProvider;
    static std::mutex mutex;
    static std::map<std::filesystem::path, std::weak_ptr<Watcher>> providers;
    const std::lock_guard lock(mutex);
    auto provider = providers[directory].lock();
    if (!provider) {
        provider = std::make_shared<Watcher>(
            directory / "key.pem", directory / "cert.pem", directory / "ca.pem", kReloadSeconds);
        providers[directory] = provider;
    }
    return provider;
}

class IdentityVerifier final : public grpc::experimental::ExternalCertificateVerifier {
public:
    explicit IdentityVerifier(const std::string& peer)
        : expected_(std::string(kIdentityPrefix) + peer) {}

    bool Verify(grpc::experimental::TlsCustomVerificationCheckRequest* request,
                std::function<void(grpc::Status)> /*callback*/,
                grpc::Status* sync_status) override {
        const auto names = request->uri_names();
        const bool same = names.size() == 1 && names.front() == expected_;
        *sync_status = same ? grpc::Status::OK
                            : grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                                           "the server is not " + expected_);
        return true;
    }

    void Cancel(grpc::experimental::TlsCustomVerificationCheckRequest* /*request*/) override {}

private:
    const std::string expected_;
};

}  // namespace

base::Result<std::shared_ptr<grpc::ServerCredentials>> ServerTls(
    const std::filesystem::path& directory) {
    KeepGrpcUp();
    BASE_RETURN_IF_ERROR(CheckFiles(directory));
    grpc::experimental::TlsServerCredentialsOptions options(Provider(directory));
    options.watch_root_certs();
    options.watch_identity_key_cert_pairs();
    options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    options.set_certificate_verifier(
        std::make_shared<grpc::experimental::NoOpCertificateVerifier>());
    return grpc::experimental::TlsServerCredentials(options);
}

base::Result<std::shared_ptr<grpc::ChannelCredentials>> ClientTls(
    const std::filesystem::path& directory, const std::string& peer) {
    KeepGrpcUp();
    BASE_RETURN_IF_ERROR(CheckFiles(directory));
    grpc::experimental::TlsChannelCredentialsOptions options;
    options.set_certificate_provider(Provider(directory));
    options.watch_root_certs();
    options.watch_identity_key_cert_pairs();
    options.set_verify_server_certs(true);
    options.set_check_call_host(false);
    options.set_certificate_verifier(
        grpc::experimental::ExternalCertificateVerifier::Create<IdentityVerifier>(peer));
    return grpc::experimental::TlsCredentials(options);
}

std::string PeerIdentity(const grpc::AuthContext& context) {
    const auto names = context.FindPropertyValues(GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
    if (names.size() != 1) {
        return {};
    }
    const std::string_view name(names.front().data(), names.front().size());
    return name.starts_with(kIdentityPrefix) ? std::string(name.substr(kIdentityPrefix.size()))
                                             : std::string();
}

}  // namespace rpc
