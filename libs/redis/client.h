// A pipelined Redis client (RESP2). One thread of its own does all input and output, so that any
// number of threads may have commands under way without one of them blocking. Redis is a cache
// here: nothing is queued for later. While there is no connection, and when the bound on commands
// under way is reached, a command fails at once with `redis_unavailable` (kUnavailable), so that
// the caller's fallback takes over; a server that lets a reply wait for longer than the timeout is
// dropped. Reconnects by itself with growing pauses.
//
// An error that the server answers is `redis_error` (kInternal), its code in metadata `code`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace redis {

enum class ReplyKind { kNil, kInteger, kText, kError, kArray };

struct Reply {
    ReplyKind kind = ReplyKind::kNil;
    std::int64_t integer = 0;
    std::string text;             // of kText; of a kError inside an array
    std::vector<Reply> elements;  // of kArray
};

using Command = std::vector<std::string>;
using Callback = std::function<void(base::Result<Reply>)>;

// A Lua script. Copies share what is known about it.
class Script {
public:
    explicit Script(std::string body);

private:
    friend class Client;
    struct State;

    std::shared_ptr<State> state_;
};

struct ScriptCall {
    Script script;
    std::vector<std::string> keys;
    std::vector<std::string> arguments;
};

struct ClientOptions {
    std::string url;
    std::size_t commands_max = 10'000;  // under way at once
    std::chrono::milliseconds timeout{250};
    std::chrono::milliseconds connect_timeout{1'000};
    // May be empty. Called from the client's thread when the connection comes (the reason is empty)
    // or goes, or cannot be made for another reason than before. Must not block.
    std::function<void(bool connected, std::string_view reason)> on_connection = {};
};

// Thread-safe. Callbacks run on the client's thread, or on the caller's before the function returns
// when the command fails at once; they must neither block nor throw, and may issue commands.
class Client {
public:
    // Connects in the background. Errors: `bad_redis_url`.
    [[nodiscard]] static base::Result<std::unique_ptr<Client>> Create(ClientOptions options);

    // Fails the commands under way. Not to be called from a callback.
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void Async(const Command& command, Callback callback);

    // EVALSHA; the script is loaded when the server does not know it.
    void AsyncEval(ScriptCall call, Callback callback);

    // The same for threads that may block, which a callback's may not.
    [[nodiscard]] base::Result<Reply> Call(const Command& command);
    [[nodiscard]] base::Result<Reply> Eval(ScriptCall call);

    [[nodiscard]] bool Connected() const;

    // False: not connected when the time is over.
    [[nodiscard]] bool WaitConnected(std::chrono::milliseconds timeout) const;

private:
    class Loop;

    explicit Client(std::unique_ptr<Loop> loop);

    std::unique_ptr<Loop> loop_;
};

}  // namespace redis
