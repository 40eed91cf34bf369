// Who gets in: certificates, identities, the caller x method table.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

#include "component/rpc/echo_service.h"
#include "support/dev_certs.h"
#include "support/files.h"
#include "support/process.h"

namespace rpc_test {
namespace {

using std::chrono::milliseconds;

// One call of a client that is none of ours.
base::Result<EchoResponse> EchoOver(const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                                    const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    const auto channel = grpc::CreateCustomChannel(address, credentials, arguments);
    const auto stub = Generated::NewStub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + milliseconds(5'000));
    EchoResponse response;
    const auto status = stub->Echo(&context, EchoRequest(), &response);
    if (!status.ok()) {
        return base::Unavailable("refused", status.error_message());
    }
    return response;
}

grpc::SslCredentialsOptions Pem(const std::filesystem::path& identity) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = support::ReadFile(identity / "ca.pem");
    options.pem_cert_chain = support::ReadFile(identity / "cert.pem");
    options.pem_private_key = support::ReadFile(identity / "key.pem");
    return options;
}

TEST(Access, DeniesAnIdentityThatTheTableDoesNotName) {
    TestServer server({.access = AllowAll("api-gateway")});
    const rpc::Client<Generated> gateway(server.Connect("api-gateway"));
    const rpc::Client<Generated> other(server.Connect("tool-executor"));

    EXPECT_TRUE(gateway.Call(&Stub::Echo, EchoRequest(), rpc::Context()));
    const auto answer = other.Call(&Stub::Echo, EchoRequest(), rpc::Context());

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, base::ErrorKind::kPermissionDenied);
    EXPECT_EQ(answer.error().reason, "caller_not_allowed");
}

TEST(Access, RefusesAClientWithoutCertificate) {
    TestServer server;
    auto options = Pem(support::DevCerts() / "api-gateway");
    const auto with = EchoOver(grpc::SslCredentials(options), server.address());
    ASSERT_TRUE(with) << with.error().detail;
    options.pem_cert_chain.clear();
    options.pem_private_key.clear();

    EXPECT_FALSE(EchoOver(grpc::SslCredentials(options), server.address()));
}

TEST(Access, RefusesAClientOfAForeignAuthority) {
    TestServer server;
    auto options = Pem(support::ForeignCerts() / "api-gateway");
    options.pem_root_certs = support::ReadFile(support::DevCerts() / "api-gateway" / "ca.pem");

    EXPECT_FALSE(EchoOver(grpc::SslCredentials(options), server.address()));
}

TEST(Access, RefusesPlaintext) {
    TestServer server;

    EXPECT_FALSE(EchoOver(grpc::InsecureChannelCredentials(), server.address()));
}

TEST(Access, RefusesAServerOfAForeignAuthority) {
    TestServer impostor({.certs = support::ForeignCerts()});
    const rpc::Client<Generated> client(impostor.Connect());

    const auto answer =
        client.Call(&Stub::Echo, EchoRequest(), rpc::Context().Within(milliseconds(5'000)));

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, "service_unavailable");
}

TEST(Access, RefusesAServerWithAnotherIdentity) {
    TestServer server({.identity = "dex-service"});
    Telemetry telemetry;
    const auto peer =
        rpc::Peer::Make({"price-service", server.address(), support::DevCerts() / "api-gateway"},
                        telemetry.observer())
            .value();
    const rpc::Client<Generated> client(peer);

    const auto answer =
        client.Call(&Stub::Echo, EchoRequest(), rpc::Context().Within(milliseconds(5'000)));

    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, "service_unavailable");
    EXPECT_FALSE(peer->WaitConnected(milliseconds(100)));
}

TEST(Access, TheUserContextDecidesByScope) {
    auto access = AllowAll("api-gateway");
    access[0].scope = "send";
    const auto signer =
        rpc::UserContextSigner::Make(secret::Bytes(crypto::kEd25519SeedSize)).value();
    TestServer server(
        {.access = access, .users = rpc::UserContextVerifier::Make(signer.VerifyKey()).value()});
    const rpc::Client<Generated> client(server.Connect());
    rpc::UserContext user;
    user.user = base::UserId::Random();
    user.issued = base::SystemClock().Now();
    const auto reason = [&](const std::string& token) {
        rpc::Context context;
        context.user_token = token;
        const auto answer = client.Call(&Stub::Echo, EchoRequest(), context);
        return answer ? "" : answer.error().reason;
    };

    EXPECT_EQ(reason(""), "user_context_required");
    EXPECT_EQ(reason("forged"), "bad_user_context");
    user.scopes = {"read"};
    EXPECT_EQ(reason(signer.Sign(user)), "scope_missing");
    user.scopes = {"read", "send"};
    EXPECT_EQ(reason(signer.Sign(user)), "");
    user.issued -= std::chrono::seconds(61);
    EXPECT_EQ(reason(signer.Sign(user)), "user_context_expired");
}

TEST(Access, NamesWhatIsWrongWithTheFiles) {
    support::TempDir directory;
    support::MakeCerts(directory.path(), "price-service");
    support::MakeCerts(directory.path(), "dex-service");
    Telemetry telemetry;
    const auto problem = [&]() -> std::string {
        const auto peer = rpc::Peer::Make(
            {"x", "unix:/nowhere", directory.path() / "price-service"}, telemetry.observer());
        return peer ? "" : peer.error().reason + ": " + peer.error().detail;
    };
    ASSERT_EQ(problem(), "");

    std::filesystem::copy_file(directory.path() / "dex-service/key.pem",
                               directory.path() / "price-service/key.pem",
                               std::filesystem::copy_options::overwrite_existing);
    EXPECT_NE(problem().find("key.pem is missing or does not fit cert.pem"), std::string::npos);
    std::filesystem::remove(directory.path() / "price-service/ca.pem");
    EXPECT_NE(problem().find("ca.pem is missing"), std::string::npos);
    EXPECT_TRUE(problem().starts_with("tls_files: "));
}

// The connections of a daemon that is not restarted follow its files.
TEST(Access, PicksUpReplacedCertificates) {
    support::TempDir directory;
    support::MakeCerts(directory.path());
    TestServer server({.certs = directory.path()});
    const auto old_client = grpc::SslCredentials(Pem(directory.path() / "api-gateway"));
    const auto new_client = grpc::SslCredentials(Pem(support::DevCerts() / "api-gateway"));
    ASSERT_TRUE(EchoOver(old_client, server.address()));
    ASSERT_FALSE(EchoOver(new_client, server.address()));

    for (const char* file : {"ca.pem", "key.pem", "cert.pem"}) {
        std::filesystem::copy_file(support::DevCerts() / "price-service" / file,
                                   directory.path() / "price-service" / file,
                                   std::filesystem::copy_options::overwrite_existing);
    }

    EXPECT_TRUE(support::WaitUntil(
        [&] { return EchoOver(new_client, server.address()).has_value(); }, milliseconds(20'000)));
    EXPECT_FALSE(EchoOver(old_client, server.address()));
}

TEST(Certs, KeepWhatIsValidAndRenewWhatIsForeign) {
    support::TempDir directory;
    support::MakeCerts(directory.path());
    const auto home = directory.path() / "price-service";
    const std::string certificate = support::ReadFile(home / "cert.pem");
    const std::string key = support::ReadFile(home / "key.pem");

    support::MakeCerts(directory.path());
    EXPECT_EQ(support::ReadFile(home / "cert.pem"), certificate);

    const std::string foreign =
        support::ReadFile(support::ForeignCerts() / "price-service/cert.pem");
    std::ofstream(home / "cert.pem") << foreign;
    support::MakeCerts(directory.path());
    EXPECT_NE(support::ReadFile(home / "cert.pem"), foreign);
    EXPECT_EQ(support::ReadFile(home / "key.pem"), key);
    const auto mode = std::filesystem::status(home / "key.pem").permissions();
    EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

}  // namespace
}  // namespace rpc_test
