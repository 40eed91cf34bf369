// The signer as the rest of wallet-manager sees it: typed questions from many threads at once over
// one socket, answered in the order of asking. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "signer/messages.h"
#include "wallet-manager/signer_child.h"

namespace wallet_manager {

class SignerClient {
public:
    static constexpr std::size_t kInFlightMax = 256;
    static constexpr std::chrono::seconds kAnswerTimeMax{10};

    // Owns the socket. `on_gone` is called once, from a thread of its own, when the signer's end of
    // the socket closes before this object does; the daemon must then end.
    SignerClient(SignerProcess process, std::function<void()> on_gone);
    // The signer ends with its socket and is reaped.
    ~SignerClient();
    SignerClient(const SignerClient&) = delete;
    SignerClient& operator=(const SignerClient&) = delete;

    // Blocks. Errors: the signer's; `overloaded`; `signer_unavailable` where it did not answer: a
    // signature that was made but not received is lost, never used.
    template <class Answer>
    [[nodiscard]] base::Result<Answer> Ask(signer::Request request) {
        std::vector<signer::Request> requests;
        requests.push_back(std::move(request));
        return std::move(AskAll<Answer>(std::move(requests)).front());
    }

    // The same for many, sent one after the other before the first answer is awaited.
    template <class Answer>
    [[nodiscard]] std::vector<base::Result<Answer>> AskAll(std::vector<signer::Request> requests) {
        std::vector<base::Result<Answer>> answers;
        for (auto& reply : CallAll(std::move(requests))) {
            answers.push_back(Read<Answer>(std::move(reply)));
        }
        return answers;
    }

    [[nodiscard]] pid_t pid() const { return process_.pid; }

private:
    using Reply = base::Result<signer::Reply>;

    struct Waiting {
        std::uint64_t id = 0;  // 0 = not under way
        std::optional<Reply> reply;
    };

    template <class Answer>
    [[nodiscard]] static base::Result<Answer> Read(Reply reply) {
        if (!reply) {
            return reply.error();
        }
        auto* answer = std::get_if<Answer>(&*reply);
        if (answer == nullptr) {
            return base::Internal("the signer answered another question");
        }
        return std::move(*answer);
    }

    [[nodiscard]] std::vector<Reply> CallAll(std::vector<signer::Request> requests);
    // Sends one. False: the signer is gone.
    [[nodiscard]] bool Begin(const signer::Request& request, Waiting& waiting);
    [[nodiscard]] bool Send(std::uint64_t id, const secret::Bytes& payload);
    void ReadReplies();
    [[nodiscard]] bool ReadReply();

    const SignerProcess process_;
    const std::function<void()> on_gone_;
    std::mutex write_mutex_;
    std::mutex mutex_;
    std::condition_variable answered_;
    std::map<std::uint64_t, Waiting*> waiting_;
    std::uint64_t next_id_ = 1;
    bool gone_ = false;
    bool closing_ = false;
    std::thread reader_;
};

}  // namespace wallet_manager
