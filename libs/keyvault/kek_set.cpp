#include "keyvault/kek_set.h"

#include <cstddef>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "secret/hex.h"

namespace keyvault {

namespace {

constexpr std::size_t kKekSize = 32;
constexpr std::string_view kWrapLabel = "platform.keyvault.wrap.v1";
constexpr std::string_view kCheckLabel = "platform.keyvault.check.v1";

base::Error BadKey() {
    return base::InvalidArgument("bad_key",
                                 "a key-encryption key is 64 hex digits with a version from 1 to " +
                                     std::to_string(kKekVersionMax) + ", each version once");
}

secret::Bytes SubKey(const secret::Bytes& raw, std::string_view label) {
    return crypto::HkdfSha256(raw, {}, base::AsBytes(label), kKekSize);
}

}  // namespace

base::Result<> KekSet::Add(int version, const secret::Bytes& raw) {
    if (version < 1 || version > kKekVersionMax || raw.size() != kKekSize ||
        keks_.contains(version)) {
        return BadKey();
    }
    Kek kek;
    kek.wrap = SubKey(raw, kWrapLabel);
    kek.check = crypto::HmacSha256(SubKey(raw, kCheckLabel), base::AsBytes(kCheckLabel));
    keks_.emplace(version, std::move(kek));
    return {};
}

base::Result<> KekSet::AddHex(int version, const secret::String& text) {
    const std::optional<secret::Bytes> raw = secret::FromHex(text.Expose());
    if (!raw) {
        return BadKey();
    }
    return Add(version, *raw);
}

std::vector<int> KekSet::Versions() const {
    std::vector<int> versions;
    for (const auto& [version, kek] : keks_) {
        versions.push_back(version);
    }
    return versions;
}

base::Result<const KekSet::Kek*> KekSet::Find(int version) const {
    const auto found = keks_.find(version);
    if (found == keks_.end()) {
        return base::FailedPrecondition(
            "unknown_kek", "key-encryption key " + std::to_string(version) + " is not configured");
    }
    return &found->second;
}

base::Result<const secret::Bytes*> KekSet::WrapKey(int version) const {
    BASE_ASSIGN_OR_RETURN(const Kek* kek, Find(version));
    return &kek->wrap;
}

base::Result<crypto::Hash256> KekSet::CheckValue(int version) const {
    BASE_ASSIGN_OR_RETURN(const Kek* kek, Find(version));
    return kek->check;
}

}  // namespace keyvault
