#include "utxo/package.h"

#include <algorithm>
#include <set>
#include <vector>

#include "utxo/fee.h"
#include "utxo/transaction.h"

namespace utxo {

base::Result<Package> PackageOf(chain::Ledger& ledger,
                                const TxFormat& format,
                                const std::string& tx_hash) {
    Package package;
    std::vector<std::string> open{tx_hash};
    std::set<std::string> seen;
    while (!open.empty()) {
        const std::string hash = open.back();
        open.pop_back();
        if (!seen.insert(hash).second) {
            continue;
        }
        BASE_ASSIGN_OR_RETURN(const auto fee, ledger.FeeOf(hash));
        BASE_ASSIGN_OR_RETURN(const auto in_block, ledger.FindTransaction(hash));
        if (in_block) {
            continue;
        }
        if (!fee) {
            return base::NotFound("unknown_tx", "no payment of this wallet has this hash");
        }
        if (seen.size() > kAncestorsMax) {
            return base::FailedPrecondition("too_many_coins",
                                            "too many payments in a row wait for a block");
        }
        BASE_ASSIGN_OR_RETURN(const base::Bytes raw, ledger.SourceOf(hash));
        BASE_ASSIGN_OR_RETURN(const Transaction transaction, format.Parse(raw));
        package.virtual_size += VirtualSize(WeightOf(transaction));
        BASE_ASSIGN_OR_RETURN(const std::uint64_t units, fee->ToUint64());
        package.fee += units;
        for (const Input& input : transaction.inputs) {
            open.push_back(TxHashText(input.prevout.tx_hash));
        }
    }
    return package;
}

base::Result<std::uint64_t> RateOfChild(const Package& parents,
                                        std::size_t child_virtual_size,
                                        std::uint64_t rate_milli) {
    BASE_ASSIGN_OR_RETURN(const std::uint64_t together,
                          FeeOfSize(parents.virtual_size + child_virtual_size, rate_milli));
    const std::uint64_t own = together - std::min(together, parents.fee);
    const std::uint64_t rate = (own * 1'000 + child_virtual_size - 1) / child_virtual_size;
    return std::max(rate, rate_milli);
}

}  // namespace utxo
