// The floor that the gateway's hop is measured against: the least that HTTP in front of one gRPC
// call can cost. Plain Beast sessions with callbacks, no limits, no logs, no authentication; and
// the same call by gRPC alone.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "platform/chain/v1/chain_service.grpc.pb.h"

namespace bench {

using Stub = platform::chain::v1::ChainService::Stub;

class BareHop {
public:
    // Answers `body` to every request once the daemon has called the address valid, with two
    // threads on a free loopback port.
    BareHop(Stub& stub, std::string address, std::string body);
    ~BareHop();
    BareHop(const BareHop&) = delete;
    BareHop& operator=(const BareHop&) = delete;

    [[nodiscard]] std::uint16_t port() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Calls a second, `width` at a time.
[[nodiscard]] double BareCalls(Stub& stub,
                               const std::string& address,
                               int width,
                               std::chrono::seconds time);

}  // namespace bench
