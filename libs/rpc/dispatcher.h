// What every call of a server passes: identity, access table, user context and deadline; then the
// pool; then metrics, span and log line. The templates of service.h stand on it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <grpcpp/impl/codegen/server_context.h>
#include <grpcpp/support/status.h>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "rpc/access.h"
#include "rpc/context.h"
#include "rpc/pool.h"
#include "rpc/report.h"

namespace rpc {

// Told of each unary call that the access table refused, before the caller is; on the pool.
using Auditor = std::function<void(
    const std::string& method, const Context& context, const base::Error& refusal)>;

struct DispatcherOptions {
    std::vector<AccessRule> access;
    std::optional<UserContextVerifier> users;  // absent: no call may act for a user
    PoolLimits pool;
    std::size_t streams_max = 1000;
    Auditor auditor{};  // absent: refusals go to the log alone
};

// Something that lasts and must end when the server stops: an open stream.
class Closable {
public:
    virtual ~Closable() = default;
    virtual void CloseForShutdown() = 0;
};

// Thread-safe.
class Dispatcher {
public:
    Dispatcher(DispatcherOptions options, Observer observer);

    [[nodiscard]] const AccessTable& access() const { return access_; }

    [[nodiscard]] const Auditor& auditor() const { return auditor_; }

    // Makes the series of a method, so that they start at 0.
    void Declare(const std::string& method) { report_.Declare(method); }

    // Runs `job` on the pool. Errors: `overloaded` with a time to retry after.
    [[nodiscard]] base::Result<> Post(std::function<void()> job);

    // Errors: `overloaded` above streams_max, `shutting_down`.
    [[nodiscard]] base::Result<> Open(Closable* stream);
    void Closed(Closable* stream);

    // Ends every open stream with `shutting_down` and refuses new ones.
    void CloseStreams();
    // Until every stream has said that it is closed, at most kClosedWithin: gRPC may end its server
    // a moment earlier.
    void AwaitClosed();

private:
    friend class ServerCall;

    const AccessTable access_;
    const std::optional<UserContextVerifier> users_;
    const std::size_t streams_max_;
    const Auditor auditor_;
    ServerReport report_;
    const observe::Gauge queued_;
    const observe::Gauge open_streams_;
    std::mutex mutex_;
    std::condition_variable closed_;
    bool closing_ = false;
    std::unordered_set<Closable*> streams_;
    // Last, so that its jobs end before what they use.
    Pool pool_;
};

// One call on the server's side, from its metadata to its last log line. Not thread-safe, except
// Cancel().
class ServerCall {
public:
    ServerCall(Dispatcher& dispatcher,
               const std::string& method,
               const grpc::CallbackServerContext& server);

    // May this call run at all? Errors: those of AccessTable::Check and UserContextVerifier.
    [[nodiscard]] base::Result<> Admit();

    // Sets the deadline of a call that must end: at most kCallSecondsMax from now.
    void BoundDeadline();

    // An error where the client has gone or the deadline has passed while the call was queued.
    [[nodiscard]] base::Result<> StillWanted() const;

    // Runs what a handler does: an exception becomes `internal`, its text goes to the log alone.
    template <class Function>
    [[nodiscard]] auto Guard(const Function& handler) -> decltype(handler());

    void Cancel() { stop_.request_stop(); }

    [[nodiscard]] Dispatcher& dispatcher() { return dispatcher_; }

    [[nodiscard]] const Context& context() const { return context_; }

    [[nodiscard]] const std::string& method() const { return method_; }

    // Reports the call as ended; the status to send.
    [[nodiscard]] grpc::Status End(const base::Result<>& result);

private:
    [[nodiscard]] base::Error Caught(const char* what) const;

    Dispatcher& dispatcher_;
    const std::string& method_;
    const Stopwatch watch_;
    std::optional<SpanId> parent_;
    std::stop_source stop_;
    Context context_;
};

template <class Function>
auto ServerCall::Guard(const Function& handler) -> decltype(handler()) {
    try {
        return handler();
    } catch (const std::exception& thrown) {
        return Caught(thrown.what());
    } catch (...) {
        return Caught("not a std::exception");
    }
}

}  // namespace rpc
