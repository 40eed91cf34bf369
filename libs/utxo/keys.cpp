#include "utxo/keys.h"

#include <string>
#include <utility>

namespace utxo {

namespace {

base::Result<std::uint32_t> PurposeOf(ScriptType type) {
    switch (type) {
        case ScriptType::kP2pkh:
            return 44;
        case ScriptType::kP2sh:
            return 49;
        case ScriptType::kP2wpkh:
            return 84;
        case ScriptType::kP2tr:
            return 86;
        case ScriptType::kP2pk:
        case ScriptType::kP2wsh:
        case ScriptType::kWitness:
        case ScriptType::kData:
        case ScriptType::kOther:
            break;
    }
    return base::InvalidArgument(
        "unsupported_script_type",
        "no derivation path is defined for " + std::string(ScriptTypeName(type)));
}

base::Result<crypto::DerivationPath> PathOf(const KeyPlace& place) {
    if (place.change > 1 || place.index >= crypto::kHardened) {
        return base::InvalidArgument("bad_path", "a key's place is 0 or 1, then an index");
    }
    return crypto::DerivationPath{place.change, place.index};
}

}  // namespace

base::Result<crypto::DerivationPath> AccountPath(const AccountId& id) {
    BASE_ASSIGN_OR_RETURN(const std::uint32_t purpose, PurposeOf(id.type));
    return crypto::DerivationPath{crypto::kHardened | purpose,
                                  crypto::kHardened | id.coin_type,
                                  crypto::kHardened | id.account};
}

base::Result<crypto::ExtendedPrivateKey> KeyAt(const crypto::ExtendedPrivateKey& account,
                                               const KeyPlace& place) {
    BASE_ASSIGN_OR_RETURN(const crypto::DerivationPath path, PathOf(place));
    return account.Derive(path);
}

base::Result<base::Bytes> ScriptAt(const crypto::ExtendedPublicKey& account,
                                   ScriptType type,
                                   const KeyPlace& place) {
    BASE_ASSIGN_OR_RETURN(const crypto::DerivationPath path, PathOf(place));
    BASE_ASSIGN_OR_RETURN(const crypto::ExtendedPublicKey key, account.Derive(path));
    return ScriptOfKey(key.key, type);
}

}  // namespace utxo
