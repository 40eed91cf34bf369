// Secrets as types: move-only, memory locked where the system allows it, wiped at the end, and not
// printable by construction. A reader must say Expose(), which is easy to find in a review.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace secret {

// A fixed number of secret bytes. Zero-filled when made. Allocation failure ends the process.
class Bytes {
public:
    Bytes() = default;
    explicit Bytes(std::size_t size);
    ~Bytes();
    Bytes(Bytes&& other) noexcept;
    Bytes& operator=(Bytes&& other) noexcept;
    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;

    [[nodiscard]] static Bytes Copy(base::ByteView source);

    [[nodiscard]] Bytes Clone() const { return Copy(Expose()); }

    [[nodiscard]] base::ByteView Expose() const { return {data_, size_}; }

    [[nodiscard]] std::span<std::uint8_t> Fill() { return {data_, size_}; }

    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] bool empty() const { return size_ == 0; }

    // Keeps the first `size` bytes (size <= size()) and wipes the rest.
    void Shrink(std::size_t size);

private:
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

// Secret text: a mnemonic, a password, a token.
class String {
public:
    String() = default;

    explicit String(std::string_view text) : bytes_(Bytes::Copy(base::AsBytes(text))) {}

    explicit String(Bytes bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] String Clone() const { return String(bytes_.Clone()); }

    [[nodiscard]] std::string_view Expose() const { return base::AsText(bytes_.Expose()); }

    [[nodiscard]] std::size_t size() const { return bytes_.size(); }

    [[nodiscard]] bool empty() const { return bytes_.empty(); }

private:
    Bytes bytes_;
};

// Overwrites ordinary memory that held a secret in transit (a request body, a protobuf field).
void Wipe(std::span<std::uint8_t> memory);
void Wipe(std::string& text);

// Time depends on the lengths alone.
[[nodiscard]] bool ConstantTimeEqual(base::ByteView left, base::ByteView right);

}  // namespace secret
