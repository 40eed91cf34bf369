// Mnemonics (BIP39) over the English word list. Thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "secret/secret.h"

namespace crypto {

inline constexpr std::size_t kSeedSize = 64;

// The official English list, in order.
[[nodiscard]] const std::array<std::string_view, 2048>& Bip39EnglishWords();

// 12, 15, 18, 21 or 24 words for 16, 20, 24, 28 or 32 bytes of entropy. Errors: `bad_entropy`.
[[nodiscard]] base::Result<secret::String> MnemonicFromEntropy(const secret::Bytes& entropy);

// Checks word count, words and checksum. Words are lower case with one blank between. Errors:
// `bad_mnemonic`; the detail names the place of a wrong word, never a word.
[[nodiscard]] base::Result<secret::Bytes> MnemonicToEntropy(const secret::String& mnemonic);

// PBKDF2 of the NFKD forms: 64 bytes for BIP32 or SLIP-0010. Any text gives a seed, as the standard
// wants it: check it with MnemonicToEntropy first. Errors: `bad_utf8`.
[[nodiscard]] base::Result<secret::Bytes> MnemonicToSeed(const secret::String& mnemonic,
                                                         const secret::String& passphrase);

}  // namespace crypto
