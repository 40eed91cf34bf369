#include "crypto/slip10.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/ed25519.h"

namespace crypto {

namespace {

constexpr std::string_view kMasterLabel = "ed25519 seed";

Slip10Key Split(base::ByteView key, base::ByteView data) {
    const secret::Bytes whole = HmacSha512(key, data);
    return {secret::Bytes::Copy(whole.Expose().first(32)),
            base::ToArray<32>(whole.Expose().last(32))};
}

}  // namespace

base::Result<Slip10Key> Slip10Derive(const secret::Bytes& master_seed, const DerivationPath& path) {
    if (master_seed.size() < 16 || master_seed.size() > 64) {
        return base::InvalidArgument(
            "bad_seed",
            "a seed has 16 to 64 bytes, this has " + std::to_string(master_seed.size()));
    }
    Slip10Key current = Split(base::AsBytes(kMasterLabel), master_seed.Expose());
    for (const std::uint32_t index : path) {
        if ((index & kHardened) == 0) {
            return base::InvalidArgument("bad_path", "Ed25519 has hardened children only");
        }
        // 00 || key || index, big-endian.
        secret::Bytes data(1 + kEd25519SeedSize + 4);
        std::copy_n(current.seed.Expose().begin(), kEd25519SeedSize, data.Fill().begin() + 1);
        for (std::size_t i = 0; i < 4; ++i) {
            data.Fill()[33 + i] = static_cast<std::uint8_t>(index >> (24 - 8 * i));
        }
        current = Split(current.chain_code, data.Expose());
    }
    return current;
}

}  // namespace crypto
