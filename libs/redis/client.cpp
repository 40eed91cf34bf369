#include "redis/client.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <poll.h>
#include <random>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "redis/connection.h"

namespace redis {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::chrono::milliseconds kPauseMin{20};
constexpr std::chrono::milliseconds kPauseMax{2'000};
constexpr std::string_view kNoScript = "NOSCRIPT";

struct Request {
    std::string formatted;
    Callback callback;
    SteadyTime until;
};

int MillisecondsUntil(SteadyTime time) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(time - std::chrono::steady_clock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

}  // namespace

// The thread and what it shares with the callers.
class Client::Loop {
public:
    Loop(ClientOptions options, Endpoint endpoint)
        : options_(std::move(options)),
          endpoint_(std::move(endpoint)),
          wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          thread_([this] { Run(); }) {}

    ~Loop() {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        Wake();
        thread_.join();
        close(wake_);
    }

    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void Submit(std::string formatted, Callback callback);

    [[nodiscard]] bool WaitConnected(std::chrono::milliseconds timeout) const {
        std::unique_lock lock(mutex_);
        return connected_changed_.wait_for(lock, timeout, [&] { return connected_; });
    }

private:
    void Run();
    // Connected: until the connection fails or the client stops. Gives the reason.
    std::string Serve(Connection& connection);
    // Moves what was submitted into the connection's output. False: the client stops.
    bool TakeSubmitted(Connection& connection);
    base::Result<> Exchange(Connection& connection);
    void Complete(base::Result<Reply> reply);
    void SetConnected(bool connected, std::string_view reason);
    // False: the client stops.
    bool Pause(std::chrono::milliseconds pause);
    void Wake() const;

    const ClientOptions options_;
    const Endpoint endpoint_;
    const int wake_;

    mutable std::mutex mutex_;
    mutable std::condition_variable connected_changed_;
    bool connected_ = false;
    bool stopping_ = false;
    std::size_t under_way_ = 0;  // submitted or sent, not yet answered
    std::vector<Request> submitted_;

    std::deque<Request> sent_;  // only the thread's; the oldest, which is answered next, in front
    std::string last_reason_;   // only the thread's
    std::thread thread_;        // last: it uses the others
};

void Client::Loop::Submit(std::string formatted, Callback callback) {
    std::unique_lock lock(mutex_);
    const bool full = under_way_ >= options_.commands_max;
    if (!connected_ || stopping_ || full) {
        lock.unlock();
        callback(RedisUnavailable(full ? "too many commands wait for Redis"
                                       : "there is no connection to Redis"));
        return;
    }
    ++under_way_;
    const bool first = submitted_.empty();
    submitted_.push_back({std::move(formatted),
                          std::move(callback),
                          std::chrono::steady_clock::now() + options_.timeout});
    lock.unlock();
    if (first) {
        Wake();
    }
}

void Client::Loop::Run() {
    std::minstd_rand random(std::random_device{}());
    auto pause = kPauseMin;
    for (bool running = true; running;) {
        auto connection = Connection::Open(endpoint_, options_.connect_timeout);
        std::string reason;
        if (connection) {
            SetConnected(true, {});
            reason = Serve(**connection);
            pause = kPauseMin;
        } else {
            reason = connection.error().detail;
        }
        SetConnected(false, reason);
        // Between half the pause and all of it, so that a fleet does not come back in step.
        running = Pause(pause / 2 + pause * (random() % 100) / 200);
        pause = std::min(pause * 2, kPauseMax);
    }
}

std::string Client::Loop::Serve(Connection& connection) {
    while (TakeSubmitted(connection)) {
        if (const auto done = Exchange(connection); !done) {
            return done.error().detail;
        }
    }
    return "the client stops";
}

bool Client::Loop::TakeSubmitted(Connection& connection) {
    std::vector<Request> taken;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) {
            return false;
        }
        taken.swap(submitted_);
    }
    for (Request& request : taken) {
        connection.Queue(request.formatted);
        request.formatted.clear();
        sent_.push_back(std::move(request));
    }
    return true;
}

// Writes, waits for something to happen, reads.
base::Result<> Client::Loop::Exchange(Connection& connection) {
    BASE_RETURN_IF_ERROR(connection.Write());
    const short events = connection.HasOutput() ? POLLIN | POLLOUT : POLLIN;
    pollfd watched[] = {{connection.descriptor(), events, 0}, {wake_, POLLIN, 0}};
    poll(watched, std::size(watched), sent_.empty() ? -1 : MillisecondsUntil(sent_.front().until));
    if (watched[1].revents != 0) {
        eventfd_t ignored = 0;
        (void)eventfd_read(wake_, &ignored);
    }
    if (watched[0].revents != 0) {
        BASE_RETURN_IF_ERROR(connection.Read());
    }
    while (true) {
        BASE_ASSIGN_OR_RETURN(auto reply, connection.Next());
        if (!reply) {
            break;
        }
        if (sent_.empty()) {
            return RedisUnavailable("Redis answered without being asked");
        }
        if (reply->kind == ReplyKind::kError) {
            Complete(ErrorOf(*reply));
        } else {
            Complete(std::move(*reply));
        }
    }
    // Replies come in order, so a late first one makes all later ones late.
    if (!sent_.empty() && sent_.front().until <= std::chrono::steady_clock::now()) {
        return RedisUnavailable("Redis does not answer");
    }
    return {};
}

