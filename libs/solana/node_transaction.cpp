#include "solana/node_transaction.h"

#include <limits>
#include <set>
#include <utility>

namespace solana {

namespace {

constexpr std::size_t kKeysMax = 256;

base::Result<> AppendKeys(const Json& value, std::vector<std::string>& keys) {
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(value, "account keys"));
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(const Pubkey key, ReadKey(entry, "account key"));
        keys.push_back(key.ToString());
    }
    return {};
}

// All lamports that exist, the fee's among them, fit 64 bits: no sum of these wraps.
base::Result<std::vector<std::uint64_t>> ReadLamports(const Json& value,
                                                      std::size_t count,
                                                      std::uint64_t fee) {
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(value, "balances"));
    if (list->size() != count) {
        return BadAnswer("balances");
    }
    std::vector<std::uint64_t> lamports;
    std::uint64_t left = std::numeric_limits<std::uint64_t>::max() - fee;
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(const auto number, ReadNumber(entry, "balance"));
        if (number > left) {
            return BadAnswer("balances");
        }
        left -= number;
        lamports.push_back(number);
    }
    return lamports;
}

base::Result<std::vector<TokenBalance>> ReadTokens(const Json& value, std::size_t count) {
    std::vector<TokenBalance> tokens;
    if (value.is_null()) {
        return tokens;
    }
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(value, "token balances"));
    std::set<std::size_t> seen;
    for (const Json& entry : *list) {
        TokenBalance token;
        BASE_ASSIGN_OR_RETURN(token.account,
                              ReadNumber(Member(entry, "accountIndex"), "account index"));
        if (token.account >= count || !seen.insert(token.account).second) {
            return BadAnswer("account index");
        }
        BASE_ASSIGN_OR_RETURN(const Pubkey mint, ReadKey(Member(entry, "mint"), "mint"));
        token.mint = mint.ToString();
        // Old transactions name neither.
        const Json& owner = Member(entry, "owner");
        token.owner = owner.is_string() ? owner.get<std::string>() : "";
        const Json& program = Member(entry, "programId");
        token.program =
            program.is_string() ? program.get<std::string>() : TokenProgram().ToString();
        const Json& amount = Member(entry, "uiTokenAmount");
        BASE_ASSIGN_OR_RETURN(token.amount, ReadNumber(Member(amount, "amount"), "token amount"));
        BASE_ASSIGN_OR_RETURN(const auto decimals,
                              ReadNumber(Member(amount, "decimals"), "decimals"));
        if (decimals > std::numeric_limits<std::uint8_t>::max()) {
            return BadAnswer("decimals");
        }
        token.decimals = static_cast<std::uint32_t>(decimals);
        tokens.push_back(std::move(token));
    }
    return tokens;
}

}  // namespace

base::Result<NodeTransaction> ReadTransaction(const Json& value, const std::string& signature) {
    const Json& body = Member(value, "transaction");
    const Json& meta = Member(value, "meta");
    BASE_ASSIGN_OR_RETURN(const Json* signatures,
                          ReadList(Member(body, "signatures"), "signatures"));
    if (signatures->empty() || signatures->front() != signature) {
        return BadAnswer("another transaction");
    }
    NodeTransaction transaction;
    BASE_ASSIGN_OR_RETURN(transaction.slot, ReadNumber(Member(value, "slot"), "slot"));
    BASE_RETURN_IF_ERROR(
        AppendKeys(Member(Member(body, "message"), "accountKeys"), transaction.keys));
    const Json& loaded = Member(meta, "loadedAddresses");
    if (loaded.is_object()) {
        BASE_RETURN_IF_ERROR(AppendKeys(Member(loaded, "writable"), transaction.keys));
        BASE_RETURN_IF_ERROR(AppendKeys(Member(loaded, "readonly"), transaction.keys));
    }
    const std::size_t count = transaction.keys.size();
    if (count == 0 || count > kKeysMax || !meta.is_object()) {
        return BadAnswer("a transaction");
    }
    transaction.failed = !Member(meta, "err").is_null();
    BASE_ASSIGN_OR_RETURN(transaction.fee, ReadNumber(Member(meta, "fee"), "fee"));
    BASE_ASSIGN_OR_RETURN(transaction.lamports_before,
                          ReadLamports(Member(meta, "preBalances"), count, 0));
    BASE_ASSIGN_OR_RETURN(transaction.lamports_after,
                          ReadLamports(Member(meta, "postBalances"), count, transaction.fee));
    BASE_ASSIGN_OR_RETURN(transaction.tokens_before,
                          ReadTokens(Member(meta, "preTokenBalances"), count));
    BASE_ASSIGN_OR_RETURN(transaction.tokens_after,
                          ReadTokens(Member(meta, "postTokenBalances"), count));
    return transaction;
}

}  // namespace solana
