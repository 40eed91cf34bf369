#include "evm/keys.h"

#include <string_view>
#include <utility>

#include "crypto/bip39.h"
#include "crypto/secp256k1.h"

namespace evm {

namespace {

base::Error BadKey(std::string detail) {
    return base::InvalidArgument("bad_key", std::move(detail));
}

// -1 for no hex digit.
int DigitValue(char digit) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const char lower = digit >= 'A' && digit <= 'F' ? static_cast<char>(digit - 'A' + 'a') : digit;
    const std::size_t place = kDigits.find(lower);
    return place == std::string_view::npos ? -1 : static_cast<int>(place);
}

}  // namespace

crypto::DerivationPath DefaultPath(std::uint32_t index) {
    return {44 | crypto::kHardened, 60 | crypto::kHardened, crypto::kHardened, 0, index};
}

base::Result<secret::Bytes> DeriveKey(const secret::Bytes& seed,
                                      const crypto::DerivationPath& path) {
    BASE_ASSIGN_OR_RETURN(const auto master, crypto::ExtendedPrivateKey::FromSeed(seed));
    BASE_ASSIGN_OR_RETURN(auto child, master.Derive(path));
    return std::move(child.key);
}

// Decodes straight into locked memory: base::HexDecode would leave a copy behind.
base::Result<secret::Bytes> ImportPrivateKey(const secret::String& text) {
    std::string_view digits = text.Expose();
    if (digits.starts_with("0x")) {
        digits.remove_prefix(2);
    }
    if (digits.size() != 2 * crypto::kPrivateKeySize) {
        return BadKey("a private key has 64 hex digits, this one has " +
                      std::to_string(digits.size()));
    }
    secret::Bytes key(crypto::kPrivateKeySize);
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = DigitValue(digits[i]);
        const int low = DigitValue(digits[i + 1]);
        if (high < 0 || low < 0) {
            return BadKey("a private key has hex digits alone");
        }
        key.Fill()[i / 2] = static_cast<std::uint8_t>(high * 16 + low);
    }
    if (!crypto::IsValidPrivateKey(key)) {
        return BadKey("the number is outside the range of private keys");
    }
    return key;
}

base::Result<secret::Bytes> ImportMnemonic(const secret::String& mnemonic,
                                           const secret::String& passphrase,
                                           const crypto::DerivationPath& path) {
    if (const auto entropy = crypto::MnemonicToEntropy(mnemonic); !entropy) {
        return BadKey(entropy.error().detail);
    }
    BASE_ASSIGN_OR_RETURN(const auto seed, crypto::MnemonicToSeed(mnemonic, passphrase));
    return DeriveKey(seed, path);
}

base::Result<Address> AddressOfKey(const secret::Bytes& private_key) {
    BASE_ASSIGN_OR_RETURN(const auto key, crypto::Secp256k1PublicKey::FromPrivate(private_key));
    return Address::FromPublicKey(key);
}

}  // namespace evm
