#include <CLI/CLI.hpp>

#include "cryptoctl/commands/commands.h"

namespace cryptoctl {

namespace {

struct WalletOptions {
    std::string chain;
    std::string label;
    std::string format = "private_key";
    std::string amount;
};

void ShowBalances(const Json& balances) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& [chain, entry] : balances.items()) {
        rows.push_back({chain,
                        TextOf(entry, "balance"),
                        TextOf(entry, "currency"),
                        TextOf(entry, "address"),
                        entry.contains("error") ? TextOf(entry, "error") : ""});
    }
    PrintTable({"CHAIN", "BALANCE", "", "ADDRESS", ""}, rows);
}

void ShowWallets(const Json& page) {
    std::vector<std::vector<std::string>> rows;
    for (const Json& wallet : page.at("data")) {
        rows.push_back({TextOf(wallet, "chain"),
                        TextOf(wallet, "address"),
                        TextOf(wallet, "kind"),
                        TextOf(wallet, "label"),
                        TextOf(wallet, "wallet_id")});
    }
    PrintTable({"CHAIN", "ADDRESS", "KIND", "LABEL", "ID"}, rows);
}

int Create(Context& context, const WalletOptions& options) {
    Json body = Json::object();
    if (!options.label.empty()) {
        body["label"] = options.label;
    }
    const Ask ask{net::Method::kPost, "/api/v1/" + options.chain + "/wallet", body};
    return context.Run(ask, [&](const Json& wallet) {
        context.Print(TextOf(wallet, "address"));
        if (wallet.value("backup_due", false)) {
            context.Print("back its mnemonic up: cryptoctl wallet export " + options.chain +
                          " --format mnemonic");
        }
    });
}

int Export(Context& context, const WalletOptions& options) {
    Json body{{"format", options.format}, {"password", ReadPassword("Password")}};
    AddTotp(body);
    const Ask ask{
        net::Method::kPost, "/api/v1/" + options.chain + "/wallet/export", std::move(body)};
    return context.Run(
        ask, [&](const Json& key) { context.Print(TextOf(key, TextOf(key, "format").c_str())); });
}

int Faucet(Context& context, const WalletOptions& options) {
    Json body = Json::object();
    if (!options.amount.empty()) {
        body["amount"] = options.amount;
    }
    const Ask ask{net::Method::kPost, "/api/v1/" + options.chain + "/faucet", body};
    return context.Run(ask, [&](const Json& gift) {
        context.Print(TextOf(gift, "amount") + " " + TextOf(gift, "currency") + " to " +
                      TextOf(gift, "address") + " in " + TextOf(gift, "tx_hash"));
    });
}

}  // namespace

void AddWalletCommands(CLI::App& app, Context& context) {
    static WalletOptions options;
    auto* wallet = app.add_subcommand("wallet", "Wallets and balances");
    wallet->require_subcommand(1);
    wallet->add_subcommand("balances", "The balance on every chain")->callback([&context] {
        context.action = [&context] {
            const Ask ask{net::Method::kGet, "/api/v1/wallet/balances"};
            return context.Run(ask, ShowBalances);
        };
    });
    wallet->add_subcommand("list", "All wallets")->callback([&context] {
        context.action = [&context] {
            const Ask ask{net::Method::kGet, "/api/v1/wallet"};
            return context.Run(ask, ShowWallets);
        };
    });
    auto* create = wallet->add_subcommand("create", "Make the default wallet of a chain");
    create->add_option("chain", options.chain)->required();
    create->add_option("--label", options.label);
    create->callback(
        [&context] { context.action = [&context] { return Create(context, options); }; });
    auto* exports = wallet->add_subcommand("export", "Print a key; the password is asked for");
    exports->add_option("chain", options.chain)->required();
    exports->add_option("--format", options.format, "private_key or mnemonic")
        ->capture_default_str();
    exports->callback(
        [&context] { context.action = [&context] { return Export(context, options); }; });
    auto* faucet = wallet->add_subcommand("faucet", "Ask for test coins");
    faucet->add_option("chain", options.chain)->required();
    faucet->add_option("amount", options.amount);
    faucet->callback(
        [&context] { context.action = [&context] { return Faucet(context, options); }; });
}

}  // namespace cryptoctl
