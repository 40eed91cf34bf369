#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/ids.h"
#include "cryptoctl/commands/commands.h"
#include "net/http_message.h"

namespace cryptoctl {

namespace {

constexpr std::chrono::milliseconds kPollTime{500};

struct PaymentOptions {
    std::string chain;
    std::string to;
    std::string amount;
    std::map<std::string, std::string> texts;  // optional fields by their API name
    std::string key;
    bool dry_run = false;
    bool subtract_fee = false;
    bool allow_duplicate = false;
    bool accept_unlisted = false;
    bool after_restore = false;
    unsigned wait_seconds = 0;
    std::string id;
    std::string method;
    bool list = false;
    std::string status;
    unsigned limit = 20;
};

void ShowPayment(const Json& payment) {
    std::vector<std::vector<std::string>> rows;
    for (const char* name : {"id",
                             "status",
                             "reason",
                             "tx_hash",
                             "from",
                             "to",
                             "value",
                             "currency",
                             "fee_paid",
                             "confirmations",
                             "approval_id"}) {
        if (payment.contains(name) && !payment[name].is_null()) {
            rows.push_back({name, TextOf(payment, name)});
        }
    }
    PrintTable({"PAYMENT", ""}, rows);
}

void ShowEstimate(const Json& estimate) {
    std::vector<std::vector<std::string>> rows;
    for (const char* name : {"from", "fee", "fee_max", "fee_cap", "total", "balance_after"}) {
        rows.push_back({name, TextOf(estimate, name)});
    }
    for (const Json& warning : estimate.value("warnings", Json::array())) {
        rows.push_back({"warning", TextOf(warning, "detail")});
    }
    PrintTable({"DRY RUN", ""}, rows);
}

Json BodyOf(const PaymentOptions& options) {
    Json body{{"to", options.to}, {"amount", options.amount}};
    for (const auto& [name, value] : options.texts) {
        if (!value.empty()) {
            body[name] = value;
        }
    }
    if (options.subtract_fee) {
        body["subtract_fee"] = true;
    }
    if (options.allow_duplicate) {
        body["allow_duplicate"] = true;
    }
    if (options.accept_unlisted) {
        body["accept_unlisted"] = true;
    }
    if (options.after_restore) {
        body["after_restore"] = true;
    }
    return body;
}

// Polls until the payment is final or has failed. The last state seen.
std::optional<Json> WaitForEnd(Context& context,
                               Json payment,
                               const PaymentOptions& options,
                               int& code) {
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::seconds(options.wait_seconds);
    const Ask ask{net::Method::kGet, "/api/v1/wallet/transactions/" + TextOf(payment, "id")};
    while (std::chrono::steady_clock::now() < until) {
        const std::string status = TextOf(payment, "status");
        if (status != "pending" && status != "confirmed") {
            break;
        }
        std::this_thread::sleep_for(kPollTime);
        auto next = context.Get(ask, code);
        if (!next) {
            return std::nullopt;
        }
        payment = std::move(*next);
    }
    return payment;
}

int Send(Context& context, const PaymentOptions& options) {
    Ask ask{net::Method::kPost,
            "/api/v1/" + net::PercentEncode(options.chain) + "/send",
            BodyOf(options)};
    if (options.dry_run) {
        ask.path += "?dry_run=true";
        return context.Run(ask, ShowEstimate);
    }
    // A key of its own, shown where the outcome is unknown, so that the very payment can be
    // repeated.
    ask.idempotency_key = options.key.empty() ? base::FormatUuid(base::RandomUuid()) : options.key;
    int code = kDone;
    auto payment = context.Get(ask, code);
    if (!payment) {
        if (code == kUnavailable) {
            std::cerr << "  repeat safely with: --key " << ask.idempotency_key << '\n';
        }
        return code;
    }
    if (options.wait_seconds > 0) {
        payment = WaitForEnd(context, std::move(*payment), options, code);
        if (!payment) {
            return code;
        }
    }
    if (context.json) {
        context.Print(payment->dump(2));
    } else {
        ShowPayment(*payment);
    }
    const std::string status = TextOf(*payment, "status");
    return status == "failed" || status == "expired" ? kFailed : kDone;
}

int ShowTransaction(Context& context, const PaymentOptions& options) {
    const bool is_id = options.id.starts_with("tx_") || base::ParseUuid(options.id).has_value();
    if (!is_id && options.chain.empty()) {
        return context.Complain(base::InvalidArgument(
            "invalid_request", "a transaction hash needs --chain; a payment's id does not"));
    }
    const std::string path = is_id ? "/api/v1/wallet/transactions/" + net::PercentEncode(options.id)
                                   : "/api/v1/" + net::PercentEncode(options.chain) + "/tx/" +
                                         net::PercentEncode(options.id);
    return context.Run({net::Method::kGet, path}, ShowPayment);
}

int ListTransactions(Context& context, const PaymentOptions& options) {
    std::string path = "/api/v1/wallet/transactions?limit=" + std::to_string(options.limit);
    if (!options.chain.empty()) {
        path += "&chain=" + net::PercentEncode(options.chain);
    }
    if (!options.status.empty()) {
        path += "&status=" + net::PercentEncode(options.status);
    }
    return context.Run({net::Method::kGet, path}, [](const Json& page) {
        std::vector<std::vector<std::string>> rows;
        for (const Json& payment : page.at("data")) {
            rows.push_back({TextOf(payment, "created_at"),
                            TextOf(payment, "direction"),
                            TextOf(payment, "value") + " " + TextOf(payment, "currency"),
                            TextOf(payment, "status"),
                            TextOf(payment, "to"),
                            TextOf(payment, "id")});
        }
        PrintTable({"TIME", "", "AMOUNT", "STATUS", "TO", "ID"}, rows);
    });
}

// `what`: speed-up or cancel.
int Bump(Context& context, const PaymentOptions& options, const std::string& what) {
    Ask ask{net::Method::kPost,
            "/api/v1/" + net::PercentEncode(options.chain) + "/tx/" +
                net::PercentEncode(options.id) + "/" + what,
            Json::object()};
    for (const auto& [name, value] : options.texts) {
        if (!value.empty()) {
            ask.body[name] = value;
        }
    }
    if (!options.method.empty()) {
        ask.body["method"] = options.method;
    }
    ask.idempotency_key = options.key.empty() ? base::FormatUuid(base::RandomUuid()) : options.key;
    return context.Run(ask, ShowPayment);
}

using FieldHelp = std::pair<const char*, const char*>;

void AddFields(CLI::App& command, PaymentOptions& options, const std::vector<FieldHelp>& fields) {
    for (const auto& [name, help] : fields) {
        std::string flag = "--" + std::string(name);
        std::replace(flag.begin() + 2, flag.end(), '_', '-');
        command.add_option(flag, options.texts[name], help);
    }
    command.add_option("--key", options.key, "Idempotency key; one is made where it is absent");
}

std::vector<FieldHelp> FeeFields() {
    return {{"speed", "slow, normal or fast"},
            {"fee_cap", "The most the fee may be, in native coins"},
            {"gas_price_gwei", "Ethereum and BNB: a legacy transaction at this price"},
            {"max_fee_gwei", "Ethereum and BNB"},
            {"priority_fee_gwei", "Ethereum and BNB"},
            {"fee_rate", "Bitcoin and Zcash: base units a virtual byte"},
            {"priority_fee", "Solana: micro-lamports a compute unit"}};
}

void AddBump(CLI::App& app,
             Context& context,
             PaymentOptions& options,
             const std::string& what,
             const std::string& help) {
    auto* bump = app.add_subcommand(what, help);
    bump->add_option("chain", options.chain, "ethereum, bitcoin, binance")->required();
    bump->add_option("id", options.id, "The payment's hash, or its id before it has one")
        ->required();
    AddFields(*bump, options, FeeFields());
    if (what == "speed-up") {
        bump->add_option("--method", options.method, "replace, or cpfp: its change pays (Bitcoin)");
    }
    bump->callback(
        [&, what] { context.action = [&, what] { return Bump(context, options, what); }; });
}

void AddSend(CLI::App& app, Context& context, PaymentOptions& options) {
    auto* send = app.add_subcommand("send", "Pay somebody");
    send->add_option("chain", options.chain, "ethereum, bitcoin, zcash, binance, solana")
        ->required();
    send->add_option("to", options.to, "The recipient's address")->required();
    send->add_option("amount", options.amount, "Coins, such as 0.1, or all")->required();
    std::vector<FieldHelp> fields = FeeFields();
    fields.insert(fields.begin(),
                  {{"token", "Contract or mint instead of the native coin"},
                   {"memo", "Kept with the payment"},
                   {"wallet_id", "Pay from this wallet"}});
    AddFields(*send, options, fields);
    send->add_flag("--dry-run", options.dry_run, "Show the cost, pay nothing");
    send->add_flag("--subtract-fee", options.subtract_fee, "The recipient pays the fee");
    send->add_flag("--allow-duplicate", options.allow_duplicate);
    send->add_flag("--accept-unlisted", options.accept_unlisted, "Pay with an unlisted token");
    send->add_flag("--after-restore",
                   options.after_restore,
                   "A new payment, although the database was restored");
    send->add_option("--wait", options.wait_seconds, "Seconds to wait until it is final");
    send->callback([&] { context.action = [&] { return Send(context, options); }; });
}

}  // namespace

void AddPaymentCommands(CLI::App& app, Context& context) {
    static PaymentOptions options;
    AddSend(app, context, options);
    AddBump(app, context, options, "speed-up", "Pay a higher fee for a payment under way");
    AddBump(app, context, options, "cancel", "Replace a payment under way by one to yourself");
    auto* tx = app.add_subcommand("tx", "One payment by its id or hash, or all with --list");
    tx->add_option("id", options.id, "tx_..., or a hash with --chain");
    tx->add_option("--chain", options.chain);
    tx->add_flag("--list", options.list, "List payments, newest first");
    tx->add_option("--status", options.status, "With --list: only these");
    tx->add_option("--limit", options.limit)->check(CLI::Range(1, 100));
    tx->callback([&context] {
        context.action = [&context] {
            const bool list = options.list || options.id.empty();
            return list ? ListTransactions(context, options) : ShowTransaction(context, options);
        };
    });
}

}  // namespace cryptoctl
