#include "crypto/bip32.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "base/text.h"
#include "crypto/base58.h"

namespace crypto {

namespace {

constexpr std::size_t kDepthMax = 255;
constexpr std::size_t kPayloadSize = 78;
constexpr std::size_t kKeyOffset = 45;
constexpr std::string_view kMasterLabel = "Bitcoin seed";

struct Version {
    KeyPrefix prefix;
    std::uint32_t private_bytes;
    std::uint32_t public_bytes;
};

constexpr std::array<Version, 6> kVersions = {{
    {KeyPrefix::kX, 0x0488ade4, 0x0488b21e},
    {KeyPrefix::kY, 0x049d7878, 0x049d7cb2},
    {KeyPrefix::kZ, 0x04b2430c, 0x04b24746},
    {KeyPrefix::kT, 0x04358394, 0x043587cf},
    {KeyPrefix::kU, 0x044a4e28, 0x044a5262},
    {KeyPrefix::kV, 0x045f18bc, 0x045f1cf6},
}};

const Version& VersionOf(KeyPrefix prefix) {
    return *std::find_if(kVersions.begin(), kVersions.end(), [prefix](const Version& version) {
        return version.prefix == prefix;
    });
}

void PutBigEndian(std::span<std::uint8_t> target, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
        target[i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
    }
}

std::uint32_t GetBigEndian(base::ByteView bytes) {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | bytes[3];
}

base::Error BadPath(std::string detail) {
    return base::InvalidArgument("bad_path", std::move(detail));
}

base::Error BadChild() {
    return base::InvalidArgument("bad_child", "this index has no key: take the next one");
}

base::Error BadExtendedKey(std::string detail) {
    return base::InvalidArgument("bad_extended_key", std::move(detail));
}

base::Result<KeyOrigin> ChildOrigin(const KeyOrigin& parent,
                                    base::ByteArray<4> fingerprint,
                                    std::uint32_t index) {
    if (parent.depth == kDepthMax) {
        return BadPath("a key has at most 255 ancestors");
    }
    return KeyOrigin{static_cast<std::uint8_t>(parent.depth + 1), fingerprint, index};
}

// What both forms share: version, depth, fingerprint, index, chain code (BIP32, "Serialization
// format").
void PutHead(std::span<std::uint8_t> payload,
             std::uint32_t version,
             const KeyOrigin& origin,
             const Hash256& chain_code) {
    PutBigEndian(payload, version);
    payload[4] = origin.depth;
    std::copy_n(origin.parent_fingerprint.begin(), 4, payload.begin() + 5);
    PutBigEndian(payload.subspan(9), origin.index);
    std::copy_n(chain_code.begin(), chain_code.size(), payload.begin() + 13);
}

base::Result<KeyOrigin> GetOrigin(base::ByteView payload) {
    KeyOrigin origin;
    origin.depth = payload[4];
    origin.parent_fingerprint = base::ToArray<4>(payload.subspan(5, 4));
    origin.index = GetBigEndian(payload.subspan(9));
    const bool has_parent = origin.index != 0 || origin.parent_fingerprint != base::ByteArray<4>{};
    if (origin.depth == 0 && has_parent) {
        return BadExtendedKey("a master key has no parent and no index");
    }
    return origin;
}

base::Result<KeyPrefix> FindPrefix(base::ByteView payload, std::uint32_t Version::*member) {
    if (payload.size() != kPayloadSize) {
        return BadExtendedKey("an extended key has 78 bytes, this has " +
                              std::to_string(payload.size()));
    }
    const std::uint32_t bytes = GetBigEndian(payload);
    for (const Version& version : kVersions) {
        if (version.*member == bytes) {
            return version.prefix;
        }
    }
    return BadExtendedKey("unknown version bytes, or a private key where a public one belongs");
}

// I = HMAC-SHA512(chain code, data): the left half is the tweak, the right half the chain code.
struct Derived {
    secret::Bytes tweak;
    Hash256 chain_code{};
};

Derived Split(base::ByteView key, base::ByteView data) {
    const secret::Bytes whole = HmacSha512(key, data);
    return {secret::Bytes::Copy(whole.Expose().first(32)),
            base::ToArray<32>(whole.Expose().last(32))};
}

base::Result<std::uint32_t> ParseStep(std::string_view step) {
    const bool hardened = step.ends_with('\'') || step.ends_with('h');
    const std::string_view digits = hardened ? step.substr(0, step.size() - 1) : step;
    const auto index = base::ParseUnsigned<std::uint32_t>(digits, kHardened - 1);
    if (!index || (digits.size() > 1 && digits.front() == '0')) {
        return BadPath("a step of a path is a number from 0 to 2147483647, then ' if hardened");
    }
    return hardened ? *index | kHardened : *index;
}

}  // namespace

base::Result<DerivationPath> ParsePath(std::string_view text) {
    const std::vector<std::string_view> steps = base::Split(text, '/');
    if (steps.front() != "m") {
        return BadPath("a path begins with m");
    }
    if (steps.size() - 1 > kDepthMax) {
        return BadPath("a path has at most 255 steps");
    }
    DerivationPath path;
    for (std::size_t i = 1; i < steps.size(); ++i) {
        BASE_ASSIGN_OR_RETURN(const std::uint32_t index, ParseStep(steps[i]));
        path.push_back(index);
    }
    return path;
}

std::string FormatPath(const DerivationPath& path) {
    std::string text = "m";
    for (const std::uint32_t index : path) {
        text += "/" + std::to_string(index & ~kHardened) + ((index & kHardened) != 0 ? "'" : "");
    }
    return text;
}

base::Result<ExtendedPublicKey> ExtendedPublicKey::Child(std::uint32_t index) const {
    if ((index & kHardened) != 0) {
        return BadPath("a hardened child needs the private key");
    }
    BASE_ASSIGN_OR_RETURN(const KeyOrigin child_origin, ChildOrigin(origin, Fingerprint(), index));
    base::Bytes data = base::ToBytes(key.Compressed());
    data.resize(data.size() + 4);
    PutBigEndian(std::span(data).last(4), index);
    const Derived derived = Split(chain_code, data);
    const auto child = key.Add(derived.tweak.Expose());
    if (!child) {
        return BadChild();
    }
    return ExtendedPublicKey{*child, derived.chain_code, child_origin};
}

base::Result<ExtendedPublicKey> ExtendedPublicKey::Derive(const DerivationPath& path) const {
    ExtendedPublicKey current = *this;
    for (const std::uint32_t index : path) {
        BASE_ASSIGN_OR_RETURN(current, current.Child(index));
    }
    return current;
}

base::ByteArray<4> ExtendedPublicKey::Fingerprint() const {
    const Hash160Bytes hash = Hash160(key.Compressed());
    return base::ToArray<4>(base::ByteView(hash).first(4));
}

std::string ExtendedPublicKey::Serialize(KeyPrefix prefix) const {
    base::ByteArray<kPayloadSize> payload{};
    PutHead(payload, VersionOf(prefix).public_bytes, origin, chain_code);
    const auto compressed = key.Compressed();
    std::copy(compressed.begin(), compressed.end(), payload.begin() + kKeyOffset);
    return Base58CheckEncode(payload);
}

base::Result<ExtendedPrivateKey> ExtendedPrivateKey::FromSeed(const secret::Bytes& seed) {
    if (seed.size() < 16 || seed.size() > 64) {
        return base::InvalidArgument(
            "bad_seed", "a seed has 16 to 64 bytes, this has " + std::to_string(seed.size()));
    }
    Derived derived = Split(base::AsBytes(kMasterLabel), seed.Expose());
    if (!IsValidPrivateKey(derived.tweak)) {
        return base::InvalidArgument("bad_seed", "this seed has no master key: take another");
    }
    return ExtendedPrivateKey{std::move(derived.tweak), derived.chain_code, KeyOrigin{}};
}

base::Result<ExtendedPrivateKey> ExtendedPrivateKey::Child(std::uint32_t index) const {
    BASE_ASSIGN_OR_RETURN(const ExtendedPublicKey parent, Neuter());
    BASE_ASSIGN_OR_RETURN(const KeyOrigin child_origin,
                          ChildOrigin(origin, parent.Fingerprint(), index));
    // A hardened child hashes 00 || private key, any other the public key; then the index.
    secret::Bytes data(37);
    if ((index & kHardened) != 0) {
        std::copy_n(key.Expose().begin(), kPrivateKeySize, data.Fill().begin() + 1);
    } else {
        const auto compressed = parent.key.Compressed();
        std::copy(compressed.begin(), compressed.end(), data.Fill().begin());
    }
    PutBigEndian(data.Fill().last(4), index);
    const Derived derived = Split(chain_code, data.Expose());
    auto child = AddToPrivateKey(key, derived.tweak);
    if (!child) {
        return BadChild();
    }
    return ExtendedPrivateKey{std::move(*child), derived.chain_code, child_origin};
}

base::Result<ExtendedPrivateKey> ExtendedPrivateKey::Derive(const DerivationPath& path) const {
    ExtendedPrivateKey current{key.Clone(), chain_code, origin};
    for (const std::uint32_t index : path) {
        BASE_ASSIGN_OR_RETURN(current, current.Child(index));
    }
    return current;
}

base::Result<ExtendedPublicKey> ExtendedPrivateKey::Neuter() const {
    BASE_ASSIGN_OR_RETURN(const Secp256k1PublicKey point, Secp256k1PublicKey::FromPrivate(key));
    return ExtendedPublicKey{point, chain_code, origin};
}

secret::String ExtendedPrivateKey::Serialize(KeyPrefix prefix) const {
    secret::Bytes payload(kPayloadSize);
    PutHead(payload.Fill(), VersionOf(prefix).private_bytes, origin, chain_code);
    std::copy_n(key.Expose().begin(), kPrivateKeySize, payload.Fill().begin() + kKeyOffset + 1);
    return Base58CheckEncodeSecret(payload);
}

base::Result<ParsedPrivateKey> ParseExtendedPrivate(const secret::String& text) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes decoded, Base58CheckDecodeSecret(text));
    const base::ByteView payload = decoded.Expose();
    ParsedPrivateKey parsed;
    BASE_ASSIGN_OR_RETURN(parsed.prefix, FindPrefix(payload, &Version::private_bytes));
    BASE_ASSIGN_OR_RETURN(parsed.key.origin, GetOrigin(payload));
    if (payload[kKeyOffset] != 0) {
        return BadExtendedKey("a zero byte precedes a private key");
    }
    parsed.key.chain_code = base::ToArray<32>(payload.subspan(13, 32));
    parsed.key.key = secret::Bytes::Copy(payload.last(kPrivateKeySize));
    BASE_RETURN_IF_ERROR(parsed.key.Neuter());
    return parsed;
}

base::Result<ParsedPublicKey> ParseExtendedPublic(std::string_view text) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes payload, Base58CheckDecode(text));
    BASE_ASSIGN_OR_RETURN(const KeyPrefix prefix, FindPrefix(payload, &Version::public_bytes));
    BASE_ASSIGN_OR_RETURN(const KeyOrigin origin, GetOrigin(payload));
    BASE_ASSIGN_OR_RETURN(const Secp256k1PublicKey key,
                          Secp256k1PublicKey::Parse(base::ByteView(payload).subspan(kKeyOffset)));
    const Hash256 chain_code = base::ToArray<32>(base::ByteView(payload).subspan(13, 32));
    return ParsedPublicKey{ExtendedPublicKey{key, chain_code, origin}, prefix};
}

}  // namespace crypto
