#include "crypto/aes_gcm.h"

#include <limits>
#include <memory>
#include <openssl/evp.h>
#include <string>

#include "base/check.h"

namespace crypto {

namespace {

struct FreeContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// Fetched once and kept for the life of the process: a later fetch might open files.
const EVP_CIPHER* Aes256Gcm() {
    static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    BASE_CHECK(cipher != nullptr);
    return cipher;
}

int Size(base::ByteView data) {
    BASE_CHECK(data.size() <= std::size_t{std::numeric_limits<int>::max()});
    return static_cast<int>(data.size());
}

base::Result<> CheckKey(const secret::Bytes& key) {
    if (key.size() != kAesKeySize) {
        return base::InvalidArgument(
            "bad_key", "an AES-256 key has 32 bytes, this has " + std::to_string(key.size()));
    }
    return {};
}

}  // namespace

base::Result<base::Bytes> AesGcmSeal(const secret::Bytes& key,
                                     const GcmNonce& nonce,
                                     base::ByteView associated,
                                     const secret::Bytes& plaintext) {
    BASE_RETURN_IF_ERROR(CheckKey(key));
    const base::ByteView plain = plaintext.Expose();
    base::Bytes sealed(plain.size() + kGcmTagSize);
    const Context context(EVP_CIPHER_CTX_new());
    int written = 0;
    bool good = context != nullptr &&
                EVP_EncryptInit_ex2(
                    context.get(), Aes256Gcm(), key.Expose().data(), nonce.data(), nullptr) == 1;
    if (!associated.empty()) {
        good =
            good && EVP_EncryptUpdate(
                        context.get(), nullptr, &written, associated.data(), Size(associated)) == 1;
    }
    if (!plain.empty()) {
        good = good && EVP_EncryptUpdate(
                           context.get(), sealed.data(), &written, plain.data(), Size(plain)) == 1;
    }
    std::uint8_t* const tag = sealed.data() + plain.size();
    good = good && EVP_EncryptFinal_ex(context.get(), tag, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kGcmTagSize, tag) == 1;
    // With checked sizes only an exhausted allocator is left to fail.
    BASE_CHECK(good);
    return sealed;
}

base::Result<secret::Bytes> AesGcmOpen(const secret::Bytes& key,
                                       const GcmNonce& nonce,
                                       base::ByteView associated,
                                       base::ByteView sealed) {
    BASE_RETURN_IF_ERROR(CheckKey(key));
    const base::Error failed =
        base::InvalidArgument("decryption_failed", "the sealed value does not open with this key");
    if (sealed.size() < kGcmTagSize) {
        return failed;
    }
    const base::ByteView ciphertext = sealed.first(sealed.size() - kGcmTagSize);
    auto tag = base::ToArray<kGcmTagSize>(sealed.last(kGcmTagSize));
    const Context context(EVP_CIPHER_CTX_new());
    int written = 0;
    bool good = context != nullptr &&
                EVP_DecryptInit_ex2(
                    context.get(), Aes256Gcm(), key.Expose().data(), nonce.data(), nullptr) == 1;
    if (!associated.empty()) {
        good =
            good && EVP_DecryptUpdate(
                        context.get(), nullptr, &written, associated.data(), Size(associated)) == 1;
    }
    secret::Bytes plaintext(ciphertext.size());
    if (!ciphertext.empty()) {
        good = good && EVP_DecryptUpdate(context.get(),
                                         plaintext.Fill().data(),
                                         &written,
                                         ciphertext.data(),
                                         Size(ciphertext)) == 1;
    }
    good = good &&
           EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kGcmTagSize, tag.data()) == 1;
    BASE_CHECK(good);
    std::uint8_t no_more[kGcmTagSize];
    if (EVP_DecryptFinal_ex(context.get(), no_more, &written) != 1) {
        return failed;
    }
    return plaintext;
}

}  // namespace crypto
