#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "utxo/transaction_fields.h"
#include "utxo/wire.h"
#include "utxo/zcash_personal.h"
#include "utxo/zcash_transaction.h"

namespace utxo {

namespace {

// Sizes of the protocol specification, sections 7.1 to 7.5.
constexpr std::size_t kProofSize = 192;
constexpr std::size_t kSignatureSize = 64;
constexpr std::size_t kSpendV4Size = 384;
constexpr std::size_t kOutputV4Size = 948;
constexpr std::size_t kJoinsplitSize = 1698;
constexpr std::size_t kJoinsplitTailSize = 32 + kSignatureSize;
constexpr std::size_t kSpendV5Size = 96;
constexpr std::size_t kOutputV5Size = 756;
constexpr std::size_t kActionSize = 820;
constexpr std::size_t kCompactCiphertextSize = 52;
constexpr std::size_t kMemoSize = 512;

base::Error UnsupportedVersion(std::uint32_t version) {
    return base::InvalidArgument("unsupported_tx_version",
                                 "Zcash transactions of version " +
                                     std::to_string(version & 0x7fffffff) + " are not read here");
}

// One part of every item of a list, hashed together.
class PartHash {
public:
    explicit PartHash(std::string_view personal) : personal_(personal) {}

    void Add(base::ByteView part) { base::Append(bytes_, part); }

