#include "net/node_login.h"

#include <cstddef>
#include <fstream>
#include <openssl/evp.h>
#include <string_view>
#include <utility>

namespace net {

namespace {

constexpr std::size_t kCookieMax = 1'000;

secret::String BasicHeader(std::string_view plain) {
    constexpr std::string_view kScheme = "Basic ";
    std::string encoded((plain.size() + 2) / 3 * 4 + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                       reinterpret_cast<const unsigned char*>(plain.data()),
                                       static_cast<int>(plain.size()));
    encoded.resize(static_cast<std::size_t>(length));
    std::string header = std::string(kScheme) + encoded;
    secret::String kept(header);
    secret::Wipe(encoded);
    secret::Wipe(header);
    return kept;
}

secret::String HeaderOfFile(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line(kCookieMax, '\0');
    file.read(line.data(), static_cast<std::streamsize>(line.size()));
    std::string_view text(line.data(), static_cast<std::size_t>(file.gcount()));
    text = text.substr(0, text.find_first_of("\r\n"));
    secret::String header = text.empty() ? secret::String() : BasicHeader(text);
    secret::Wipe(line);
    return header;
}

}  // namespace

NodeLogin::NodeLogin(const std::string& user,
                     const secret::String& password,
                     std::filesystem::path cookie_file)
    : cookie_file_(std::move(cookie_file)) {
    if (!cookie_file_.empty()) {
        header_ = HeaderOfFile(cookie_file_);
    } else if (!user.empty()) {
        std::string plain = user + ":" + std::string(password.Expose());
        header_ = BasicHeader(plain);
        secret::Wipe(plain);
    }
}

std::string NodeLogin::Header() const {
    const std::lock_guard lock(mutex_);
    return std::string(header_.Expose());
}

bool NodeLogin::Renew() {
    if (cookie_file_.empty()) {
        return false;
    }
    secret::String fresh = HeaderOfFile(cookie_file_);
    const std::lock_guard lock(mutex_);
    if (fresh.empty() || fresh.Expose() == header_.Expose()) {
        return false;
    }
    header_ = std::move(fresh);
    return true;
}

}  // namespace net
