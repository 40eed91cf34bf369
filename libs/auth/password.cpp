#include "auth/password.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <set>
#include <string>
#include <utf8proc.h>

#include "base/text.h"

namespace auth {

namespace {

constexpr std::size_t kTextBytesMax = 1024;
constexpr std::size_t kDistinctMin = 4;
constexpr std::size_t kEmailPartMin = 4;

// The beginnings of every published list of leaked passwords, at least 8 bytes long.
constexpr std::array<std::string_view, 40> kCommon = {
    "password",   "password1", "password12", "password123", "password1234", "passw0rd",
    "p@ssw0rd",   "p@ssword",  "12345678",   "123456789",   "1234567890",   "0123456789",
    "87654321",   "987654321", "qwertyuiop", "qwerty123",   "qwerty12",     "1q2w3e4r",
    "1q2w3e4r5t", "1qaz2wsx",  "abcd1234",   "abc12345",    "iloveyou",     "sunshine",
    "princess",   "football",  "baseball",   "superman",    "trustno1",     "starwars",
    "whatever",   "computer",  "letmein123", "welcome1",    "welcome123",   "changeme",
    "admin123",   "admin1234", "asdfghjkl",  "zxcvbnm123"};

base::Error WeakPassword(std::string_view rule, std::string detail) {
    return base::InvalidArgument("weak_password", std::move(detail))
        .With("rule", std::string(rule));
}

}  // namespace

base::Result<secret::String> NormalisePassword(std::string_view text) {
    if (text.size() > kTextBytesMax) {
        return base::InvalidArgument("password_too_long",
                                     "a password has at most 72 bytes of UTF-8");
    }
    if (text.find('\0') != std::string_view::npos) {
        return base::InvalidArgument("bad_password_text", "a password has no NUL character");
    }
    utf8proc_uint8_t* composed = nullptr;
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()),
                     &composed,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    if (size < 0) {
        return base::InvalidArgument("bad_password_text", "the password is not UTF-8");
    }
    const std::span<std::uint8_t> memory(composed, static_cast<std::size_t>(size));
    secret::String normal(base::AsText(memory));
    secret::Wipe(memory);
    std::free(composed);
    if (normal.size() > kPasswordBytesMax) {
        return base::InvalidArgument("password_too_long",
                                     "a password has at most 72 bytes of UTF-8, this one has " +
                                         std::to_string(normal.size()));
    }
    return normal;
}

base::Result<secret::String> CheckNewPassword(std::string_view text, std::string_view email) {
    BASE_ASSIGN_OR_RETURN(secret::String password, NormalisePassword(text));
    if (password.size() < kPasswordBytesMin) {
        return WeakPassword("min_length", "a password has at least 8 characters");
    }
    const std::string_view exposed = password.Expose();
    if (std::set<char>(exposed.begin(), exposed.end()).size() < kDistinctMin) {
        return WeakPassword("repetitive", "a password has at least 4 different characters");
    }
    std::string lower = base::ToLower(exposed);
    const bool common = std::find(kCommon.begin(), kCommon.end(), lower) != kCommon.end();
    const std::string name = base::ToLower(email.substr(0, email.find('@')));
    const bool has_name = name.size() >= kEmailPartMin && lower.find(name) != std::string::npos;
    secret::Wipe(lower);
    if (common) {
        return WeakPassword("common", "this password is on every list of leaked passwords");
    }
    if (has_name) {
        return WeakPassword("contains_email", "the password contains the name of the email");
    }
    return password;
}

}  // namespace auth