    [[nodiscard]] crypto::Hash256 Digest() const { return PersonalHash(personal_, bytes_); }

private:
    std::string_view personal_;
    base::Bytes bytes_;
};

// ZIP-244, T.3a.
crypto::Hash256 SaplingSpends(base::ByteView spends, base::ByteView anchor) {
    if (spends.empty()) {
        return PersonalHash("ZTxIdSSpendsHash", {});
    }
    PartHash compact("ZTxIdSSpendCHash");
    PartHash rest("ZTxIdSSpendNHash");
    for (; !spends.empty(); spends = spends.subspan(kSpendV5Size)) {
        compact.Add(spends.subspan(32, 32));  // nullifier
        rest.Add(spends.first(32));           // cv
        rest.Add(anchor);
        rest.Add(spends.subspan(64, 32));  // rk
    }
    Writer both;
    both.Raw(compact.Digest());
    both.Raw(rest.Digest());
    return PersonalHash("ZTxIdSSpendsHash", both.bytes());
}

// ZIP-244, T.3b.
crypto::Hash256 SaplingOutputs(base::ByteView outputs) {
    if (outputs.empty()) {
        return PersonalHash("ZTxIdSOutputHash", {});
    }
    PartHash compact("ZTxIdSOutC__Hash");
    PartHash memos("ZTxIdSOutM__Hash");
    PartHash rest("ZTxIdSOutN__Hash");
    for (; !outputs.empty(); outputs = outputs.subspan(kOutputV5Size)) {
        compact.Add(outputs.subspan(32, 64 + kCompactCiphertextSize));  // cmu, epk, note
        const base::ByteView tail =
            outputs.first(kOutputV5Size).subspan(96 + kCompactCiphertextSize);
        memos.Add(tail.first(kMemoSize));
        rest.Add(outputs.first(32));  // cv
        rest.Add(tail.subspan(kMemoSize));
    }
    Writer all;
    all.Raw(compact.Digest());
    all.Raw(memos.Digest());
    all.Raw(rest.Digest());
    return PersonalHash("ZTxIdSOutputHash", all.bytes());
}

// ZIP-225, the Sapling fields.
crypto::Hash256 ReadSaplingV5(Reader& reader) {
    const base::ByteView spends = reader.Raw(reader.Count(kSpendV5Size) * kSpendV5Size);
    const base::ByteView outputs = reader.Raw(reader.Count(kOutputV5Size) * kOutputV5Size);
    const std::size_t spend_count = spends.size() / kSpendV5Size;
    if (spends.empty() && outputs.empty()) {
        return ShieldedV5().sapling;
    }
    const base::ByteView value_balance = reader.Raw(8);
    const base::ByteView anchor = reader.Raw(spends.empty() ? 0 : 32);
    static_cast<void>(reader.Raw(spend_count * (kProofSize + kSignatureSize)));
    static_cast<void>(reader.Raw(outputs.size() / kOutputV5Size * kProofSize));
    static_cast<void>(reader.Raw(kSignatureSize));
    Writer digest;
    digest.Raw(SaplingSpends(spends, anchor));
    digest.Raw(SaplingOutputs(outputs));
    digest.Raw(value_balance);
    return PersonalHash("ZTxIdSaplingHash", digest.bytes());
}

// ZIP-225, the Orchard fields, and ZIP-244, T.4.
crypto::Hash256 ReadOrchard(Reader& reader) {
    base::ByteView actions = reader.Raw(reader.Count(kActionSize) * kActionSize);
    if (actions.empty()) {
        return ShieldedV5().orchard;
    }
    const std::size_t count = actions.size() / kActionSize;
    const base::ByteView tail = reader.Raw(1 + 8 + 32);  // flags, value balance, anchor
    static_cast<void>(reader.Block());                   // proofs
    static_cast<void>(reader.Raw((count + 1) * kSignatureSize));
    PartHash compact("ZTxIdOrcActCHash");
    PartHash memos("ZTxIdOrcActMHash");
    PartHash rest("ZTxIdOrcActNHash");
    for (; !actions.empty(); actions = actions.subspan(kActionSize)) {
        compact.Add(actions.subspan(32, 32));                                // nullifier
        compact.Add(actions.subspan(96, 32 + 32 + kCompactCiphertextSize));  // cmx, epk, note
        const base::ByteView ciphertext = actions.first(kActionSize).subspan(160);
        memos.Add(ciphertext.subspan(kCompactCiphertextSize, kMemoSize));
        rest.Add(actions.first(32));        // cv
        rest.Add(actions.subspan(64, 32));  // rk
        rest.Add(ciphertext.subspan(kCompactCiphertextSize + kMemoSize));
    }
    Writer digest;
    digest.Raw(compact.Digest());
    digest.Raw(memos.Digest());
    digest.Raw(rest.Digest());
    digest.Raw(tail);
    return PersonalHash("ZTxIdOrchardHash", digest.bytes());
}

// The shielded fields of version 4 and their digests (ZIP-243, items 5 to 7).
ShieldedV4 ReadShieldedV4(Reader& reader) {
    ShieldedV4 shielded;
    shielded.value_balance = reader.U64();
    base::ByteView spends = reader.Raw(reader.Count(kSpendV4Size) * kSpendV4Size);
    const base::ByteView outputs = reader.Raw(reader.Count(kOutputV4Size) * kOutputV4Size);
    const std::size_t joinsplits = reader.Count(kJoinsplitSize);
    const bool has_sapling = !spends.empty() || !outputs.empty();
    if (!spends.empty()) {
        PartHash hash("ZcashSSpendsHash");
        for (; !spends.empty(); spends = spends.subspan(kSpendV4Size)) {
            hash.Add(spends.first(kSpendV4Size - kSignatureSize));
        }
        shielded.spends = hash.Digest();
    }
    if (!outputs.empty()) {
        shielded.outputs = PersonalHash("ZcashSOutputHash", outputs);
    }
    if (joinsplits > 0) {
        const base::ByteView all = reader.Raw(joinsplits * kJoinsplitSize + kJoinsplitTailSize);
        if (reader.good()) {
            // The key belongs to the digest, the signature does not.
            shielded.joinsplits =
                PersonalHash("ZcashJSplitsHash", all.first(all.size() - kSignatureSize));
        }
    }
    if (has_sapling) {
        static_cast<void>(reader.Raw(kSignatureSize));
    }
    return shielded;
}

}  // namespace

base::Result<ZcashTransaction> ParseZcash(base::ByteView raw) {
    if (raw.size() > kTransactionSizeMax) {
        return BadTransaction("the transaction is too large");
    }
    Reader reader(raw);
    ZcashTransaction result;
    Transaction& transaction = result.transparent;
    transaction.version = reader.U32();
    if (transaction.version != kZcashVersion4 && transaction.version != kZcashVersion5) {
        return UnsupportedVersion(transaction.version);
    }
    const bool is_v5 = transaction.version == kZcashVersion5;
    if (reader.U32() != (is_v5 ? kVersionGroupV5 : kVersionGroupV4)) {
        return BadTransaction("the version group does not belong to the version");
    }
    if (is_v5) {
        transaction.branch_id = reader.U32();
        transaction.locktime = reader.U32();
        transaction.expiry_height = reader.U32();
    }
    transaction.inputs = ReadInputs(reader);
    transaction.outputs = ReadOutputs(reader);
    if (is_v5) {
        result.shielded_v5.sapling = ReadSaplingV5(reader);
        result.shielded_v5.orchard = ReadOrchard(reader);
        const ShieldedV5 none;
        result.has_shielded = result.shielded_v5.sapling != none.sapling ||
                              result.shielded_v5.orchard != none.orchard;
        result.hash = CombineZcashDigests(ZcashDigestsOf(transaction, result.shielded_v5),
                                          transaction.branch_id);
    } else {
        transaction.locktime = reader.U32();
        transaction.expiry_height = reader.U32();
        result.shielded_v4 = ReadShieldedV4(reader);
        const crypto::Hash256 zero{};
        result.has_shielded =
            result.shielded_v4.value_balance != 0 || result.shielded_v4.spends != zero ||
            result.shielded_v4.outputs != zero || result.shielded_v4.joinsplits != zero;
        result.hash = crypto::DoubleSha256(raw);
    }
    if (!reader.Complete()) {
        return BadTransaction("the transaction is cut short, too long or malformed");
    }
    return result;
}

base::Result<ProvenOutputs> ReadProvenOutputs(base::ByteView raw) {
    constexpr std::uint32_t kOverwintered = 0x80000000;
    if (raw.size() > kTransactionSizeMax) {
        return BadTransaction("the transaction is too large");
    }
    Reader reader(raw);
    const std::uint32_t version = reader.U32();
    if (version == kZcashVersion5 || (version & ~kOverwintered) > 5) {
        return UnsupportedVersion(version);
    }
    if ((version & kOverwintered) != 0) {
        static_cast<void>(reader.U32());  // version group
    }
    static_cast<void>(ReadInputs(reader));
    ProvenOutputs proven;
    proven.outputs = ReadOutputs(reader);
    if (!reader.good()) {
        return BadTransaction("the transaction is cut short or malformed");
    }
    proven.hash = crypto::DoubleSha256(raw);
    return proven;
}

}  // namespace utxo
