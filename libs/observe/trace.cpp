#include "observe/trace.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <span>

#include "base/hex.h"

namespace observe {

namespace {

// Ids need to be unlikely to meet, not hard to guess.
std::uint64_t RandomNumber() {
    thread_local std::mt19937_64 generator = [] {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device(), device(), device()};
        return std::mt19937_64(seed);
    }();
    return generator();
}

void FillRandom(std::span<std::uint8_t> bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
        // Never all zero, which the standard reserves.
        const std::uint64_t number = RandomNumber() | 1;
        std::memcpy(bytes.data() + at, &number, sizeof number);
    }
}

template <std::size_t N>
bool IsZero(const std::array<std::uint8_t, N>& bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// Lower-case hex of exactly 2 N digits: the standard forbids capitals here.
template <std::size_t N>
bool ReadHex(std::string_view text, std::array<std::uint8_t, N>& target) {
    const bool lower = text.find_first_of("ABCDEF") == std::string_view::npos;
    const auto bytes = base::HexDecode(text);
    if (!lower || !bytes || bytes->size() != N) {
        return false;
    }
    std::copy(bytes->begin(), bytes->end(), target.begin());
    return true;
}

}  // namespace

TraceContext TraceContext::NewRoot(bool sampled) {
    TraceContext context;
    FillRandom(context.trace_id);
    FillRandom(context.span_id);
    context.sampled = sampled;
    return context;
}

TraceContext TraceContext::Child() const {
    TraceContext child = *this;
    FillRandom(child.span_id);
    return child;
}

bool TraceContext::IsValid() const {
    return !IsZero(trace_id) && !IsZero(span_id);
}

std::string TraceContext::TraceIdText() const {
    return base::HexEncode(trace_id);
}

std::string TraceContext::SpanIdText() const {
    return base::HexEncode(span_id);
}

std::optional<TraceContext> ParseTraceparent(std::string_view header) {
    constexpr std::size_t kLength = 55;
    if (header.size() < kLength || header[2] != '-' || header[35] != '-' || header[52] != '-') {
        return std::nullopt;
    }
    std::array<std::uint8_t, 1> version{};
    std::array<std::uint8_t, 1> flags{};
    TraceContext context;
    if (!ReadHex(header.substr(0, 2), version) ||
        !ReadHex(header.substr(3, 32), context.trace_id) ||
        !ReadHex(header.substr(36, 16), context.span_id) || !ReadHex(header.substr(53, 2), flags)) {
        return std::nullopt;
    }
    const bool exact = header.size() == kLength;
    const bool extended = version[0] != 0 && !exact && header[kLength] == '-';
    if (version[0] == 0xFF || !(exact || extended) || !context.IsValid()) {
        return std::nullopt;
    }
    context.sampled = (flags[0] & 1) != 0;
    return context;
}

std::string FormatTraceparent(const TraceContext& context) {
    return "00-" + context.TraceIdText() + "-" + context.SpanIdText() +
           (context.sampled ? "-01" : "-00");
}

std::string NewRequestId() {
    std::array<std::uint8_t, 16> bytes{};
    FillRandom(bytes);
    return "req_" + base::HexEncode(bytes);
}

bool IsSaneRequestId(std::string_view text) {
    constexpr std::size_t kLengthMax = 128;
    return !text.empty() && text.size() <= kLengthMax &&
           std::all_of(text.begin(), text.end(), [](char letter) {
               return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                      (letter >= '0' && letter <= '9') || letter == '.' || letter == '_' ||
                      letter == ':' || letter == '-';
           });
}

}  // namespace observe
