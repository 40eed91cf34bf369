#include "solana/node_client.h"

#include <array>
#include <utility>

#include "crypto/base64.h"
#include "solana/node_transaction.h"

namespace solana {

namespace {

constexpr std::size_t kErrorTextMax = 200;
constexpr std::int64_t kSecondsMax = 253402300799;  // the end of the year 9999
// No account that we ask for locks a coin; what is beyond would wrap sums of costs.
constexpr std::uint64_t kRentMax = 1'000'000'000;

// JSON-RPC errors that mean: no block at this slot.
constexpr std::array kNoBlock = {-32001,   // cleaned up
                                 -32004,   // not available yet
                                 -32007,   // skipped, or missing after a jump
                                 -32009,   // skipped, or missing in the long-term storage
                                 -32014};  // its status is not available yet

// JSON-RPC errors that mean: more accounts than this node looks through.
constexpr std::array kTooManyAccounts = {-32010,   // the owner is left out of its index
                                         -32012};  // the scan was stopped

std::string NameOf(Commitment commitment) {
    switch (commitment) {
        case Commitment::kProcessed:
            return "processed";
        case Commitment::kConfirmed:
            return "confirmed";
        case Commitment::kFinalized:
            return "finalized";
    }
    return "finalized";
}

Json With(Commitment commitment) {
    return {{"commitment", NameOf(commitment)}};
}

// The answer of a node that does not have what it was asked for becomes null.
base::Result<Json> NullIfAbsent(base::Result<Json> answer) {
    if (answer) {
        return answer;
    }
    for (const int code : kNoBlock) {
        if (UpstreamCode(answer.error()) == code) {
            return base::Result<Json>(boost::system::in_place_value);
        }
    }
    return answer;
}

base::Result<Commitment> ReadCommitment(const Json& value) {
    for (const Commitment known :
         {Commitment::kProcessed, Commitment::kConfirmed, Commitment::kFinalized}) {
        if (value == NameOf(known)) {
            return known;
        }
    }
    return BadAnswer("a commitment");
}

Json SignaturesParameters(const SignaturesQuery& query) {
    Json options = With(Commitment::kFinalized);
    options["limit"] = kSignaturesPage;
    if (!query.before.empty()) {
        options["before"] = query.before;
    }
    if (query.context_slot_min > 0) {
        options["minContextSlot"] = query.context_slot_min;
    }
    return Json::array({query.address.ToString(), std::move(options)});
}

base::Result<std::vector<SignatureRow>> ReadSignatures(const Json& answer) {
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(answer, "signatures"));
    std::vector<SignatureRow> rows;
    for (const Json& entry : *list) {
        SignatureRow row;
        BASE_ASSIGN_OR_RETURN(row.signature, ReadText(Member(entry, "signature"), "signature"));
        BASE_ASSIGN_OR_RETURN(row.slot, ReadNumber(Member(entry, "slot"), "slot"));
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace

base::Result<std::string> NodeClient::GenesisHash() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("getGenesisHash", Json::array()));
    BASE_ASSIGN_OR_RETURN(const Pubkey hash, ReadKey(answer, "genesis hash"));
    return hash.ToString();
}

base::Result<std::string> NodeClient::Version() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("getVersion", Json::array()));
    BASE_ASSIGN_OR_RETURN(const std::string text,
                          ReadText(Member(answer, "solana-core"), "version"));
    std::string shown = "solana-core/";
    for (const char letter : text.substr(0, kErrorTextMax)) {
        shown += letter > ' ' && letter < 0x7f ? letter : '?';
    }
    return shown;
}

base::Result<std::uint64_t> NodeClient::Slot(Commitment commitment) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("getSlot", Json::array({With(commitment)})));
    return ReadNumber(answer, "slot");
}

base::Result<std::uint64_t> NodeClient::BlockHeight(Commitment commitment) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("getBlockHeight", Json::array({With(commitment)})));
    return ReadNumber(answer, "block height");
}

