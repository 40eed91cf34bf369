#include "transfer/plan_json.h"

#include <array>
#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>

namespace transfer {

namespace {

using nlohmann::json;

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

// The JSON library throws on a missing or mistyped field; ReadChecked turns it into an error.
class BadRecord : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class Parse>
auto ReadChecked(std::string_view text, Parse parse)
    -> base::Result<decltype(parse(std::declval<const json&>()))> {
    try {
        return parse(json::parse(text));
    } catch (const std::exception& failure) {
        return base::MakeError(base::ErrorKind::kDataLoss, "bad_record", failure.what());
    }
}

money::UInt256 Units(const json& value) {
    const auto parsed = money::UInt256::Parse(value.get<std::string>());
    if (!parsed) {
        throw BadRecord("an amount is not a decimal number");
    }
    return *parsed;
}

std::optional<money::UInt256> OptionalUnits(const json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) {
        return std::nullopt;
    }
    return Units(*found);
}

void PutOptional(json& object, const char* key, const std::optional<money::UInt256>& value) {
    if (value) {
        object[key] = value->ToDecimal();
    }
}

constexpr std::array<std::pair<chain::TransferMode, const char*>, 3> kModes = {{
    {chain::TransferMode::kExact, "exact"},
    {chain::TransferMode::kSubtractFee, "subtract_fee"},
    {chain::TransferMode::kAll, "all"},
}};

constexpr std::array<std::pair<chain::Speed, const char*>, 3> kSpeeds = {{
    {chain::Speed::kSlow, "slow"},
    {chain::Speed::kNormal, "normal"},
    {chain::Speed::kFast, "fast"},
}};

template <class Names, class Value>
const char* NameOf(const Names& names, Value value) {
    for (const auto& [entry, name] : names) {
        if (entry == value) {
            return name;
        }
    }
    throw BadRecord("a value has no name");
}

template <class Names>
auto ValueOf(const Names& names, const json& text) {
    const auto wanted = text.get<std::string>();
    for (const auto& [entry, name] : names) {
        if (wanted == name) {
            return entry;
        }
    }
    throw BadRecord("unknown name " + wanted);
}

json Assets(const money::Asset& asset) {
    return {{"network", asset.network},
            {"contract", asset.contract},
            {"program", asset.program},
            {"symbol", asset.symbol},
            {"decimals", asset.decimals}};
}

money::Asset AssetOf(const json& value) {
    money::Asset asset;
    asset.network = value.at("network").get<std::string>();
    asset.contract = value.at("contract").get<std::string>();
    asset.program = value.at("program").get<std::string>();
    asset.symbol = value.at("symbol").get<std::string>();
    asset.decimals = value.at("decimals").get<unsigned>();
    return asset;
}

json RecipientList(const std::vector<chain::Recipient>& recipients) {
    json list = json::array();
    for (const chain::Recipient& recipient : recipients) {
        list.push_back({{"address", recipient.address}, {"amount", recipient.amount.ToDecimal()}});
    }
    return list;
}

std::vector<chain::Recipient> RecipientsOf(const json& list) {
    std::vector<chain::Recipient> recipients;
    for (const json& entry : list) {
        recipients.push_back({entry.at("address").get<std::string>(), Units(entry.at("amount"))});
    }
    return recipients;
}

json SwapJson(const chain::Swap& swap) {
    json hops = json::array();
    for (const chain::SwapHop& hop : swap.hops) {
        hops.push_back({{"token", hop.token}, {"fee", hop.fee}});
    }
    return {{"protocol", swap.protocol},
            {"hops", std::move(hops)},
            {"native_in", swap.native_in},
            {"native_out", swap.native_out},
            {"amount_in", swap.amount_in.ToDecimal()},
            {"amount_out_min", swap.amount_out_min.ToDecimal()},
            {"deadline_ms", swap.deadline.time_since_epoch().count()}};
}

chain::Swap SwapOf(const json& value) {
    chain::Swap swap;
    swap.protocol = value.at("protocol").get<std::string>();
    for (const json& hop : value.at("hops")) {
        swap.hops.push_back(
            {hop.at("token").get<std::string>(), hop.at("fee").get<std::uint32_t>()});
    }
    swap.native_in = value.at("native_in").get<bool>();
    swap.native_out = value.at("native_out").get<bool>();
    swap.amount_in = Units(value.at("amount_in"));
    swap.amount_out_min = Units(value.at("amount_out_min"));
    swap.deadline =
        base::Time(std::chrono::milliseconds(value.at("deadline_ms").get<std::int64_t>()));
    return swap;
}

json ActionJson(const chain::Action& action) {
    json object = std::visit(
        Overloaded{
            [](const chain::Transfer& transfer) -> json {
                return {{"recipients", RecipientList(transfer.recipients)},
                        {"mode", NameOf(kModes, transfer.mode)},
                        {"accept_off_curve", transfer.accept_off_curve}};
            },
            [](const chain::Approve& approve) -> json {
                return {{"spender", approve.spender}, {"amount", approve.amount.ToDecimal()}};
            },
            [](const chain::Revoke& revoke) -> json {
                return {{"spender", revoke.spender}};
            },
            [](const chain::Swap& swap) -> json { return SwapJson(swap); },
            [](const chain::Wrap& wrap) -> json {
                return {{"amount", wrap.amount.ToDecimal()}};
            },
            [](const chain::Unwrap& unwrap) -> json {
                return {{"amount", unwrap.amount.ToDecimal()}};
            },
            [](const chain::Cpfp& cpfp) -> json {
                return {{"parent", cpfp.parent_tx_hash}};
            },
        },
        action);
    object["type"] = ActionName(action);
    return object;
}

chain::Action ActionOf(const json& value) {
    const auto type = value.at("type").get<std::string>();
    if (type == "transfer") {
        return chain::Transfer{RecipientsOf(value.at("recipients")),
                               ValueOf(kModes, value.at("mode")),
                               value.value("accept_off_curve", false)};
    }
    if (type == "approve") {
        return chain::Approve{value.at("spender").get<std::string>(), Units(value.at("amount"))};
    }
    if (type == "revoke") {
        return chain::Revoke{value.at("spender").get<std::string>()};
    }
    if (type == "swap") {
        return SwapOf(value);
    }
    if (type == "wrap") {
        return chain::Wrap{Units(value.at("amount"))};
    }
    if (type == "unwrap") {
        return chain::Unwrap{Units(value.at("amount"))};
    }
    if (type == "cpfp") {
        return chain::Cpfp{value.at("parent").get<std::string>()};
    }
    throw BadRecord("unknown action " + type);
}

json FeeJson(const chain::FeeWish& wish) {
    json object = {{"speed", NameOf(kSpeeds, wish.speed)}};
    std::visit(Overloaded{
                   [](const std::monostate&) {},
                   [&](const chain::EvmFeeWish& evm) {
                       json figure = json::object();
                       PutOptional(figure, "gas_price", evm.gas_price);
                       PutOptional(figure, "max_fee", evm.max_fee_per_gas);
                       PutOptional(figure, "priority_fee", evm.max_priority_fee_per_gas);
                       object["evm"] = std::move(figure);
                   },
                   [&](const chain::UtxoFeeWish& utxo) {
                       object["utxo"] = {{"rate_milli_per_vbyte", utxo.rate_milli_per_vbyte}};
                   },
                   [&](const chain::SolanaFeeWish& solana) {
                       object["solana"] = {{"compute_unit_price", solana.compute_unit_price}};
                   },
               },
               wish.figure);
    return object;
}

chain::FeeWish FeeOf(const json& value) {
    chain::FeeWish wish;
    wish.speed = ValueOf(kSpeeds, value.at("speed"));
    if (value.contains("evm")) {
        const json& figure = value.at("evm");
        wish.figure = chain::EvmFeeWish{OptionalUnits(figure, "gas_price"),
                                        OptionalUnits(figure, "max_fee"),
                                        OptionalUnits(figure, "priority_fee")};
    } else if (value.contains("utxo")) {
        wish.figure =
            chain::UtxoFeeWish{value.at("utxo").at("rate_milli_per_vbyte").get<std::uint64_t>()};
    } else if (value.contains("solana")) {
        wish.figure =
            chain::SolanaFeeWish{value.at("solana").at("compute_unit_price").get<std::uint64_t>()};
    }
    return wish;
}

chain::Plan PlanOf(const json& value) {
    chain::Plan plan;
    plan.from = value.at("from").get<std::string>();
    plan.asset = AssetOf(value.at("asset"));
    plan.action = ActionOf(value.at("action"));
    plan.fee = FeeOf(value.at("fee"));
    plan.fee_cap = Units(value.at("fee_cap"));
    plan.memo = value.at("memo").get<std::string>();
    return plan;
}

json CoinList(const std::vector<chain::Coin>& coins) {
    json list = json::array();
    for (const chain::Coin& coin : coins) {
        list.push_back(
            {{"tx", coin.tx_hash}, {"output", coin.index}, {"amount", coin.amount.ToDecimal()}});
    }
    return list;
}

std::vector<chain::Coin> CoinsOf(const json& list) {
    std::vector<chain::Coin> coins;
    for (const json& entry : list) {
        coins.push_back({entry.at("tx").get<std::string>(),
                         entry.at("output").get<std::uint32_t>(),
                         Units(entry.at("amount"))});
    }
    return coins;
}

chain::Quote QuoteOf(const json& value) {
    chain::Quote quote;
    quote.amount = Units(value.at("amount"));
    quote.native_value = Units(value.at("native_value"));
    quote.fee_expected = Units(value.at("fee_expected"));
    quote.fee_max = Units(value.at("fee_max"));
    quote.terms = value.at("terms").get<std::string>();
    quote.warnings = value.at("warnings").get<std::vector<std::string>>();
    if (value.contains("coins")) {
        quote.coins = CoinsOf(value.at("coins"));
    }
    return quote;
}

}  // namespace

