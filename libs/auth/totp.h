// Time-based one-time codes (RFC 6238 with SHA-1, six digits, 30 s): the second factor of people.
// Secrets are stored sealed, recovery codes as keyed hashes: a dump of the database is no second
// factor. Pure and thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "secret/secret.h"

namespace auth {

// RFC 4226, section 4: at least 128 bits, 160 recommended.
inline constexpr std::size_t kTotpSecretSize = 20;
inline constexpr std::size_t kRecoveryCodes = 10;

[[nodiscard]] secret::Bytes NewTotpSecret();

// RFC 4648 base32 without padding: what a person types where no picture can be scanned.
[[nodiscard]] secret::String TotpSecretText(const secret::Bytes& secret);

// otpauth://totp/... as authenticator apps scan it.
[[nodiscard]] secret::String OtpauthUri(std::string_view issuer,
                                        std::string_view account,
                                        const secret::Bytes& secret);

// The code of a 30 s step, counted from 1970.
[[nodiscard]] std::string TotpCode(const secret::Bytes& secret, std::int64_t step);
[[nodiscard]] std::int64_t TotpStep(base::Time now);

// The step that `code` belongs to: this one or a neighbour (RFC 6238, section 5.2), later than
// `last_step`, so that no code serves twice. Empty: the code is wrong, old or used.
[[nodiscard]] std::optional<std::int64_t> FindTotpStep(const secret::Bytes& secret,
                                                       std::string_view code,
                                                       base::Time now,
                                                       std::int64_t last_step);

// AES-256-GCM under `key` (32 bytes), bound to the user. Errors: `bad_key`; opening one that was
// moved or changed: `decryption_failed`.
[[nodiscard]] base::Result<base::Bytes> SealTotpSecret(const secret::Bytes& key,
                                                       base::UserId user,
                                                       const secret::Bytes& secret);
[[nodiscard]] base::Result<secret::Bytes> OpenTotpSecret(const secret::Bytes& key,
                                                         base::UserId user,
                                                         base::ByteView sealed);

// "abcd-efgh-jkmn-pqrs": 80 random bits, for one sign-in without the device.
[[nodiscard]] secret::String NewRecoveryCode();

// Of what a person typed: letters of either case, with or without hyphens.
[[nodiscard]] crypto::Hash256 RecoveryCodeHash(const secret::Bytes& key,
                                               base::UserId user,
                                               std::string_view code);

}  // namespace auth
