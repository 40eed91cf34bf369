#include "crypto/bip39.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "crypto/hash.h"
#include "crypto/unicode.h"

namespace crypto {

namespace {

constexpr std::size_t kBitsPerWord = 11;
constexpr std::size_t kWordSizeMax = 8;
constexpr unsigned kIterations = 2048;
constexpr std::string_view kSaltPrefix = "mnemonic";

base::Error BadMnemonic(std::string detail) {
    return base::InvalidArgument("bad_mnemonic", std::move(detail));
}

bool IsEntropySize(std::size_t size) {
    return size >= 16 && size <= 32 && size % 4 == 0;
}

// Bit `index` of entropy || checksum. The checksum is the first size / 4 bits of the SHA-256.
unsigned BitAt(base::ByteView bytes, std::size_t index) {
    return bytes[index / 8] >> (7 - index % 8) & 1U;
}

secret::Bytes WithChecksum(base::ByteView entropy) {
    const Hash256 hash = Sha256(entropy);
    secret::Bytes whole(entropy.size() + 1);
    *std::copy(entropy.begin(), entropy.end(), whole.Fill().begin()) = hash[0];
    return whole;
}

// The place of a word in the list, or a negative number.
int WordIndex(std::string_view word) {
    const auto& words = Bip39EnglishWords();
    const auto found = std::lower_bound(words.begin(), words.end(), word);
    return found != words.end() && *found == word ? static_cast<int>(found - words.begin()) : -1;
}

}  // namespace

base::Result<secret::String> MnemonicFromEntropy(const secret::Bytes& entropy) {
    if (!IsEntropySize(entropy.size())) {
        return base::InvalidArgument(
            "bad_entropy",
            "entropy has 16, 20, 24, 28 or 32 bytes, this has " + std::to_string(entropy.size()));
    }
    const secret::Bytes bits = WithChecksum(entropy.Expose());
    const std::size_t word_count = entropy.size() * 3 / 4;
    secret::Bytes text(word_count * (kWordSizeMax + 1));
    std::size_t size = 0;
    for (std::size_t word = 0; word < word_count; ++word) {
        std::size_t index = 0;
        for (std::size_t bit = 0; bit < kBitsPerWord; ++bit) {
            index = index * 2 + BitAt(bits.Expose(), word * kBitsPerWord + bit);
        }
        if (size > 0) {
            text.Fill()[size++] = ' ';
        }
        for (const char letter : Bip39EnglishWords()[index]) {
            text.Fill()[size++] = static_cast<std::uint8_t>(letter);
        }
    }
    text.Shrink(size);
    return secret::String(std::move(text));
}

base::Result<secret::Bytes> MnemonicToEntropy(const secret::String& mnemonic) {
    const std::string_view text = mnemonic.Expose();
    const auto blanks = static_cast<std::size_t>(std::count(text.begin(), text.end(), ' '));
    const std::size_t word_count = text.empty() ? 0 : blanks + 1;
    if (word_count < 12 || word_count > 24 || word_count % 3 != 0) {
        return BadMnemonic(
            "a mnemonic has 12, 15, 18, 21 or 24 words with one blank between, this has " +
            std::to_string(word_count));
    }
    secret::Bytes bits(word_count * kBitsPerWord / 8 + 1);
    std::size_t start = 0;
    for (std::size_t word = 0; word < word_count; ++word) {
        const std::size_t end = std::min(text.find(' ', start), text.size());
        const int index = WordIndex(text.substr(start, end - start));
        if (index < 0) {
            return BadMnemonic("word " + std::to_string(word + 1) +
                               " is not in the English list (lower case, one blank between words)");
        }
        for (std::size_t bit = 0; bit < kBitsPerWord; ++bit) {
            const std::size_t place = word * kBitsPerWord + bit;
            const unsigned value = static_cast<unsigned>(index) >> (kBitsPerWord - 1 - bit) & 1U;
            bits.Fill()[place / 8] |= static_cast<std::uint8_t>(value << (7 - place % 8));
        }
        start = end + 1;
    }
    const std::size_t entropy_size = word_count * 4 / 3;
    secret::Bytes entropy = secret::Bytes::Copy(bits.Expose().first(entropy_size));
    const unsigned checksum_bits = static_cast<unsigned>(entropy_size / 4);
    const std::uint8_t wrong = Sha256(entropy.Expose())[0] ^ bits.Expose()[entropy_size];
    if (wrong >> (8 - checksum_bits) != 0) {
        return BadMnemonic("the checksum does not match: a word is wrong or out of order");
    }
    return entropy;
}

base::Result<secret::Bytes> MnemonicToSeed(const secret::String& mnemonic,
                                           const secret::String& passphrase) {
    BASE_ASSIGN_OR_RETURN(const secret::String password, NormaliseNfkd(mnemonic));
    BASE_ASSIGN_OR_RETURN(const secret::String suffix, NormaliseNfkd(passphrase));
    secret::Bytes salt(kSaltPrefix.size() + suffix.size());
    const auto next = std::copy(kSaltPrefix.begin(), kSaltPrefix.end(), salt.Fill().begin());
    std::copy(suffix.Expose().begin(), suffix.Expose().end(), next);
    return Pbkdf2Sha512(password, salt, kIterations);
}

}  // namespace crypto
