#include "wallet-manager/signer_client.h"

#include <algorithm>
#include <cerrno>
#include <span>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "signer/wire.h"

namespace wallet_manager {

namespace {

base::Error SignerUnavailable() {
    return base::Unavailable("signer_unavailable", "the signer did not answer");
}

bool SendAll(int socket, base::ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
}

bool ReceiveAll(int socket, std::span<std::uint8_t> target) {
    while (!target.empty()) {
        const ssize_t got = ::recv(socket, target.data(), target.size(), 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        target = target.subspan(static_cast<std::size_t>(got));
    }
    return true;
}

}  // namespace

SignerClient::SignerClient(SignerProcess process, std::function<void()> on_gone)
    : process_(process), on_gone_(std::move(on_gone)), reader_([this] { ReadReplies(); }) {}

SignerClient::~SignerClient() {
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
    }
    (void)::shutdown(process_.socket, SHUT_RDWR);
    reader_.join();
    ::close(process_.socket);
    (void)::waitpid(process_.pid, nullptr, 0);
}

std::vector<SignerClient::Reply> SignerClient::CallAll(std::vector<signer::Request> requests) {
    std::vector<Waiting> waiting(requests.size());
    bool sent = true;
    for (std::size_t index = 0; index < requests.size() && sent; ++index) {
        sent = Begin(requests[index], waiting[index]);
    }
    std::vector<Reply> replies;
    std::unique_lock lock(mutex_);
    answered_.wait_for(lock, kAnswerTimeMax, [&] {
        return gone_ || std::all_of(waiting.begin(), waiting.end(), [](const Waiting& one) {
                   return one.id == 0 || one.reply;
               });
    });
    for (Waiting& one : waiting) {
        waiting_.erase(one.id);
        replies.push_back(one.reply ? std::move(*one.reply) : Reply(SignerUnavailable()));
    }
    return replies;
}

bool SignerClient::Begin(const signer::Request& request, Waiting& waiting) {
    const secret::Bytes payload = signer::EncodeRequest(request);
    if (payload.size() > signer::kFrameSizeMax) {
        waiting.reply.emplace(
            base::InvalidArgument("request_too_large", "the signer takes 8 MiB at most"));
        return true;
    }
    {
        const std::scoped_lock lock(mutex_);
        if (gone_) {
            return false;
        }
        if (waiting_.size() >= kInFlightMax) {
            waiting.reply.emplace(base::MakeError(base::ErrorKind::kResourceExhausted,
                                                  "overloaded",
                                                  "too many signatures are under way"));
            return true;
        }
        waiting.id = next_id_++;
        waiting_.emplace(waiting.id, &waiting);
    }
    return Send(waiting.id, payload);
}

bool SignerClient::Send(std::uint64_t id, const secret::Bytes& payload) {
    const std::scoped_lock lock(write_mutex_);
    const auto header = signer::EncodeFrameHeader({static_cast<std::uint32_t>(payload.size()), id});
    return SendAll(process_.socket, header) && SendAll(process_.socket, payload.Expose());
}

bool SignerClient::ReadReply() {
    base::ByteArray<signer::kFrameHeaderSize> head{};
    if (!ReceiveAll(process_.socket, head)) {
        return false;
    }
    const signer::FrameHeader header = signer::DecodeFrameHeader(head);
    if (header.size > signer::kFrameSizeMax) {
        return false;
    }
    secret::Bytes payload(header.size);
    if (!ReceiveAll(process_.socket, payload.Fill())) {
        return false;
    }
    auto reply = signer::DecodeReply(payload.Expose());
    const std::scoped_lock lock(mutex_);
    // Nobody waits any longer: the bytes end here, wiped with their buffer.
    if (const auto found = waiting_.find(header.id); found != waiting_.end()) {
        found->second->reply = std::move(reply);
        answered_.notify_all();
    }
    return true;
}

void SignerClient::ReadReplies() {
    while (ReadReply()) {
    }
    bool unexpected = false;
    {
        const std::scoped_lock lock(mutex_);
        gone_ = true;
        unexpected = !closing_;
        answered_.notify_all();
    }
    if (unexpected && on_gone_) {
        on_gone_();
    }
}

}  // namespace wallet_manager
