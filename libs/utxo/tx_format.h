// Everything in which Bitcoin and Zcash differ. The rest of this library, the followers and the
// signer work on values and ask one of these two objects. Stateless and thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/hash.h"
#include "secret/secret.h"
#include "utxo/address.h"
#include "utxo/fee.h"
#include "utxo/network.h"
#include "utxo/spend.h"
#include "utxo/transaction.h"
#include "utxo/unsigned_tx.h"

namespace utxo {

class TxFormat {
public:
    TxFormat() = default;
    virtual ~TxFormat() = default;
    TxFormat(const TxFormat&) = delete;
    TxFormat& operator=(const TxFormat&) = delete;

    // As in chain::ChainInfo.
    [[nodiscard]] virtual std::string_view chain() const = 0;

    // SLIP-44.
    [[nodiscard]] virtual std::uint32_t CoinType(Network network) const = 0;
    // What new wallets receive on.
    [[nodiscard]] virtual ScriptType DefaultType() const = 0;
    // Whether a key of ours can spend outputs of this type.
    [[nodiscard]] virtual bool IsSpendable(ScriptType type) const = 0;

    // See address.h for the errors.
    [[nodiscard]] virtual base::Result<Address> ParseAddress(std::string_view text,
                                                             Network network) const = 0;
    [[nodiscard]] virtual base::Result<std::string> AddressOf(base::ByteView script,
                                                              Network network) const = 0;

    [[nodiscard]] virtual base::Bytes Serialize(const Transaction& transaction) const = 0;
    // Zcash: transparent transactions alone; version 4 comes back without its branch id. Errors:
    // `bad_tx`, `unsupported_tx_version`.
    [[nodiscard]] virtual base::Result<Transaction> Parse(base::ByteView raw) const = 0;
    [[nodiscard]] virtual crypto::Hash256 TxHash(const Transaction& transaction) const = 0;

    // See spend.h.
    [[nodiscard]] virtual base::Result<utxo::Spend> Spend(const SpendTask& task,
                                                          const secret::Bytes& key) const = 0;

    // See unsigned_tx.h.
    [[nodiscard]] virtual base::Result<base::Bytes> EncodeUnsigned(
        const UnsignedTx& unsigned_tx) const = 0;
    [[nodiscard]] virtual base::Result<UnsignedTx> DecodeUnsigned(base::ByteView bytes) const = 0;
    // Whether the previous transactions of these inputs must come along.
    [[nodiscard]] virtual bool NeedsProofs(const Transaction& transaction,
                                           const std::vector<Output>& spent) const = 0;
    // A previous transaction in the form in which it comes along. Errors: `bad_tx`.
    [[nodiscard]] virtual base::Result<base::Bytes> ProofOf(base::ByteView raw) const = 0;

    // What the network wants for a transaction of this shape. Zcash has one price and no rate.
    // Errors: `unsupported_script_type`, `amount_overflow`.
    [[nodiscard]] virtual base::Result<std::uint64_t> Fee(const TxShape& shape,
                                                          std::uint64_t rate_milli) const = 0;
    // What one more input costs, at most. Errors: as above.
    [[nodiscard]] virtual base::Result<std::uint64_t> InputFee(ScriptType type,
                                                               std::uint64_t rate_milli) const = 0;
    // The least that an output may pay.
    [[nodiscard]] virtual std::uint64_t DustLimit(base::ByteView script) const = 0;
    // The least change that is worth an output; less goes to the fee.
    [[nodiscard]] virtual std::uint64_t ChangeMinimum(base::ByteView script) const = 0;
};

[[nodiscard]] const TxFormat& BitcoinFormat();
[[nodiscard]] const TxFormat& ZcashFormat();

// By chain name. Errors: `unknown_chain`.
[[nodiscard]] base::Result<const TxFormat*> FindFormat(std::string_view chain);

}  // namespace utxo
