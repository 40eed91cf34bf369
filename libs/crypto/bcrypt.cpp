#include "crypto/bcrypt.h"

#include <algorithm>
#include <array>
#include <crypt.h>
#include <memory>

#include "base/check.h"
#include "base/text.h"
#include "crypto/random.h"

namespace crypto {

namespace {

constexpr std::size_t kSaltSize = 16;     // bytes
constexpr std::size_t kSettingSize = 29;  // "$2b$12$" + 22 letters
constexpr std::size_t kHashSize = 60;
constexpr std::size_t kHeadSize = 7;  // "$2b$12$"

// libxcrypt's working memory has held the password: it is wiped when it goes.
struct WipeAndDelete {
    void operator()(crypt_data* data) const {
        secret::Wipe({reinterpret_cast<std::uint8_t*>(data), sizeof(*data)});
        delete data;
    }
};

base::Error BadHash() {
    return base::InvalidArgument("bad_password_hash", "not a bcrypt hash of the form $2b$..");
}

base::Result<> CheckPassword(const secret::String& password) {
    const std::string_view text = password.Expose();
    if (text.size() > kBcryptPasswordMax) {
        return base::InvalidArgument(
            "bad_password",
            "a password has at most 72 bytes, this has " + std::to_string(text.size()));
    }
    if (text.find('\0') != std::string_view::npos) {
        return base::InvalidArgument("bad_password", "a password has no NUL byte");
    }
    return {};
}

base::Result<> CheckCost(unsigned cost) {
    if (cost < kBcryptCostMin || cost > kBcryptCostMax) {
        return base::InvalidArgument("bad_cost",
                                     "the bcrypt cost is from " + std::to_string(kBcryptCostMin) +
                                         " to " + std::to_string(kBcryptCostMax));
    }
    return {};
}

bool IsSaltLetter(char letter) {
    return base::IsDigit(letter) || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '/';
}

// "$2b$12$" and salt letters to the end. Returns the cost.
base::Result<unsigned> ParseSetting(std::string_view text, std::size_t size) {
    if (text.size() != size || !text.starts_with("$2") || text[3] != '$' || text[6] != '$' ||
        std::string_view("aby").find(text[2]) == std::string_view::npos ||
        !std::all_of(text.begin() + kHeadSize, text.end(), IsSaltLetter)) {
        return BadHash();
    }
    const auto cost = base::ParseUnsigned<unsigned>(text.substr(4, 2), kBcryptCostMax);
    if (!cost || *cost < kBcryptCostMin) {
        return BadHash();
    }
    return *cost;
}

base::Result<std::string> Compute(const secret::String& password, std::string_view setting) {
    BASE_RETURN_IF_ERROR(CheckPassword(password));
    // crypt wants a text that ends with zero.
    secret::Bytes phrase(password.size() + 1);
    std::copy_n(password.Expose().begin(), password.size(), phrase.Fill().begin());
    const std::string salt(setting);
    const std::unique_ptr<crypt_data, WipeAndDelete> data(new crypt_data());
    const char* const hash = crypt_rn(reinterpret_cast<const char*>(phrase.Expose().data()),
                                      salt.c_str(),
                                      data.get(),
                                      sizeof(crypt_data));
    if (hash == nullptr) {
        return BadHash();
    }
    return std::string(hash);
}

base::Result<std::string> FreshSetting(unsigned cost) {
    BASE_RETURN_IF_ERROR(CheckCost(cost));
    const auto salt = RandomArray<kSaltSize>();
    std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
    BASE_CHECK(crypt_gensalt_rn("$2b$",
                                cost,
                                reinterpret_cast<const char*>(salt.data()),
                                static_cast<int>(salt.size()),
                                setting.data(),
                                static_cast<int>(setting.size())) != nullptr);
    return std::string(setting.data());
}

}  // namespace

base::Result<std::string> BcryptHash(const secret::String& password, unsigned cost) {
    BASE_ASSIGN_OR_RETURN(const std::string setting, FreshSetting(cost));
    return Compute(password, setting);
}

base::Result<std::string> BcryptHashWith(const secret::String& password, std::string_view setting) {
    BASE_RETURN_IF_ERROR(ParseSetting(setting, kSettingSize));
    return Compute(password, setting);
}

base::Result<bool> BcryptVerify(const secret::String& password, std::string_view hash) {
    BASE_RETURN_IF_ERROR(ParseSetting(hash, kHashSize));
    BASE_ASSIGN_OR_RETURN(const std::string computed, Compute(password, hash));
    return secret::ConstantTimeEqual(base::AsBytes(computed), base::AsBytes(hash));
}

base::Result<bool> BcryptVerifyNobody(const secret::String& password, unsigned cost) {
    BASE_ASSIGN_OR_RETURN(const std::string setting, FreshSetting(cost));
    BASE_RETURN_IF_ERROR(Compute(password, setting));
    return false;
}

base::Result<unsigned> BcryptCost(std::string_view hash) {
    return ParseSetting(hash, kHashSize);
}

}  // namespace crypto
