#include "follower/coin_store.h"

#include <cstddef>
#include <vector>

#include "base/ids.h"

namespace follower {

namespace {

// One entry a coin of ours, column by column.
struct Columns {
    std::vector<std::string> hashes;
    std::vector<std::uint32_t> outputs;
    std::vector<base::WalletId> wallets;
    std::vector<base::UserId> users;
    std::vector<std::string> addresses;
    std::vector<std::string> amounts;
    std::vector<std::int16_t> coinbase;
};

Columns ColumnsOf(const chain::BlockContent& content,
                  const std::map<std::string, Watched>& watched) {
    Columns columns;
    for (const chain::NewCoin& made : content.coins) {
        const auto owner = watched.find(made.address);
        if (owner == watched.end() || made.coin.amount.IsZero()) {
            continue;
        }
        columns.hashes.push_back(made.coin.tx_hash);
        columns.outputs.push_back(made.coin.index);
        columns.wallets.push_back(owner->second.wallet);
        columns.users.push_back(owner->second.user);
        columns.addresses.push_back(made.address);
        columns.amounts.push_back(made.coin.amount.ToDecimal());
        columns.coinbase.push_back(made.coinbase ? 1 : 0);
    }
    return columns;
}

base::Result<> InsertCoins(pg::Tx& tx,
                           const std::string& network,
                           const chain::Block& block,
                           const Columns& columns) {
    if (columns.hashes.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO coins (network, tx_hash, output, wallet_id, address, amount, "
                "coinbase, block_height, block_hash) "
                "SELECT $1, u.hash, u.output, u.wallet, u.address, u.amount, u.coinbase = 1, $2, "
                "$3 FROM unnest($4::text[], $5::integer[], $6::uuid[], $7::text[], $8::numeric[], "
                "$9::smallint[]) AS u (hash, output, wallet, address, amount, coinbase) "
                "ON CONFLICT (network, tx_hash, output) DO UPDATE "
                "SET wallet_id = excluded.wallet_id, block_height = excluded.block_height, "
                "block_hash = excluded.block_hash",
                network,
                block.height,
                block.hash,
                columns.hashes,
                columns.outputs,
                columns.wallets,
                columns.addresses,
                columns.amounts,
                columns.coinbase));
    return {};
}

base::Result<> MarkSpent(pg::Tx& tx,
                         const std::string& network,
                         const chain::BlockContent& content) {
    std::vector<std::string> hashes;
    std::vector<std::uint32_t> outputs;
    std::vector<std::string> spenders;
    for (const chain::SpentCoin& spent : content.spent) {
        hashes.push_back(spent.tx_hash);
        outputs.push_back(spent.index);
        spenders.push_back(spent.spender);
    }
    if (hashes.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE coins c SET spent_by = u.spender, spent_height = $2, spent_block = $3 "
                "FROM unnest($4::text[], $5::integer[], $6::text[]) AS u (hash, output, spender) "
                "WHERE c.network = $1 AND c.tx_hash = u.hash AND c.output = u.output",
                network,
                content.block.height,
                content.block.hash,
                hashes,
                outputs,
                spenders));
    return {};
}

base::Result<> InsertSources(pg::Tx& tx,
                             const std::string& network,
                             const chain::BlockContent& content) {
    for (const chain::CoinSource& source : content.sources) {
        BASE_RETURN_IF_ERROR(
            tx.Exec("INSERT INTO coin_sources (network, tx_hash, raw) VALUES ($1, $2, $3) "
                    "ON CONFLICT (network, tx_hash) DO NOTHING",
                    network,
                    source.tx_hash,
                    source.raw));
    }
    return {};
}

base::Result<> BookIncoming(pg::Tx& tx,
                            const money::Asset& native,
                            const chain::Block& block,
                            const Columns& columns) {
    if (columns.hashes.empty()) {
        return {};
    }
    BASE_RETURN_IF_ERROR(tx.Exec(
        "INSERT INTO incoming_transfers AS t (network, tx_hash, position, wallet_id, user_id, "
        "address, asset_symbol, asset_decimals, amount, state, block_height, block_hash, "
        "block_time) SELECT $1, u.hash, u.output::text, u.wallet, u.owner, u.address, $2, $3, "
        "u.amount, 'CONFIRMED', $4, $5, $6 FROM unnest($7::text[], $8::integer[], $9::uuid[], "
        "$10::uuid[], $11::text[], $12::numeric[]) "
        "AS u (hash, output, wallet, owner, address, amount) "
        "WHERE NOT EXISTS (SELECT 1 FROM coins c WHERE c.network = $1 AND c.spent_by = u.hash "
        "AND c.spent_height IS NOT NULL AND c.wallet_id = u.wallet) "
        "ON CONFLICT (network, tx_hash, position, wallet_id) DO UPDATE "
        "SET state = 'CONFIRMED', reason = '', block_height = excluded.block_height, "
        "block_hash = excluded.block_hash, block_time = excluded.block_time "
        "WHERE t.state IN ('PENDING', 'REVERSED')",
        native.network,
        native.symbol,
        native.decimals,
        block.height,
        block.hash,
        block.time,
        columns.hashes,
        columns.outputs,
        columns.wallets,
        columns.users,
        columns.addresses,
        columns.amounts));
    return {};
}

}  // namespace

base::Result<> ApplyCoins(pg::Tx& tx,
                          const money::Asset& native,
                          const chain::BlockContent& content,
                          const std::map<std::string, Watched>& watched) {
    const Columns columns = ColumnsOf(content, watched);
    BASE_RETURN_IF_ERROR(InsertCoins(tx, native.network, content.block, columns));
    BASE_RETURN_IF_ERROR(InsertSources(tx, native.network, content));
    BASE_RETURN_IF_ERROR(MarkSpent(tx, native.network, content));
    return BookIncoming(tx, native, content.block, columns);
}

base::Result<> TakeBackCoins(pg::Tx& tx, const std::string& network, std::uint64_t height) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE coins SET spent_by = '', spent_height = NULL, spent_block = '' "
                "WHERE network = $1 AND spent_height > $2",
                network,
                height));
    BASE_RETURN_IF_ERROR(
        tx.Exec("UPDATE coins SET block_height = NULL, block_hash = '' "
                "WHERE network = $1 AND block_height > $2",
                network,
                height));
    return {};
}

}  // namespace follower