base::Result<EpochInfo> NodeClient::Epoch(Commitment commitment) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("getEpochInfo", Json::array({With(commitment)})));
    EpochInfo info;
    BASE_ASSIGN_OR_RETURN(info.slot, ReadNumber(Member(answer, "absoluteSlot"), "slot"));
    BASE_ASSIGN_OR_RETURN(info.block_height,
                          ReadNumber(Member(answer, "blockHeight"), "block height"));
    return info;
}

base::Result<LatestBlockhash> NodeClient::Newest(Commitment commitment) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("getLatestBlockhash", Json::array({With(commitment)})));
    LatestBlockhash newest;
    const Json& value = Member(answer, "value");
    BASE_ASSIGN_OR_RETURN(newest.slot, ReadContextSlot(answer));
    BASE_ASSIGN_OR_RETURN(newest.blockhash, ReadKey(Member(value, "blockhash"), "blockhash"));
    BASE_ASSIGN_OR_RETURN(newest.last_valid_height,
                          ReadNumber(Member(value, "lastValidBlockHeight"), "block height"));
    return newest;
}

base::Result<AccountsSeen> NodeClient::Accounts(const std::vector<Pubkey>& keys,
                                                Commitment commitment) const {
    Json names = Json::array();
    for (const Pubkey& key : keys) {
        names.push_back(key.ToString());
    }
    Json options = With(commitment);
    options["encoding"] = "base64";
    BASE_ASSIGN_OR_RETURN(
        const Json answer,
        node_.Call("getMultipleAccounts", Json::array({std::move(names), std::move(options)})));
    AccountsSeen seen;
    BASE_ASSIGN_OR_RETURN(seen.slot, ReadContextSlot(answer));
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(Member(answer, "value"), "accounts"));
    if (list->size() != keys.size()) {
        return BadAnswer("accounts");
    }
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(auto account, ReadAccount(entry));
        seen.accounts.push_back(std::move(account));
    }
    return seen;
}

base::Result<std::uint64_t> NodeClient::Rent(std::uint64_t size) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("getMinimumBalanceForRentExemption", Json::array({size})));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t rent, ReadNumber(answer, "rent"));
    if (rent > kRentMax) {
        return BadAnswer("rent");
    }
    return rent;
}

base::Result<std::vector<std::uint64_t>> NodeClient::RecentPrices(
    const std::vector<Pubkey>& writable) const {
    Json names = Json::array();
    for (const Pubkey& key : writable) {
        names.push_back(key.ToString());
    }
    BASE_ASSIGN_OR_RETURN(
        const Json answer,
        node_.Call("getRecentPrioritizationFees", Json::array({std::move(names)})));
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(answer, "recent prices"));
    std::vector<std::uint64_t> prices;
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(const auto price,
                              ReadNumber(Member(entry, "prioritizationFee"), "recent price"));
        prices.push_back(price);
    }
    return prices;
}

base::Result<Simulation> NodeClient::Simulate(base::ByteView transaction) const {
    Json options = With(Commitment::kConfirmed);
    options["encoding"] = "base64";
    options["sigVerify"] = false;
    options["replaceRecentBlockhash"] = true;
    BASE_ASSIGN_OR_RETURN(
        const Json answer,
        node_.Call("simulateTransaction",
                   Json::array({crypto::Base64Encode(transaction), std::move(options)})));
    const Json& value = Member(answer, "value");
    Simulation simulation;
    if (!value.is_object()) {
        return BadAnswer("a simulation");
    }
    const Json& error = Member(value, "err");
    if (!error.is_null()) {
        simulation.error =
            error.is_string() ? error.get<std::string>() : error.dump().substr(0, kErrorTextMax);
        return simulation;
    }
    BASE_ASSIGN_OR_RETURN(simulation.units,
                          ReadNumber(Member(value, "unitsConsumed"), "compute units"));
    return simulation;
}

