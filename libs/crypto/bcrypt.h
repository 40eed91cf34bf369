// Password hashes: bcrypt `$2b$` through libxcrypt. One call at cost 12 takes a core for about 0.2
// s: run it on a pool of its own. Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "secret/secret.h"

namespace crypto {

inline constexpr unsigned kBcryptCostDefault = 12;  // 2^12 rounds
inline constexpr unsigned kBcryptCostMin = 4;
inline constexpr unsigned kBcryptCostMax = 16;
inline constexpr std::size_t kBcryptPasswordMax = 72;  // bytes

// A 60-character hash with a fresh salt. Errors: `bad_password` for a NUL byte (libxcrypt would end
// there) or over 72 bytes (bcrypt ignores the rest); `bad_cost`.
[[nodiscard]] base::Result<std::string> BcryptHash(const secret::String& password,
                                                   unsigned cost = kBcryptCostDefault);

// The same with a given "$2b$cc$" + 22 letters of salt. Errors: also `bad_password_hash`.
[[nodiscard]] base::Result<std::string> BcryptHashWith(const secret::String& password,
                                                       std::string_view setting);

// Whether the password is the one hashed; the comparison takes the same time wherever they differ.
// Takes $2a$ and $2y$ too, as other systems write them. Errors: `bad_password`,
// `bad_password_hash` for a text that is no such hash.
[[nodiscard]] base::Result<bool> BcryptVerify(const secret::String& password,
                                              std::string_view hash);

// Takes as long as BcryptVerify at this cost and always answers false: for a user who does not
// exist. Errors: `bad_password`, `bad_cost`.
[[nodiscard]] base::Result<bool> BcryptVerifyNobody(const secret::String& password,
                                                    unsigned cost = kBcryptCostDefault);

// The cost of a stored hash, to hash again at login when the configured cost has risen. Errors:
// `bad_password_hash`.
[[nodiscard]] base::Result<unsigned> BcryptCost(std::string_view hash);

}  // namespace crypto
