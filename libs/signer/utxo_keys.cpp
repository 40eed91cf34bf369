#include "signer/utxo_keys.h"

#include <array>
#include <utility>

#include "crypto/secp256k1.h"
#include "crypto/wif.h"
#include "utxo/address.h"
#include "utxo/keys.h"

namespace signer {

namespace {

constexpr std::array<std::pair<std::uint32_t, utxo::ScriptType>, 4> kPurposes = {{
    {44, utxo::ScriptType::kP2pkh},
    {49, utxo::ScriptType::kP2sh},
    {84, utxo::ScriptType::kP2wpkh},
    {86, utxo::ScriptType::kP2tr},
}};

crypto::WifNetwork WifNetworkOf(const utxo::Ground& ground) {
    return ground.network == utxo::Network::kMain ? crypto::WifNetwork::kMain
                                                  : crypto::WifNetwork::kTest;
}

}  // namespace

base::Result<crypto::DerivationPath> UtxoStandardPath(const utxo::Ground& ground,
                                                      std::uint32_t index) {
    BASE_ASSIGN_OR_RETURN(
        crypto::DerivationPath path,
        utxo::AccountPath(
            {ground.format->DefaultType(), ground.format->CoinType(ground.network), 0}));
    path.push_back(0);
    path.push_back(index);
    return path;
}

base::Result<utxo::ScriptType> TypeOfPath(const utxo::Ground& ground,
                                          const crypto::DerivationPath& path) {
    for (const auto& [purpose, type] : kPurposes) {
        if (!path.empty() && path.front() == (crypto::kHardened | purpose) &&
            ground.format->IsSpendable(type)) {
            return type;
        }
    }
    return base::InvalidArgument("bad_path", "the path's first step names no address type here");
}

base::Result<std::string> UtxoAddressOf(const secret::Bytes& key,
                                        const utxo::Ground& ground,
                                        utxo::ScriptType type) {
    BASE_ASSIGN_OR_RETURN(const auto point, crypto::Secp256k1PublicKey::FromPrivate(key));
    BASE_ASSIGN_OR_RETURN(const base::Bytes script, utxo::ScriptOfKey(point, type));
    return ground.format->AddressOf(script, ground.network);
}

base::Result<bool> OwnsUtxoAddress(const secret::Bytes& key,
                                   const utxo::Ground& ground,
                                   std::string_view address) {
    BASE_ASSIGN_OR_RETURN(const utxo::Address parsed,
                          ground.format->ParseAddress(address, ground.network));
    const utxo::ScriptType type = utxo::TypeOfScript(parsed.script);
    if (!ground.format->IsSpendable(type)) {
        return false;
    }
    BASE_ASSIGN_OR_RETURN(const std::string own, UtxoAddressOf(key, ground, type));
    return own == address;
}

base::Result<secret::Bytes> ReadWif(const secret::String& text, const utxo::Ground& ground) {
    auto read = crypto::WifDecode(text, WifNetworkOf(ground));
    if (!read) {
        return base::InvalidArgument("bad_key", read.error().detail);
    }
    if (!read->compressed) {
        return base::InvalidArgument("bad_key",
                                     "addresses of uncompressed public keys are not supported");
    }
    return std::move(read->private_key);
}

base::Result<secret::String> WriteWif(const secret::Bytes& key, const utxo::Ground& ground) {
    return crypto::WifEncode({key.Clone(), true}, WifNetworkOf(ground));
}

}  // namespace signer
