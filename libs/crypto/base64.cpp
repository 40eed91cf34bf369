#include "crypto/base64.h"

#include <sodium.h>

namespace crypto {

std::string Base64Encode(base::ByteView bytes) {
    constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
    std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
    text.pop_back();  // the terminating zero
    return text;
}

base::Result<base::Bytes> Base64Decode(std::string_view text) {
    // Not empty: libsodium takes no null pointer.
    base::Bytes bytes(text.size() / 4 * 3 + 1);
    std::size_t size = 0;
    const char* end = nullptr;
    const int code = sodium_base642bin(bytes.data(),
                                       bytes.size(),
                                       text.data(),
                                       text.size(),
                                       nullptr,
                                       &size,
                                       &end,
                                       sodium_base64_VARIANT_ORIGINAL);
    if (code != 0 || end != text.data() + text.size()) {
        return base::InvalidArgument("bad_base64", "the text is no base64 with padding");
    }
    bytes.resize(size);
    return bytes;
}

}  // namespace crypto
