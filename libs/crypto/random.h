// The operating system's random numbers, through libsodium (getrandom). Thread-safe. Failure ends
// the process: there is no weaker source to fall back to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "secret/secret.h"

namespace crypto {

void FillRandom(std::span<std::uint8_t> target);

[[nodiscard]] base::Bytes RandomBytes(std::size_t size);
[[nodiscard]] secret::Bytes RandomSecret(std::size_t size);

template <std::size_t N>
[[nodiscard]] base::ByteArray<N> RandomArray() {
    base::ByteArray<N> array;
    FillRandom(array);
    return array;
}

}  // namespace crypto
