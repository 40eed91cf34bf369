// The server as a whole: registration, addresses, health, reflection, drain.
#include <array>
#include <chrono>
#include <future>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "component/rpc/echo_service.h"
#include "support/dev_certs.h"
#include "support/process.h"

namespace rpc_test {
namespace {

using std::chrono::milliseconds;

// A call by bytes, for services whose headers Debian does not ship. Empty where it fails.
std::string CallBytes(const rpc::Peer& peer,
                      const std::string& method,
                      const std::string& request) {
    grpc::GenericStub stub(peer.channel());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + milliseconds(5'000));
    const grpc::Slice slice(request);
    const grpc::ByteBuffer buffer(&slice, 1);
    grpc::ByteBuffer answer;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, method, {}, &buffer, &answer, [&](grpc::Status status) {
        done.set_value(std::move(status));
    });
    grpc::Slice flat;
    if (!done.get_future().get().ok() || !answer.DumpToSingleSlice(&flat).ok()) {
        return {};
    }
    return {reinterpret_cast<const char*>(flat.begin()), flat.size()};
}

// A serialized grpc.health.v1.HealthCheckResponse: field 1 is the status.
constexpr const char* kServing = "\x08\x01";
constexpr const char* kNotServing = "\x08\x02";

std::string Health(const rpc::Peer& peer) {
    return CallBytes(peer, "/grpc.health.v1.Health/Check", "");
}

// A serialized ServerReflectionRequest{list_services: "*"}, field 7. The method is a stream in both
// directions; one message there and one back look the same as a unary call.
std::string ListServices(const rpc::Peer& peer) {
    return CallBytes(
        peer, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", "\x3a\x01*");
}

rpc::ServerOptions Listen(const std::string& address) {
    rpc::ServerOptions options;
    options.address = address;
    options.mtls_dir = support::DevCerts() / "price-service";
    options.dispatcher.access = AllowAll("api-gateway");
    options.dispatcher.pool = {"test", 2, 8};
    return options;
}

TEST(Server, TakesAFreePortAndRefusesATakenOne) {
    Telemetry telemetry;
    EchoService service;
    rpc::Server first(Listen("127.0.0.1:0"), telemetry.observer());
    first.Add(service);
    ASSERT_TRUE(first.Start());
    ASSERT_GT(first.port(), 0);
    const std::string address = "127.0.0.1:" + std::to_string(first.port());
    const auto peer =
        rpc::Peer::Make({"price-service", address, support::DevCerts() / "api-gateway"},
                        telemetry.observer())
            .value();
    EXPECT_TRUE(peer->WaitConnected(milliseconds(5'000)));
    Telemetry other_telemetry;
    EchoService other;
    rpc::Server second(Listen(address), other_telemetry.observer());
    second.Add(other);

    const auto started = second.Start();

    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().reason, "address_in_use");
    EXPECT_FALSE(started.error().remedy.empty());
}

TEST(Server, SeveralAddressesTakeTurns) {
    Telemetry client_side;
    std::array<Telemetry, 2> telemetry;
    std::array<EchoService, 2> services;
    std::array<std::unique_ptr<rpc::Server>, 2> servers;
    std::string address = "ipv4:";
    for (std::size_t i = 0; i < servers.size(); ++i) {
        servers[i] = std::make_unique<rpc::Server>(Listen("127.0.0.1:0"), telemetry[i].observer());
        servers[i]->Add(services[i]);
        ASSERT_TRUE(servers[i]->Start());
        address +=
            (i == 0 ? "" : ",") + std::string("127.0.0.1:") + std::to_string(servers[i]->port());
    }
    const auto peer =
        rpc::Peer::Make({"price-service", address, support::DevCerts() / "api-gateway"},
                        client_side.observer())
            .value();
    const rpc::Client<Generated> client(peer);
    const auto answered = [](const Telemetry& side) {
        return side.Metrics().find(
                   "grpc_server_handled_total{code=\"OK\","
                   "method=\"/platform.test.v1.EchoService/Echo\"} 0") == std::string::npos;
    };
    EXPECT_FALSE(answered(telemetry[0]) || answered(telemetry[1]));

    // The second connection may stand a little later than the first.
    for (int call = 0; call < 500 && !(answered(telemetry[0]) && answered(telemetry[1])); ++call) {
        ASSERT_TRUE(client.Call(&Stub::Echo, EchoRequest(), rpc::Context()));
        std::this_thread::sleep_for(milliseconds(10));
    }

    EXPECT_TRUE(answered(telemetry[0]) && answered(telemetry[1]));
    // One that is gone is left out.
    servers[0]->Drain(milliseconds(0));
    EXPECT_TRUE(peer->WaitConnected(milliseconds(5'000)));
    int failed = 0;
    for (int call = 0; call < 10; ++call) {
        failed += client.Call(&Stub::Echo, EchoRequest(), rpc::Context()) ? 0 : 1;
    }
    EXPECT_LE(failed, 1);
    EXPECT_TRUE(peer->WaitIdle(milliseconds(5'000)));
}

class Incomplete final : public rpc::Service<Generated> {
public:
    Incomplete() {
        Unary("Echo", &Incomplete::Echo);
        Unary("Ekko", &Incomplete::Echo);
        Unary("Relay", &Incomplete::Echo);
    }

    base::Result<EchoResponse> Echo(const EchoRequest& /*request*/,
                                    const rpc::Context& /*context*/) {
        return EchoResponse();
    }
};

TEST(Server, RefusesAServiceThatDoesNotFitItsProto) {
    Telemetry telemetry;
    Incomplete service;
    auto options = Listen("127.0.0.1:0");
    options.dispatcher.access.pop_back();
    rpc::Server server(std::move(options), telemetry.observer());
    server.Add(service);

    const auto started = server.Start();

    ASSERT_FALSE(started);
    const std::string& detail = started.error().detail;
    const std::string prefix = "/platform.test.v1.EchoService/";
    EXPECT_NE(detail.find(prefix + "Ekko is not in the proto"), std::string::npos) << detail;
    EXPECT_NE(detail.find(prefix + "Relay is not in the proto"), std::string::npos) << detail;
    EXPECT_NE(detail.find(prefix + "Watch needs exactly one handler"), std::string::npos) << detail;
    EXPECT_NE(detail.find(prefix + "Watch has no rule"), std::string::npos) << detail;
    EXPECT_EQ(detail.find(prefix + "Echo"), std::string::npos) << detail;
}

TEST(Server, AnswersHealthChecks) {
    TestServer server;
    const auto peer = server.Connect();

    EXPECT_EQ(Health(*peer), kServing);
    server.server().SetServing(false);
    EXPECT_EQ(Health(*peer), kNotServing);
}

TEST(Server, ReflectsOnlyWhenSwitchedOn) {
    TestServer without;
    EXPECT_EQ(ListServices(*without.Connect()), "");

    TestServer with({.reflection = true});

    EXPECT_NE(ListServices(*with.Connect()).find("platform.test.v1.EchoService"),
              std::string::npos);
}

TEST(Server, DrainLetsCallsEnd) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest request;
    request.set_wait_ms(300);
    auto call = std::async(std::launch::async,
                           [&] { return client.Call(&Stub::Echo, request, rpc::Context()); });
    ASSERT_TRUE(
        support::WaitUntil([&] { return server.service().waiting == 1; }, milliseconds(5'000)));

    server.server().Drain(milliseconds(10'000));

    EXPECT_TRUE(call.get());
}

TEST(Server, DrainCancelsWhatOutlastsIt) {
    TestServer server;
    const rpc::Client<Generated> client(server.Connect());
    EchoRequest request;
    request.set_wait_ms(60'000);
    auto call = std::async(std::launch::async,
                           [&] { return client.Call(&Stub::Echo, request, rpc::Context()); });
    ASSERT_TRUE(
        support::WaitUntil([&] { return server.service().waiting == 1; }, milliseconds(5'000)));
    const auto start = std::chrono::steady_clock::now();

    server.server().Drain(milliseconds(200));

    EXPECT_LT(std::chrono::steady_clock::now() - start, milliseconds(5'000));
    EXPECT_FALSE(call.get());
    EXPECT_EQ(server.service().cancelled, 1);
}

TEST(Server, IsFoundSoonAfterItsRestart) {
    Telemetry telemetry;
    support::TempDir directory;
    const std::string address = "unix:" + (directory.path() / "s").string();
    const auto peer =
        rpc::Peer::Make({"price-service", address, support::DevCerts() / "api-gateway"},
                        telemetry.observer())
            .value();
    const rpc::Client<Generated> client(peer);
    EXPECT_FALSE(client.Call(&Stub::Echo, EchoRequest(), rpc::Context().Within(milliseconds(500))));
    EchoService service;
    rpc::Server server(Listen(address), telemetry.observer());
    server.Add(service);
    ASSERT_TRUE(server.Start());

    EXPECT_TRUE(peer->WaitConnected(milliseconds(5'000)));
    EXPECT_TRUE(client.Call(&Stub::Echo, EchoRequest(), rpc::Context()));
}

}  // namespace
}  // namespace rpc_test