std::string WritePlan(const chain::Plan& plan) {
    return json{{"from", plan.from},
                {"asset", Assets(plan.asset)},
                {"action", ActionJson(plan.action)},
                {"fee", FeeJson(plan.fee)},
                {"fee_cap", plan.fee_cap.ToDecimal()},
                {"memo", plan.memo}}
        .dump();
}

std::string WriteQuote(const chain::Quote& quote) {
    return json{{"amount", quote.amount.ToDecimal()},
                {"native_value", quote.native_value.ToDecimal()},
                {"fee_expected", quote.fee_expected.ToDecimal()},
                {"fee_max", quote.fee_max.ToDecimal()},
                {"terms", quote.terms},
                {"warnings", quote.warnings},
                {"coins", CoinList(quote.coins)}}
        .dump();
}

std::string WriteFeeWish(const chain::FeeWish& wish) {
    return FeeJson(wish).dump();
}

base::Result<chain::Plan> ReadPlan(std::string_view text) {
    return ReadChecked(text, PlanOf);
}

base::Result<chain::Quote> ReadQuote(std::string_view text) {
    return ReadChecked(text, QuoteOf);
}

base::Result<chain::FeeWish> ReadFeeWish(std::string_view text) {
    return ReadChecked(text, FeeOf);
}

std::string_view ActionName(const chain::Action& action) {
    return std::visit(Overloaded{
                          [](const chain::Transfer&) -> std::string_view { return "transfer"; },
                          [](const chain::Approve&) -> std::string_view { return "approve"; },
                          [](const chain::Revoke&) -> std::string_view { return "revoke"; },
                          [](const chain::Swap&) -> std::string_view { return "swap"; },
                          [](const chain::Wrap&) -> std::string_view { return "wrap"; },
                          [](const chain::Unwrap&) -> std::string_view { return "unwrap"; },
                          [](const chain::Cpfp&) -> std::string_view { return "cpfp"; },
                      },
                      action);
}

std::string WriteRecipients(const chain::Plan& plan) {
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    return RecipientList(transfer == nullptr ? std::vector<chain::Recipient>()
                                             : transfer->recipients)
        .dump();
}

base::Result<std::vector<chain::Recipient>> ReadRecipients(std::string_view text) {
    return ReadChecked(text, RecipientsOf);
}

}  // namespace transfer
