// Ethereum addresses: 20 bytes, written as 0x and 40 hex digits whose case is the checksum of
// EIP-55.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "crypto/secp256k1.h"

namespace evm {

class Address {
public:
    static constexpr std::size_t kSize = 20;

    // The zero address.
    constexpr Address() = default;

    explicit constexpr Address(const base::ByteArray<kSize>& bytes) : bytes_(bytes) {}

    // 0x and 40 hex digits. All lower or all upper case carries no checksum and is accepted; mixed
    // case must match EIP-55. Errors: `bad_address`, `bad_checksum`.
    [[nodiscard]] static base::Result<Address> Parse(std::string_view text);

    // Errors: `bad_address` unless there are 20 bytes.
    [[nodiscard]] static base::Result<Address> FromBytes(base::ByteView bytes);

    // The last 20 bytes of the Keccak-256 of the key's x and y.
    [[nodiscard]] static Address FromPublicKey(const crypto::Secp256k1PublicKey& key);

    // Canonical: with the EIP-55 checksum.
    [[nodiscard]] std::string ToString() const;

    [[nodiscard]] const base::ByteArray<kSize>& bytes() const { return bytes_; }

    [[nodiscard]] bool IsZero() const { return *this == Address(); }

    friend constexpr bool operator==(const Address&, const Address&) = default;

    friend constexpr std::strong_ordering operator<=>(const Address& left, const Address& right) {
        return left.bytes_ <=> right.bytes_;
    }

private:
    base::ByteArray<kSize> bytes_{};
};

// Whether a text that parses carries a checksum (mixed case) or none (one case).
[[nodiscard]] bool HasChecksum(std::string_view address);

// The address of the contract that `sender` creates with this nonce (yellow paper, section 7).
[[nodiscard]] Address CreateAddress(const Address& sender, std::uint64_t nonce);

// EIP-1014.
[[nodiscard]] Address Create2Address(const Address& sender,
                                     const base::ByteArray<32>& salt,
                                     base::ByteView init_code);

}  // namespace evm
