#include "crypto/random.h"

#include <sodium.h>

#include "base/check.h"

namespace crypto {

void FillRandom(std::span<std::uint8_t> target) {
    static const bool ready = sodium_init() >= 0;
    BASE_CHECK(ready);
    if (!target.empty()) {  // libsodium takes no null pointer
        randombytes_buf(target.data(), target.size());
    }
}

base::Bytes RandomBytes(std::size_t size) {
    base::Bytes bytes(size);
    FillRandom(bytes);
    return bytes;
}

secret::Bytes RandomSecret(std::size_t size) {
    secret::Bytes bytes(size);
    FillRandom(bytes.Fill());
    return bytes;
}

}  // namespace crypto
