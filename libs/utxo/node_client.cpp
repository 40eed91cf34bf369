#include "utxo/node_client.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/clock.h"
#include "base/hex.h"
#include "base/text.h"
#include "money/amount.h"
#include "utxo/branch_id.h"
#include "utxo/fee.h"
#include "utxo/transaction.h"

namespace utxo {

namespace {

constexpr unsigned kCoinDecimals = 8;
constexpr std::size_t kTextMax = 300;
constexpr std::string_view kOutOfRange = "-8";
constexpr std::string_view kUnknown = "-5";
constexpr std::string_view kMisc = "-1";

const Json& Member(const Json& object, const char* key) {
    static const Json nothing;
    const auto found = object.find(key);
    return object.is_object() && found != object.end() ? *found : nothing;
}

base::Result<std::string> ReadText(const Json& value, std::string_view what) {
    if (!value.is_string()) {
        return BadAnswer(what);
    }
    return value.get<std::string>();
}

base::Result<std::uint64_t> ReadNumber(const Json& value, std::string_view what) {
    if (value.is_number_unsigned()) {
        return value.get<std::uint64_t>();
    }
    if (!value.is_string()) {
        return BadAnswer(what);
    }
    const auto number = base::ParseUnsigned<std::uint64_t>(value.get<std::string>(), INT64_MAX);
    if (!number) {
        return BadAnswer(what);
    }
    return *number;
}

base::Result<std::uint32_t> ReadNumber32(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const std::uint64_t number, ReadNumber(value, what));
    if (number > UINT32_MAX) {
        return BadAnswer(what);
    }
    return static_cast<std::uint32_t>(number);
}

// 64 hex digits in display order, lower case.
base::Result<std::string> ReadHash(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const std::string text, ReadText(value, what));
    const auto hash = ParseTxHash(text);
    if (!hash) {
        return BadAnswer(what);
    }
    return TxHashText(*hash);
}

base::Result<std::uint64_t> ReadCoins(const Json& value) {
    BASE_ASSIGN_OR_RETURN(const std::string text, ReadText(value, "an amount"));
    const auto units = money::ParseDecimal(text, kCoinDecimals, money::UInt256(kMoneyMax));
    if (!units) {
        return BadAnswer("an amount");
    }
    return units->ToUint64();
}

// Zebra's "value" is a binary fraction and can have an exponent; its units are beside it.
base::Result<std::uint64_t> ReadAmount(const Json& output) {
    if (!output.contains("valueZat")) {
        return ReadCoins(Member(output, "value"));
    }
    BASE_ASSIGN_OR_RETURN(const std::uint64_t units,
                          ReadNumber(Member(output, "valueZat"), "an amount"));
    if (units > kMoneyMax) {
        return BadAnswer("an amount");
    }
    return units;
}

base::Result<chain::Block> ReadHeader(const Json& answer) {
    chain::Block block;
    BASE_ASSIGN_OR_RETURN(block.hash, ReadHash(Member(answer, "hash"), "a block hash"));
    BASE_ASSIGN_OR_RETURN(block.height, ReadNumber(Member(answer, "height"), "a height"));
    if (block.height > 0) {
        BASE_ASSIGN_OR_RETURN(block.parent_hash,
                              ReadHash(Member(answer, "previousblockhash"), "a parent's hash"));
    }
    BASE_ASSIGN_OR_RETURN(const std::uint64_t seconds,
                          ReadNumber(Member(answer, "time"), "a block's time"));
    block.time = base::Time(std::chrono::seconds(std::min<std::uint64_t>(seconds, UINT32_MAX)));
    return block;
}

base::Result<NodeInput> ReadInput(const Json& value) {
    NodeInput input;
    input.coinbase = Member(value, "coinbase").is_string();
    if (!input.coinbase) {
        BASE_ASSIGN_OR_RETURN(input.tx_hash, ReadHash(Member(value, "txid"), "an input"));
        BASE_ASSIGN_OR_RETURN(input.index, ReadNumber32(Member(value, "vout"), "an input"));
    }
    return input;
}

