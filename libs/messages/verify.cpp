#include <utility>

#include "base/hex.h"
#include "chain/catalog.h"
#include "crypto/base58.h"
#include "evm/message.h"
#include "messages/message.h"
#include "messages/parts.h"
#include "solana/offchain_message.h"
#include "utxo/ground.h"
#include "utxo/signed_message.h"

namespace messages {

namespace {

// Stable words of Verdict::reason; what the libraries refuse a signature or an address with.
constexpr std::string_view kNotSignedBy = "not_signed_by";
constexpr std::string_view kBadSignature = "bad_signature";

std::string_view StableReason(const base::Error& error) {
    for (const std::string_view known : {"bad_address",
                                         "wrong_network",
                                         "bad_checksum",
                                         "shielded_only",
                                         "unsupported_script_type"}) {
        if (error.reason == known) {
            return known;
        }
    }
    return kBadSignature;
}

Verdict Judged(const base::Result<bool>& matches, std::string address) {
    if (!matches) {
        return {false, std::move(address), StableReason(matches.error())};
    }
    return {*matches, std::move(address), *matches ? std::string_view() : kNotSignedBy};
}

base::Result<Verdict> VerifyEvm(const Claim& claim, Kind kind) {
    evm::TypedData data;
    if (kind == Kind::kTypedData) {
        BASE_ASSIGN_OR_RETURN(const nlohmann::json json, ParseTypedData(claim.content));
        BASE_ASSIGN_OR_RETURN(data, evm::ReadTypedData(json));
    }
    const auto address = evm::Address::Parse(claim.address);
    if (!address) {
        return Verdict{false, claim.address, StableReason(address.error())};
    }
    const auto signature = base::HexDecodePrefixed(claim.signature);
    if (!signature) {
        return Verdict{false, address->ToString(), kBadSignature};
    }
    const auto signer = kind == Kind::kTypedData
                            ? evm::RecoverTypedData(data, *signature)
                            : evm::RecoverPersonalMessage(claim.content, *signature);
    const auto matches =
        signer ? base::Result<bool>(*signer == *address) : base::Result<bool>(signer.error());
    return Judged(matches, address->ToString());
}

base::Result<Verdict> VerifyUtxo(const Claim& claim, Kind kind) {
    BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(claim.network));
    const auto address = ground.format->ParseAddress(claim.address, ground.network);
    if (!address) {
        return Verdict{false, claim.address, StableReason(address.error())};
    }
    const auto matches = kind == Kind::kBip322
                             ? utxo::VerifyBip322(address->script, claim.content, claim.signature)
                             : utxo::VerifyWithHeader(
                                   *ground.format, address->script, claim.content, claim.signature);
    return Judged(matches, address->canonical);
}

base::Result<Verdict> VerifySolana(const Claim& claim) {
    // A message that no wallet signs is refused whoever the address is.
    BASE_RETURN_IF_ERROR(solana::EncodeOffchainMessage(claim.content, solana::Pubkey()));
    const auto address = solana::Pubkey::Parse(claim.address);
    if (!address) {
        return Verdict{false, claim.address, StableReason(address.error())};
    }
    const auto bytes = crypto::Base58Decode(claim.signature);
    constexpr std::size_t kSize = sizeof(crypto::Ed25519Signature);
    if (!bytes || bytes->size() != kSize) {
        return Verdict{false, address->ToString(), kBadSignature};
    }
    const auto signature = base::ToArray<kSize>(base::ByteView(*bytes));
    return Judged(solana::VerifyOffchainMessage(claim.content, *address, signature),
                  address->ToString());
}

// Bitcoin has two forms, which a signature tells apart; what is none of them is looked at in the
// address's usual one.
base::Result<Kind> KindOf(const Claim& claim) {
    if (claim.kind) {
        return *claim.kind;
    }
    const chain::ChainInfo* info = chain::FindNetwork(claim.network);
    if (info == nullptr) {
        return base::InvalidArgument("unsupported_network", "there is no such network");
    }
    const Kind standard = KindsOf(*info).front();
    if (standard != Kind::kBip322) {
        return standard;
    }
    if (utxo::HasHeader(claim.signature)) {
        return Kind::kBitcoinLegacy;
    }
    const auto usual = StandardKind(claim.network, claim.address);
    return usual ? *usual : standard;
}

}  // namespace

base::Result<Verdict> Verify(const Claim& claim) {
    BASE_ASSIGN_OR_RETURN(const Kind kind, KindOf(claim));
    BASE_RETURN_IF_ERROR(CheckContent(kind, claim.network, claim.content));
    switch (kind) {
        case Kind::kPersonal:
        case Kind::kTypedData:
            return VerifyEvm(claim, kind);
        case Kind::kBitcoinLegacy:
        case Kind::kBip322:
        case Kind::kZcashLegacy:
            return VerifyUtxo(claim, kind);
        case Kind::kSolanaOffchain:
            return VerifySolana(claim);
    }
    return base::Internal("unknown kind of message");
}

}  // namespace messages
