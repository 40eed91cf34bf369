#include "signer/key_forms.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "chain/catalog.h"
#include "crypto/bip32.h"
#include "crypto/bip39.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "crypto/secp256k1.h"
#include "evm/address.h"
#include "secret/hex.h"
#include "signer/utxo_keys.h"
#include "solana/keys.h"

namespace signer {

namespace {

constexpr std::size_t kEntropySize = 32;
constexpr std::string_view kHexPrefix = "0x";

base::Error BadKey(std::string detail) {
    return base::InvalidArgument("bad_key", std::move(detail));
}

base::Result<chain::Family> FamilyOf(std::string_view network) {
    const chain::ChainInfo* chain = chain::FindNetwork(network);
    if (chain == nullptr) {
        return base::MakeError(base::ErrorKind::kUnimplemented,
                               "unsupported_network",
                               "this signer holds no keys for " + std::string(network));
    }
    return chain->family;
}

// BIP-44 with SLIP-44's coin types, so that other wallets find the same addresses: 60 on every EVM
// network, 501 on Solana.
base::Result<crypto::DerivationPath> StandardPath(std::string_view network, std::uint32_t index) {
    BASE_ASSIGN_OR_RETURN(const chain::Family family, FamilyOf(network));
    if (family == chain::Family::kUtxo) {
        BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(network));
        return UtxoStandardPath(ground, index);
    }
    if (family == chain::Family::kSolana) {
        return solana::DefaultPath(index);
    }
    return crypto::DerivationPath{
        crypto::kHardened + 44, crypto::kHardened + 60, crypto::kHardened, 0, index};
}

// A path may ask for another address type than the standard one.
base::Result<std::string> AddressAt(const secret::Bytes& key,
                                    std::string_view network,
                                    const crypto::DerivationPath& path) {
    BASE_ASSIGN_OR_RETURN(const chain::Family family, FamilyOf(network));
    if (family != chain::Family::kUtxo) {
        return AddressOfKey(key, network);
    }
    BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(network));
    BASE_ASSIGN_OR_RETURN(const utxo::ScriptType type, TypeOfPath(ground, path));
    return UtxoAddressOf(key, ground, type);
}

base::Result<WalletKey> AtPath(const secret::String& mnemonic,
                               const secret::String& passphrase,
                               std::string_view network,
                               const crypto::DerivationPath& path) {
    BASE_ASSIGN_OR_RETURN(const secret::Bytes seed, crypto::MnemonicToSeed(mnemonic, passphrase));
    BASE_ASSIGN_OR_RETURN(const chain::Family family, FamilyOf(network));
    WalletKey key;
    if (family == chain::Family::kSolana) {
        BASE_ASSIGN_OR_RETURN(key.key, solana::DeriveKey(seed, path));
    } else {
        BASE_ASSIGN_OR_RETURN(const auto master, crypto::ExtendedPrivateKey::FromSeed(seed));
        BASE_ASSIGN_OR_RETURN(auto derived, master.Derive(path));
        key.key = std::move(derived.key);
    }
    key.path = crypto::FormatPath(path);
    BASE_ASSIGN_OR_RETURN(key.address, AddressAt(key.key, network, path));
    return key;
}

// Lower case, one blank between words, none around them: what people paste differs.
secret::String TidyWords(const secret::String& text) {
    secret::Bytes tidy(text.size());
    const std::span<std::uint8_t> target = tidy.Fill();
    std::size_t size = 0;
    bool gap = false;
    for (const char letter : text.Expose()) {
        if (letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r') {
            gap = size > 0;
            continue;
        }
        if (gap) {
            target[size++] = ' ';
            gap = false;
        }
        const bool upper = letter >= 'A' && letter <= 'Z';
        target[size++] = static_cast<std::uint8_t>(upper ? letter - 'A' + 'a' : letter);
    }
    tidy.Shrink(size);
    return secret::String(std::move(tidy));
}

base::Result<WalletKey> FromMnemonic(const ImportKey& request) {
    const secret::String words = TidyWords(request.key);
    if (const auto entropy = crypto::MnemonicToEntropy(words); !entropy) {
        return BadKey(entropy.error().detail);
    }
    BASE_ASSIGN_OR_RETURN(crypto::DerivationPath path, StandardPath(request.network, 0));
    if (!request.path.empty()) {
        BASE_ASSIGN_OR_RETURN(path, crypto::ParsePath(request.path));
    }
    return AtPath(words, request.passphrase, request.network, path);
}

// A keypair as Solana's wallets write it, or its 32-byte seed in hex.
base::Result<WalletKey> FromSolanaKey(const ImportKey& request) {
    WalletKey key;
    std::optional<secret::Bytes> seed = secret::FromHex(request.key.Expose());
    if (seed && seed->size() == crypto::kEd25519SeedSize) {
        key.key = std::move(*seed);
    } else {
        BASE_ASSIGN_OR_RETURN(key.key, solana::ImportSecretKey(request.key));
    }
    BASE_ASSIGN_OR_RETURN(key.address, AddressOfKey(key.key, request.network));
    return key;
}