// Answers the oldest command that was sent.
void Client::Loop::Complete(base::Result<Reply> reply) {
    const Callback callback = std::move(sent_.front().callback);
    sent_.pop_front();
    {
        const std::lock_guard lock(mutex_);
        --under_way_;
    }
    callback(std::move(reply));
}

void Client::Loop::SetConnected(bool connected, std::string_view reason) {
    bool changed = false;
    {
        const std::lock_guard lock(mutex_);
        changed = connected_ != connected;
        connected_ = connected;
        // From here on nothing more is submitted, so all that is left can be failed.
        for (Request& request : submitted_) {
            sent_.push_back(std::move(request));
        }
        submitted_.clear();
    }
    connected_changed_.notify_all();
    while (!connected && !sent_.empty()) {
        Complete(RedisUnavailable(std::string(reason)));
    }
    if ((changed || reason != last_reason_) && options_.on_connection) {
        options_.on_connection(connected, reason);
    }
    last_reason_ = reason;
}

bool Client::Loop::Pause(std::chrono::milliseconds pause) {
    const SteadyTime until = std::chrono::steady_clock::now() + pause;
    while (true) {
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) {
                return false;
            }
        }
        const int left = MillisecondsUntil(until);
        if (left == 0) {
            return true;
        }
        pollfd watched{wake_, POLLIN, 0};
        if (poll(&watched, 1, left) > 0) {
            eventfd_t ignored = 0;
            (void)eventfd_read(wake_, &ignored);
        }
    }
}

void Client::Loop::Wake() const {
    (void)eventfd_write(wake_, 1);
}

struct Script::State {
    explicit State(std::string text) : body(std::move(text)) {}

    const std::string body;
    std::mutex mutex;
    std::string sha;  // as the server named it; empty: not loaded yet
};

Script::Script(std::string body) : state_(std::make_shared<State>(std::move(body))) {}

Client::Client(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}

Client::~Client() = default;

base::Result<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
    BASE_ASSIGN_OR_RETURN(Endpoint endpoint, ParseUrl(options.url));
    auto loop = std::make_unique<Loop>(std::move(options), std::move(endpoint));
    return std::unique_ptr<Client>(new Client(std::move(loop)));
}

void Client::Async(const Command& command, Callback callback) {
    loop_->Submit(Connection::Format(command), std::move(callback));
}

void Client::AsyncEval(ScriptCall call, Callback callback) {
    const std::shared_ptr<Script::State> script = call.script.state_;
    std::string sha;
    {
        const std::lock_guard lock(script->mutex);
        sha = script->sha;
    }
    Command command = {sha.empty() ? "EVAL" : "EVALSHA", sha.empty() ? script->body : sha};
    command.push_back(std::to_string(call.keys.size()));
    command.insert(command.end(), call.keys.begin(), call.keys.end());
    command.insert(command.end(), call.arguments.begin(), call.arguments.end());
    if (sha.empty()) {
        Async({"SCRIPT", "LOAD", script->body}, [script](const base::Result<Reply>& loaded) {
            if (loaded) {
                const std::lock_guard lock(script->mutex);
                script->sha = loaded->text;
            }
        });
        Async(command, std::move(callback));
        return;
    }
    // EVAL with the whole text makes the server know it again.
    Async(
        command,
        [this, script, command, callback = std::move(callback)](base::Result<Reply> reply) mutable {
            if (reply || !reply.error().metadata.contains("code") ||
                reply.error().metadata.at("code") != kNoScript) {
                callback(std::move(reply));
                return;
            }
            command[0] = "EVAL";
            command[1] = script->body;
            Async(command, std::move(callback));
        });
}

namespace {

// Runs an asynchronous operation and waits; the client bounds the time.
template <class Start>
base::Result<Reply> Await(const Start& start) {
    // Shared, because set_value may still be returning when the waiting thread goes on.
    const auto promise = std::make_shared<std::promise<base::Result<Reply>>>();
    start([promise](base::Result<Reply> reply) { promise->set_value(std::move(reply)); });
    return promise->get_future().get();
}

}  // namespace

base::Result<Reply> Client::Call(const Command& command) {
    return Await([&](Callback callback) { Async(command, std::move(callback)); });
}

base::Result<Reply> Client::Eval(ScriptCall call) {
    return Await([&](Callback callback) { AsyncEval(std::move(call), std::move(callback)); });
}

bool Client::Connected() const {
    return WaitConnected(std::chrono::milliseconds(0));
}

bool Client::WaitConnected(std::chrono::milliseconds timeout) const {
    return loop_->WaitConnected(timeout);
}

}  // namespace redis
