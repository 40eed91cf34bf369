// The facts that may stand in a log line or a span. The list of keys is the allow list: there is no
// way to log under another name, and none to log a secret type.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "secret/secret.h"

namespace observe {

enum class Key {
    kAddress,  // of a wallet on a chain
    kApprovalId,
    kAttempt,
    kCaller,  // identity of the calling daemon
    kChain,
    kCount,
    kDurationMs,
    kErrorCode,
    kErrorDetail,
    kFile,  // a path of our own: a certificate, a folder
    kHeight,
    kHost,
    kIntentId,
    kLimit,
    kMethod,
    kName,  // of a dependency, a variable, a worker
    kNetwork,
    kNonce,
    kPid,
    kPort,
    kRemoteIp,
    kRoute,  // the pattern, never the path
    kSignal,
    kState,
    kStatus,
    kTxHash,
    kUserId,
    kVersion,
    kWalletId,
};

// "duration_ms", as the log spells it.
[[nodiscard]] std::string_view KeyName(Key key);

// Texts are cut at this length.
constexpr std::size_t kFieldLengthMax = 1024;

struct Field {
    Field(Key k, std::string_view text) : key(k), value(std::string(text)) {}

    Field(Key k, const char* text) : key(k), value(std::string(text)) {}

    template <std::same_as<bool> Flag>
    Field(Key k, Flag flag) : key(k), value(flag) {}

    template <std::integral Integer>

    requires(!std::same_as<Integer, bool>) Field(Key k, Integer number)
        : key(k), value(static_cast<std::int64_t>(number)) {}

    Field(Key k, std::chrono::nanoseconds duration);  // as milliseconds

    Field(Key k, const secret::String&) = delete;
    Field(Key k, const secret::Bytes&) = delete;

    Key key;
    std::variant<std::string, std::int64_t, bool> value;
};

}  // namespace observe
