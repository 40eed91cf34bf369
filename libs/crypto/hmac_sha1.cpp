#include "crypto/hmac_sha1.h"

#include <nettle/hmac.h>
#include <sodium/utils.h>

namespace crypto {

base::ByteArray<20> HmacSha1(const secret::Bytes& key, base::ByteView message) {
    hmac_sha1_ctx context;
    hmac_sha1_set_key(&context, key.size(), key.Expose().data());
    hmac_sha1_update(&context, message.size(), message.data());
    base::ByteArray<20> code;
    hmac_sha1_digest(&context, code.size(), code.data());
    sodium_memzero(&context, sizeof context);
    return code;
}

}  // namespace crypto