base::Result<NodeOutput> ReadOutput(const Json& value) {
    NodeOutput output;
    BASE_ASSIGN_OR_RETURN(output.index, ReadNumber32(Member(value, "n"), "an output"));
    BASE_ASSIGN_OR_RETURN(output.amount, ReadAmount(value));
    BASE_ASSIGN_OR_RETURN(
        const std::string script,
        ReadText(Member(Member(value, "scriptPubKey"), "hex"), "an output's script"));
    auto bytes = base::HexDecode(script);
    if (!bytes) {
        return BadAnswer("an output's script");
    }
    output.script = std::move(*bytes);
    return output;
}

// A list that is missing would look like nothing paid and nothing spent.
base::Result<const Json*> ReadList(const Json& value, std::string_view what) {
    if (!value.is_array()) {
        return BadAnswer(what);
    }
    return &value;
}

base::Result<NodeTx> ReadTx(const Json& value) {
    NodeTx read;
    BASE_ASSIGN_OR_RETURN(read.tx_hash, ReadHash(Member(value, "txid"), "a transaction's hash"));
    BASE_ASSIGN_OR_RETURN(const Json* inputs, ReadList(Member(value, "vin"), "inputs"));
    for (const Json& entry : *inputs) {
        BASE_ASSIGN_OR_RETURN(NodeInput input, ReadInput(entry));
        read.inputs.push_back(std::move(input));
    }
    BASE_ASSIGN_OR_RETURN(const Json* outputs, ReadList(Member(value, "vout"), "outputs"));
    for (const Json& entry : *outputs) {
        BASE_ASSIGN_OR_RETURN(NodeOutput output, ReadOutput(entry));
        if (output.index != read.outputs.size()) {
            return BadAnswer("an output's place");
        }
        read.outputs.push_back(std::move(output));
    }
    const Json& hex = Member(value, "hex");
    read.hex = hex.is_string() ? hex.get<std::string>() : "";
    return read;
}

bool HasCode(const base::Error& error, std::string_view code) {
    const auto found = error.metadata.find("code");
    return error.reason == "node_rejected" && found != error.metadata.end() &&
           found->second == code;
}

// bitcoind: "Block not available (pruned data)".
bool IsPruned(const base::Error& error) {
    return HasCode(error, kMisc) && UpstreamText(error).find("pruned") != std::string::npos;
}

base::Error Pruned() {
    return base::FailedPrecondition("block_pruned",
                                    "the node has pruned its old blocks, the next one to be read "
                                    "among them; a node that keeps all blocks is needed");
}

}  // namespace

base::Error BadAnswer(std::string_view what) {
    return base::Unavailable("node_unavailable",
                             "the node's answer has no usable form: " + std::string(what));
}

std::string UpstreamText(const base::Error& error) {
    const auto found = error.metadata.find("upstream");
    std::string text = found == error.metadata.end() ? error.detail : found->second;
    text.resize(std::min(text.size(), kTextMax));
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return letter < ' ' || letter > '~'; }, '?');
    return text;
}

base::Result<std::string> NodeClient::NewestHash() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("getbestblockhash", Json::array()));
    return ReadHash(answer, "the newest block's hash");
}

base::Result<std::optional<std::string>> NodeClient::HashAt(std::uint64_t height) const {
    if (height > INT32_MAX) {
        return std::optional<std::string>();
    }
    const auto answer = node_.Call("getblockhash", Json::array({height}));
    if (!answer) {
        return HasCode(answer.error(), kOutOfRange)
                   ? base::Result<std::optional<std::string>>(std::optional<std::string>())
                   : answer.error();
    }
    BASE_ASSIGN_OR_RETURN(std::string hash, ReadHash(*answer, "a block hash"));
    return std::optional(std::move(hash));
}

base::Result<chain::Block> NodeClient::HeaderOf(const std::string& hash) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("getblockheader", Json::array({hash, true})));
    BASE_ASSIGN_OR_RETURN(chain::Block block, ReadHeader(answer));
    if (block.hash != hash) {
        return BadAnswer("another block");
    }
    return block;
}

