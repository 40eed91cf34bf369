// Passwords before they are hashed: one normal form, and the rules a new one must satisfy. Pure.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "secret/secret.h"

namespace auth {

inline constexpr std::size_t kPasswordBytesMin = 8;
// bcrypt reads no further.
inline constexpr std::size_t kPasswordBytesMax = 72;

// Unicode NFC, so that one password typed on two keyboards is one byte string. Used at sign-in too.
// Errors: `bad_password_text` (not UTF-8, or a NUL character), `password_too_long` (over 72 bytes
// after NFC).
[[nodiscard]] base::Result<secret::String> NormalisePassword(std::string_view text);

// The normalised form of a password that may be set. Errors: as above, and `weak_password` with
// metadata `rule`: `min_length`, `common`, `repetitive`, `contains_email`.
[[nodiscard]] base::Result<secret::String> CheckNewPassword(std::string_view text,
                                                            std::string_view email);

}  // namespace auth
