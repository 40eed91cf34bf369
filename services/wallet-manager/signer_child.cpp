#include "wallet-manager/signer_child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <linux/close_range.h>
#include <memory>
#include <string>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include "base/clock.h"
#include "crypto/warmup.h"
#include "keyvault/kek_set.h"
#include "secret/arena.h"
#include "signer/messages.h"
#include "signer/wire.h"
#include "wallet-manager/signer_filter.h"

namespace wallet_manager {

namespace {

// Descriptors 0 to 2 are closed in the child and the socket is none of them: whatever a library
// prints cannot enter the frames.
constexpr int kSocketDescriptor = 3;
constexpr int kKekDescriptor = 4;
constexpr int kHighDescriptor = 10;
constexpr std::size_t kKekMessageMax = 4096;

// Exit codes of the child, for whoever reads the parent's log.
enum class ChildExit { kEnd = 0, kBadKeks = 71, kMemory = 72, kLock = 73, kProtocol = 74 };

[[noreturn]] void End(ChildExit code) {
    _exit(static_cast<int>(code));
}

base::Error StartError(const std::string& what) {
    return base::Unavailable("signer_start", what + ": " + std::strerror(errno));
}

bool ReadAll(int descriptor, std::span<std::uint8_t> target) {
    while (!target.empty()) {
        const ssize_t got = ::read(descriptor, target.data(), target.size());
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

bool WriteAll(int descriptor, base::ByteView bytes) {
    while (!bytes.empty()) {
        // send() would be sendto, which the filter kills.
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

secret::Bytes EncodeKeks(const std::map<int, secret::String>& keks) {
    signer::Writer writer;
    writer(static_cast<std::uint32_t>(keks.size()));
    for (const auto& [version, key] : keks) {
        writer(static_cast<std::uint32_t>(version));
        writer(key);
    }
    return writer.Take();
}

keyvault::KekSet ReadKeks(int descriptor) {
    secret::Bytes message(kKekMessageMax);
    std::size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < message.size(); size += static_cast<std::size_t>(got)) {
        got = ::read(descriptor, message.Fill().data() + size, message.size() - size);
        if (got < 0) {
            End(ChildExit::kBadKeks);
        }
    }
    message.Shrink(size);
    signer::Reader reader(message.Expose());
    std::uint32_t count = 0;
    reader(count);
    keyvault::KekSet keks;
    for (std::uint32_t i = 0; i < count; ++i) {
        std::uint32_t version = 0;
        secret::String key;
        reader(version);
        reader(key);
        if (!keks.AddHex(static_cast<int>(version), key)) {
            End(ChildExit::kBadKeks);
        }
    }
    if (count == 0 || !reader.Complete()) {
        End(ChildExit::kBadKeks);
    }
    return keks;
}

// Leaves the socket and the pipe of the keys as the only descriptors.
void KeepOnly(int socket, int keks) {
    if (::dup2(socket, kSocketDescriptor) < 0 || ::dup2(keks, kKekDescriptor) < 0) {
        End(ChildExit::kLock);
    }
    for (int descriptor = 0; descriptor < kSocketDescriptor; ++descriptor) {
        ::close(descriptor);
    }
    if (::syscall(SYS_close_range, kKekDescriptor + 1, ~0U, 0) != 0) {
        End(ChildExit::kLock);
    }
}

void LockIn() {
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        End(ChildExit::kLock);
    }
    // It ends with its socket, so that the parent's last signatures are still answered.
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) {
        (void)std::signal(number, SIG_IGN);
    }
    if (!LoadSignerFilter()) {
        End(ChildExit::kLock);
    }
}

[[noreturn]] void Serve(signer::Signer& signer) {
    while (true) {
        base::ByteArray<signer::kFrameHeaderSize> head{};
        if (!ReadAll(kSocketDescriptor, head)) {
            End(ChildExit::kEnd);
        }
        const signer::FrameHeader header = signer::DecodeFrameHeader(head);
        if (header.size > signer::kFrameSizeMax) {
            End(ChildExit::kProtocol);
        }
        secret::Bytes payload(header.size);
        if (!ReadAll(kSocketDescriptor, payload.Fill())) {
            End(ChildExit::kEnd);
        }
        const auto request = signer::DecodeRequest(payload.Expose());
        const secret::Bytes reply = signer::EncodeReply(
            request ? signer.Handle(*request) : base::Result<signer::Reply>(request.error()));
        const auto reply_head =
            signer::EncodeFrameHeader({static_cast<std::uint32_t>(reply.size()), header.id});
        if (!WriteAll(kSocketDescriptor, reply_head) ||
            !WriteAll(kSocketDescriptor, reply.Expose())) {
            End(ChildExit::kEnd);
        }
    }
}

// The order matters: what opens files or locks memory comes before the filter forbids it.
[[noreturn]] void RunChild(int socket, int keks_pipe, signer::Settings settings) {
    try {
        KeepOnly(socket, keks_pipe);
        crypto::Warmup();
        if (!secret::LockArena()) {
            End(ChildExit::kMemory);
        }
        keyvault::KekSet keks = ReadKeks(kKekDescriptor);
        ::close(kKekDescriptor);
        signer::Signer signer(std::move(settings), std::move(keks), base::SystemClock());
        LockIn();
        Serve(signer);
    } catch (const std::exception&) {
        End(ChildExit::kMemory);
    }
}

struct Pair {
    int ours = -1;
    int theirs = -1;
};

// Both above what the child uses, so that dup2 there never lands on one of them.
bool Raise(Pair& pair) {
    for (int* descriptor : {&pair.ours, &pair.theirs}) {
        const int high = ::fcntl(*descriptor, F_DUPFD_CLOEXEC, kHighDescriptor);
        ::close(*descriptor);
        *descriptor = high;
    }
    return pair.ours >= 0 && pair.theirs >= 0;
}

void Close(const Pair& pair) {
    ::close(pair.ours);
    ::close(pair.theirs);
}

base::Result<Pair> MakeSocket() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        return StartError("socketpair");
    }
    Pair pair{ends[0], ends[1]};
    if (!Raise(pair)) {
        return StartError("fcntl");
    }
    return pair;
}

// A pipe that already holds the keys: they fit its buffer, and no copy lives here at the fork.
base::Result<Pair> MakeKekPipe(const std::map<int, secret::String>& keks) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return StartError("pipe2");
    }
    Pair pair{ends[1], ends[0]};
    if (!Raise(pair) || !WriteAll(pair.ours, EncodeKeks(keks).Expose())) {
        return StartError("write");
    }
    return pair;
}

}  // namespace

base::Result<SignerProcess> StartSigner(signer::Settings settings,
                                        std::map<int, secret::String> keks) {
    BASE_ASSIGN_OR_RETURN(const Pair socket, MakeSocket());
    const auto pipe = MakeKekPipe(keks);
    keks.clear();
    if (!pipe) {
        Close(socket);
        return pipe.error();
    }
    const pid_t pid = ::fork();
    if (pid == 0) {
        RunChild(socket.theirs, pipe->theirs, std::move(settings));
    }
    ::close(socket.theirs);
    Close(*pipe);
    if (pid < 0) {
        ::close(socket.ours);
        return StartError("fork");
    }
    return SignerProcess{pid, socket.ours};
}

}  // namespace wallet_manager
