#include "chain_host/token_registry.h"

#include <algorithm>

#include "pg/tx.h"

namespace chain_host {

namespace {

constexpr std::size_t kSymbolMax = 11;

bool IsSymbolLetter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '.';
}

}  // namespace

bool LooksLikeSymbol(std::string_view text) {
    return !text.empty() && text.size() <= kSymbolMax &&
           std::all_of(text.begin(), text.end(), IsSymbolLetter);
}

base::Result<std::optional<chain::Token>> TokenRegistry::Find(const std::string& contract) const {
    return Read("contract = $2", contract);
}

base::Result<std::optional<chain::Token>> TokenRegistry::FindSymbol(
    const std::string& symbol) const {
    return Read("upper(symbol) = upper($2)", symbol);
}

base::Result<std::optional<chain::Token>> TokenRegistry::Read(std::string_view condition,
                                                              const std::string& value) const {
    const std::string sql =
        "SELECT contract, symbol, name, decimals FROM token_registry WHERE network = $1 AND " +
        std::string(condition);
    BASE_ASSIGN_OR_RETURN(const auto row, pg::Read(pool_, [&](pg::Tx& tx) {
                              return tx.Maybe(sql, network_, value);
                          }));
    if (!row) {
        return std::optional<chain::Token>();
    }
    chain::Token token;
    token.asset.network = network_;
    token.asset.contract = row->Get<std::string>("contract");
    token.asset.symbol = row->Get<std::string>("symbol");
    token.asset.decimals = static_cast<unsigned>(row->Get<int>("decimals"));
    token.name = row->Get<std::string>("name");
    return std::optional<chain::Token>(std::move(token));
}

}  // namespace chain_host
