// Byte strings. `Bytes` owns, `ByteView` looks on. Secrets use secret::Bytes instead.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

[[nodiscard]] inline ByteView AsBytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string_view AsText(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[nodiscard]] inline Bytes ToBytes(ByteView view) {
    return {view.begin(), view.end()};
}

[[nodiscard]] inline std::string ToText(ByteView view) {
    return std::string(AsText(view));
}

inline void Append(Bytes& target, ByteView more) {
    target.insert(target.end(), more.begin(), more.end());
}

// N bytes of the view; where it has fewer, as a reader's that ran out, the rest is zero.
template <std::size_t N>
[[nodiscard]] ByteArray<N> ToArray(ByteView view) {
    ByteArray<N> array{};
    std::copy_n(view.begin(), N < view.size() ? N : view.size(), array.begin());
    return array;
}

[[nodiscard]] inline bool Equal(ByteView left, ByteView right) {
    return left.size() == right.size() &&
           (left.empty() || std::memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace base