base::Result<std::string> NodeClient::Send(base::ByteView transaction) const {
    // We rebroadcast ourselves; the node's own retries would go on after we know the end.
    const Json options = {
        {"encoding", "base64"}, {"preflightCommitment", "confirmed"}, {"maxRetries", 0}};
    BASE_ASSIGN_OR_RETURN(
        const Json answer,
        node_.Call("sendTransaction", Json::array({crypto::Base64Encode(transaction), options})));
    return ReadText(answer, "signature");
}

base::Result<StatusSeen> NodeClient::Status(const std::string& signature) const {
    BASE_ASSIGN_OR_RETURN(
        const Json answer,
        node_.Call("getSignatureStatuses",
                   Json::array({Json::array({signature}), {{"searchTransactionHistory", true}}})));
    StatusSeen seen;
    BASE_ASSIGN_OR_RETURN(seen.context_slot, ReadContextSlot(answer));
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(Member(answer, "value"), "statuses"));
    if (list->size() != 1) {
        return BadAnswer("statuses");
    }
    const Json& entry = list->front();
    if (entry.is_null()) {
        return seen;
    }
    SignatureStatus status;
    BASE_ASSIGN_OR_RETURN(status.slot, ReadNumber(Member(entry, "slot"), "slot"));
    BASE_ASSIGN_OR_RETURN(status.commitment, ReadCommitment(Member(entry, "confirmationStatus")));
    status.failed = !Member(entry, "err").is_null();
    seen.status = status;
    return seen;
}

base::Result<std::vector<SignatureRow>> NodeClient::Signatures(const SignaturesQuery& query) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("getSignaturesForAddress", SignaturesParameters(query)));
    return ReadSignatures(answer);
}

std::vector<SignatureRow> NodeClient::SignaturesOfEach(const SignaturesQuery& query) const {
    std::vector<SignatureRow> all;
    for (const auto& answer :
         node_.CallEach("getSignaturesForAddress", SignaturesParameters(query))) {
        const auto rows = answer ? ReadSignatures(*answer) : answer.error();
        if (rows) {
            all.insert(all.end(), rows->begin(), rows->end());
        }
    }
    return all;
}

base::Result<Json> NodeClient::FindTransaction(const std::string& signature,
                                               const char* encoding) const {
    Json options = With(Commitment::kConfirmed);
    options["encoding"] = encoding;
    options["maxSupportedTransactionVersion"] = 0;
    return Find("getTransaction", Json::array({signature, std::move(options)}));
}

base::Result<std::optional<NodeTransaction>> NodeClient::TransactionOf(
    const std::string& signature) const {
    BASE_ASSIGN_OR_RETURN(const Json answer, FindTransaction(signature, "json"));
    if (answer.is_null()) {
        return std::optional<NodeTransaction>();
    }
    BASE_ASSIGN_OR_RETURN(NodeTransaction transaction, ReadTransaction(answer, signature));
    return std::optional(std::move(transaction));
}

base::Result<std::optional<base::Bytes>> NodeClient::BytesOf(const std::string& signature) const {
    BASE_ASSIGN_OR_RETURN(const Json answer, FindTransaction(signature, "base64"));
    if (answer.is_null()) {
        return std::optional<base::Bytes>();
    }
    const Json& sent = Member(answer, "transaction");
    if (!sent.is_array() || sent.empty() || !sent.front().is_string()) {
        return BadAnswer("a transaction's bytes");
    }
    auto bytes = crypto::Base64Decode(sent.front().get<std::string>());
    if (!bytes) {
        return BadAnswer("a transaction's bytes");
    }
    return std::optional(std::move(*bytes));
}

