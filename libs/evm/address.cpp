#include "evm/address.h"

#include <algorithm>
#include <vector>

#include "base/hex.h"
#include "evm/rlp.h"
#include "money/uint256.h"

namespace evm {

namespace {

constexpr std::size_t kHexDigits = 2 * Address::kSize;

bool IsLowerLetter(char letter) {
    return letter >= 'a' && letter <= 'f';
}

bool IsUpperLetter(char letter) {
    return letter >= 'A' && letter <= 'F';
}

bool IsHexDigit(char letter) {
    return (letter >= '0' && letter <= '9') || IsLowerLetter(letter) || IsUpperLetter(letter);
}

base::Error BadAddress(std::string detail) {
    return base::InvalidArgument("bad_address", std::move(detail));
}

// The last 20 bytes of a Keccak-256.
Address FromHash(base::ByteView data) {
    const crypto::Hash256 hash = crypto::Keccak256(data);
    return Address(base::ToArray<Address::kSize>(base::ByteView(hash).subspan(12)));
}

}  // namespace

base::Result<Address> Address::Parse(std::string_view text) {
    if (!text.starts_with("0x")) {
        return BadAddress("an Ethereum address starts with 0x");
    }
    const std::string_view digits = text.substr(2);
    const auto wrong = std::find_if_not(digits.begin(), digits.end(), IsHexDigit);
    if (wrong != digits.end()) {
        return BadAddress("not a hex digit at position " +
                          std::to_string(2 + (wrong - digits.begin())));
    }
    if (digits.size() != kHexDigits) {
        return BadAddress("has " + std::to_string(digits.size()) +
                          " hex digits after 0x, an Ethereum address has 40");
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, base::HexDecode(digits));
    const Address address(base::ToArray<kSize>(bytes));
    if (HasChecksum(text) && address.ToString() != text) {
        return base::InvalidArgument("bad_checksum",
                                     "the upper and lower case of its letters is not the EIP-55 "
                                     "checksum: a character is probably mistyped");
    }
    return address;
}

base::Result<Address> Address::FromBytes(base::ByteView bytes) {
    if (bytes.size() != kSize) {
        return BadAddress("an Ethereum address has 20 bytes, not " + std::to_string(bytes.size()));
    }
    return Address(base::ToArray<kSize>(bytes));
}

Address Address::FromPublicKey(const crypto::Secp256k1PublicKey& key) {
    const base::ByteArray<65> point = key.Uncompressed();
    return FromHash(base::ByteView(point).subspan(1));
}

std::string Address::ToString() const {
    std::string digits = base::HexEncode(bytes_);
    const crypto::Hash256 hash = crypto::Keccak256(base::AsBytes(digits));
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const unsigned nibble = i % 2 == 0 ? hash[i / 2] >> 4 : hash[i / 2] & 0x0fU;
        if (nibble >= 8 && IsLowerLetter(digits[i])) {
            digits[i] = static_cast<char>(digits[i] - 'a' + 'A');
        }
    }
    return "0x" + digits;
}

bool HasChecksum(std::string_view address) {
    return std::any_of(address.begin(), address.end(), IsLowerLetter) &&
           std::any_of(address.begin(), address.end(), IsUpperLetter);
}

Address CreateAddress(const Address& sender, std::uint64_t nonce) {
    return FromHash(
        EncodeRlp(RlpList({RlpString(sender.bytes()), RlpUint(money::UInt256(nonce))})));
}

Address Create2Address(const Address& sender,
                       const base::ByteArray<32>& salt,
                       base::ByteView init_code) {
    base::Bytes preimage{0xff};
    base::Append(preimage, sender.bytes());
    base::Append(preimage, salt);
    base::Append(preimage, crypto::Keccak256(init_code));
    return FromHash(preimage);
}

}  // namespace evm