base::Result<WalletKey> FromPrivateKey(const ImportKey& request) {
    BASE_ASSIGN_OR_RETURN(const chain::Family family, FamilyOf(request.network));
    if (family == chain::Family::kSolana) {
        return FromSolanaKey(request);
    }
    std::string_view text = request.key.Expose();
    if (text.starts_with(kHexPrefix)) {
        text.remove_prefix(kHexPrefix.size());
    }
    std::optional<secret::Bytes> raw = secret::FromHex(text);
    if (!raw || raw->size() != crypto::kPrivateKeySize) {
        return BadKey("a private key is 64 hex digits, with or without 0x");
    }
    if (!crypto::IsValidPrivateKey(*raw)) {
        return BadKey("the number is no private key of secp256k1");
    }
    WalletKey key;
    key.key = std::move(*raw);
    BASE_ASSIGN_OR_RETURN(key.address, AddressOfKey(key.key, request.network));
    return key;
}

base::Result<WalletKey> FromWif(const ImportKey& request) {
    BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(request.network));
    WalletKey key;
    BASE_ASSIGN_OR_RETURN(key.key, ReadWif(request.key, ground));
    BASE_ASSIGN_OR_RETURN(key.address, AddressOfKey(key.key, request.network));
    return key;
}

}  // namespace

base::Result<secret::String> NewMnemonic() {
    return crypto::MnemonicFromEntropy(crypto::RandomSecret(kEntropySize));
}

base::Result<WalletKey> DeriveFromMnemonic(const secret::String& mnemonic,
                                           std::string_view network,
                                           std::uint32_t index) {
    BASE_ASSIGN_OR_RETURN(const crypto::DerivationPath path, StandardPath(network, index));
    BASE_RETURN_IF_ERROR(crypto::MnemonicToEntropy(mnemonic));
    return AtPath(mnemonic, secret::String(), network, path);
}

base::Result<WalletKey> ReadImportedKey(const ImportKey& request) {
    BASE_ASSIGN_OR_RETURN(const chain::Family family, FamilyOf(request.network));
    if (request.form == static_cast<std::uint8_t>(ImportForm::kPrivateKey)) {
        return FromPrivateKey(request);
    }
    if (request.form == static_cast<std::uint8_t>(ImportForm::kMnemonic)) {
        return FromMnemonic(request);
    }
    if (request.form == static_cast<std::uint8_t>(ImportForm::kWif) &&
        family == chain::Family::kUtxo) {
        return FromWif(request);
    }
    return BadKey("this network takes a private key or a mnemonic");
}

base::Result<std::string> AddressOfKey(const secret::Bytes& key, std::string_view network) {
    BASE_ASSIGN_OR_RETURN(const chain::Family family, FamilyOf(network));
    if (family == chain::Family::kUtxo) {
        BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(network));
        return UtxoAddressOf(key, ground, ground.format->DefaultType());
    }
    if (family == chain::Family::kSolana) {
        BASE_ASSIGN_OR_RETURN(const solana::Pubkey address, solana::AddressOfKey(key));
        return address.ToString();
    }
    BASE_ASSIGN_OR_RETURN(const auto point, crypto::Secp256k1PublicKey::FromPrivate(key));
    return evm::Address::FromPublicKey(point).ToString();
}

base::Result<bool> OwnsAddress(const secret::Bytes& key,
                               std::string_view network,
                               std::string_view address) {
    BASE_ASSIGN_OR_RETURN(const chain::Family family, FamilyOf(network));
    if (family == chain::Family::kUtxo) {
        BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(network));
        return OwnsUtxoAddress(key, ground, address);
    }
    BASE_ASSIGN_OR_RETURN(const std::string own, AddressOfKey(key, network));
    return own == address;
}

base::Result<secret::String> WriteExportedKey(const secret::Bytes& key, std::string_view network) {
    BASE_ASSIGN_OR_RETURN(const chain::Family family, FamilyOf(network));
    if (family == chain::Family::kUtxo) {
        BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(network));
        return WriteWif(key, ground);
    }
    if (family == chain::Family::kSolana) {
        return solana::ExportSecretKey(key);
    }
    const secret::String digits = secret::ToHex(key);
    secret::Bytes text(kHexPrefix.size() + digits.size());
    const auto rest = std::copy(kHexPrefix.begin(), kHexPrefix.end(), text.Fill().begin());
    std::copy(digits.Expose().begin(), digits.Expose().end(), rest);
    return secret::String(std::move(text));
}

}  // namespace signer