base::Result<NodeBlock> NodeClient::BlockOf(const std::string& hash) const {
    const auto told = node_.Call("getblock", Json::array({hash, 2}));
    if (!told) {
        return IsPruned(told.error()) ? Pruned() : told.error();
    }
    const Json& answer = *told;
    NodeBlock read;
    BASE_ASSIGN_OR_RETURN(read.block, ReadHeader(answer));
    if (read.block.hash != hash || !Member(answer, "tx").is_array()) {
        return BadAnswer("another block");
    }
    for (const Json& entry : Member(answer, "tx")) {
        BASE_ASSIGN_OR_RETURN(NodeTx transaction, ReadTx(entry));
        read.transactions.push_back(std::move(transaction));
    }
    return read;
}

base::Result<std::optional<NodeTxPlace>> NodeClient::FindTx(const std::string& tx_hash,
                                                            const std::string& block_hash) const {
    using Found = std::optional<NodeTxPlace>;
    Json parameters = Json::array({tx_hash, 1});
    if (!block_hash.empty()) {
        parameters.push_back(block_hash);
    }
    const auto answer = node_.Call("getrawtransaction", std::move(parameters));
    if (!answer) {
        return HasCode(answer.error(), kUnknown) ? base::Result<Found>(Found()) : answer.error();
    }
    NodeTxPlace place;
    BASE_ASSIGN_OR_RETURN(place.transaction, ReadTx(*answer));
    if (place.transaction.tx_hash != tx_hash) {
        return BadAnswer("another transaction");
    }
    const Json& block = Member(*answer, "blockhash");
    if (block.is_string()) {
        // Without confirmations its block has left the main chain.
        const auto deep = ReadNumber(Member(*answer, "confirmations"), "confirmations");
        if (!deep || *deep == 0) {
            return Found();
        }
        BASE_ASSIGN_OR_RETURN(place.block_hash, ReadHash(block, "a block hash"));
    }
    return Found(std::move(place));
}

base::Result<std::vector<std::string>> NodeClient::PoolHashes() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("getrawmempool", Json::array()));
    BASE_ASSIGN_OR_RETURN(const Json* list, ReadList(answer, "the memory pool"));
    std::vector<std::string> hashes;
    hashes.reserve(list->size());
    for (const Json& entry : *list) {
        BASE_ASSIGN_OR_RETURN(std::string hash, ReadHash(entry, "a transaction's hash"));
        hashes.push_back(std::move(hash));
    }
    return hashes;
}

base::Result<std::string> NodeClient::SendRaw(base::ByteView raw) const {
    BASE_ASSIGN_OR_RETURN(const Json answer,
                          node_.Call("sendrawtransaction", Json::array({base::HexEncode(raw)})));
    return ReadHash(answer, "a transaction's hash");
}

base::Result<std::optional<std::uint64_t>> NodeClient::EstimateRate(std::uint32_t blocks) const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("estimatesmartfee", Json::array({blocks})));
    const Json& rate = Member(answer, "feerate");
    if (!rate.is_string()) {
        return std::optional<std::uint64_t>();
    }
    const auto parsed = ParseNodeFeeRate(rate.get<std::string>());
    return parsed ? std::optional(*parsed) : std::nullopt;
}

base::Result<NextRules> NodeClient::ReadNextRules() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("getblockchaininfo", Json::array()));
    BASE_ASSIGN_OR_RETURN(
        const std::string text,
        ReadText(Member(Member(answer, "consensus"), "nextblock"), "the next block's rules"));
    NextRules rules;
    BASE_ASSIGN_OR_RETURN(rules.branch_id, ParseBranchId(text));
    return rules;
}

base::Result<std::string> NodeClient::ClientVersion() const {
    BASE_ASSIGN_OR_RETURN(const Json answer, node_.Call("getnetworkinfo", Json::array()));
    BASE_ASSIGN_OR_RETURN(std::string version,
                          ReadText(Member(answer, "subversion"), "the node's version"));
    version.resize(std::min<std::size_t>(version.size(), 100));
    std::erase_if(version, [](char letter) { return letter < ' ' || letter > '~'; });
    return version;
}

}  // namespace utxo
