// Unicode normalisation (UAX #15) of secret text, over utf8proc, in secret memory throughout.
#pragma once

#include "base/result.h"
#include "secret/secret.h"

namespace crypto {

// Compatibility decomposition: BIP39's mnemonics and passphrases. Errors: `bad_utf8`.
[[nodiscard]] base::Result<secret::String> NormaliseNfkd(const secret::String& text);

// Canonical composition: passwords. Errors: `bad_utf8`.
[[nodiscard]] base::Result<secret::String> NormaliseNfc(const secret::String& text);

}  // namespace crypto
