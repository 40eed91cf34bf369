#include "secret/secret.h"

#include <algorithm>
#include <new>
#include <sodium.h>
#include <string>
#include <utility>

#include "base/check.h"
#include "secret/arena.h"

namespace secret {

Bytes::Bytes(std::size_t size) : size_(size), capacity_(size) {
    if (size == 0) {
        return;
    }
    data_ = AllocateInArena(size);
    if (data_ != nullptr) {
        return;
    }
    data_ = new std::uint8_t[size]();
    // Best effort: an unprivileged process may lock little. The wipe is what is promised.
    (void)sodium_mlock(data_, size);
}

Bytes::~Bytes() {
    if (data_ != nullptr && !ReleaseInArena(data_, capacity_)) {
        (void)sodium_munlock(data_, capacity_);
        sodium_memzero(data_, capacity_);
        delete[] data_;
    }
}

Bytes::Bytes(Bytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Bytes& Bytes::operator=(Bytes&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    return *this;
}

Bytes Bytes::Copy(base::ByteView source) {
    Bytes copy(source.size());
    std::copy(source.begin(), source.end(), copy.data_);
    return copy;
}

void Bytes::Shrink(std::size_t size) {
    BASE_CHECK(size <= size_);
    if (data_ != nullptr) {
        sodium_memzero(data_ + size, size_ - size);
    }
    size_ = size;
}

void Wipe(std::span<std::uint8_t> memory) {
    sodium_memzero(memory.data(), memory.size());
}

void Wipe(std::string& text) {
    sodium_memzero(text.data(), text.capacity());
    text.clear();
}

bool ConstantTimeEqual(base::ByteView left, base::ByteView right) {
    return left.size() == right.size() &&
           (left.empty() || sodium_memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace secret