base::Result<std::optional<chain::Block>> NodeClient::BlockAt(std::uint64_t slot) const {
    BASE_ASSIGN_OR_RETURN(const Json answer, FindBlock(slot));
    if (answer.is_null()) {
        return std::optional<chain::Block>();
    }
    chain::Block block;
    block.height = slot;
    BASE_ASSIGN_OR_RETURN(const Pubkey hash, ReadKey(Member(answer, "blockhash"), "blockhash"));
    BASE_ASSIGN_OR_RETURN(const Pubkey parent,
                          ReadKey(Member(answer, "previousBlockhash"), "blockhash"));
    block.hash = hash.ToString();
    block.parent_hash = parent.ToString();
    const Json& time = Member(answer, "blockTime");
    if (time.is_number_integer() && time.get<std::int64_t>() >= 0 &&
        time.get<std::int64_t>() <= kSecondsMax) {
        block.time = base::Time(std::chrono::seconds(time.get<std::int64_t>()));
    }
    return std::optional(std::move(block));
}

base::Result<std::optional<BlockPlace>> NodeClient::PlaceOf(std::uint64_t slot) const {
    BASE_ASSIGN_OR_RETURN(const Json answer, FindBlock(slot));
    if (answer.is_null()) {
        return std::optional<BlockPlace>();
    }
    BlockPlace place;
    if (const auto parent = ReadNumber(Member(answer, "parentSlot"), "parent slot")) {
        place.parent_slot = *parent;
    }
    if (const auto height = ReadNumber(Member(answer, "blockHeight"), "block height")) {
        place.height = *height;
    }
    return std::optional(place);
}

base::Result<std::vector<std::uint64_t>> NodeClient::BlocksIn(std::uint64_t first,
                                                              std::uint64_t last) const {
    BASE_ASSIGN_OR_RETURN(
        const Json answer,
        node_.Call("getBlocks", Json::array({first, last, With(Commitment::kFinalized)})));
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(answer, "blocks"));
    std::vector<std::uint64_t> slots;
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(const std::uint64_t slot, ReadNumber(entry, "slot"));
        slots.push_back(slot);
    }
    return slots;
}

base::Result<TokenAccountsSeen> NodeClient::TokenAccounts(const Pubkey& owner,
                                                          const Pubkey& program) const {
    Json options = With(Commitment::kFinalized);
    options["encoding"] = "base64";
    options["dataSlice"] = {{"offset", 0}, {"length", 0}};
    const auto answer = node_.Call(
        "getTokenAccountsByOwner",
        Json::array({owner.ToString(), {{"programId", program.ToString()}}, std::move(options)}));
    TokenAccountsSeen seen;
    if (!answer) {
        for (const int code : kTooManyAccounts) {
            if (UpstreamCode(answer.error()) == code) {
                seen.all = false;
                return seen;
            }
        }
        return answer.error();
    }
    const Json& list = Member(*answer, "value");
    if (!list.is_array()) {
        return BadAnswer("token accounts");
    }
    for (const Json& entry : list) {
        if (seen.accounts.size() == kTokenAccountsMax) {
            seen.all = false;
            break;
        }
        BASE_ASSIGN_OR_RETURN(const Pubkey key, ReadKey(Member(entry, "pubkey"), "account"));
        seen.accounts.push_back(key);
    }
    return seen;
}

base::Result<Json> NodeClient::FindBlock(std::uint64_t slot) const {
    Json options = With(Commitment::kConfirmed);
    options["transactionDetails"] = "none";
    options["rewards"] = false;
    options["maxSupportedTransactionVersion"] = 0;
    return Find("getBlock", Json::array({slot, std::move(options)}));
}

base::Result<Json> NodeClient::Find(std::string_view method, Json parameters) const {
    BASE_ASSIGN_OR_RETURN(Json first, NullIfAbsent(node_.Call(method, parameters)));
    if (!first.is_null()) {
        return base::Result<Json>(boost::system::in_place_value, std::move(first));
    }
    for (auto& each : node_.CallEach(method, std::move(parameters))) {
        // A node that is silent now does not keep the word of the others from counting.
        auto answer = NullIfAbsent(std::move(each));
        if (answer && !answer->is_null()) {
            return answer;
        }
    }
    return base::Result<Json>(boost::system::in_place_value);
}

}  // namespace solana
