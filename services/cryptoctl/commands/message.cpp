#include <fstream>
#include <iterator>

#include <CLI/CLI.hpp>

#include "cryptoctl/commands/commands.h"
#include "net/http_message.h"

namespace cryptoctl {

namespace {

struct MessageOptions {
    std::string chain;
    std::string message;
    std::string file;
    std::string format;
    std::string wallet;
    std::string address;
    std::string signature;
    std::string contract;
    std::string primary_type;
    std::string id;
    bool hex = false;
    bool wanted = false;
};

// `message` or the typed data of the file, as the API takes them. Errors: `bad_json`,
// `invalid_request`.
base::Result<Json> BodyOf(const MessageOptions& options) {
    if (options.file.empty() && options.message.empty()) {
        return base::InvalidArgument("invalid_request", "give a message, or --typed-data FILE");
    }
    Json body = Json::object();
    if (!options.format.empty()) {
        body["format"] = options.format;
    }
    if (options.file.empty()) {
        body["message"] = options.message;
        if (options.hex) {
            body["encoding"] = "hex";
        }
        return {boost::system::in_place_value, std::move(body)};
    }
    std::ifstream file(options.file);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    Json typed_data = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!typed_data.is_object()) {
        return base::InvalidArgument("bad_json", "the file holds no typed data (JSON)");
    }
    body["typed_data"] = std::move(typed_data);
    return {boost::system::in_place_value, std::move(body)};
}

int Sign(Context& context, const MessageOptions& options) {
    auto body = BodyOf(options);
    if (!body) {
        return context.Complain(body.error());
    }
    if (!options.wallet.empty()) {
        (*body)["wallet_id"] = options.wallet;
    }
    if (options.wanted) {
        (*body)["password"] = ReadPassword("Password");
        AddTotp(*body);
    }
    const Ask ask{net::Method::kPost,
                  "/api/v1/" + net::PercentEncode(options.chain) + "/sign-message",
                  std::move(*body)};
    return context.Run(ask,
                       [&](const Json& answer) { context.Print(TextOf(answer, "signature")); });
}

int Verify(Context& context, const MessageOptions& options) {
    auto body = BodyOf(options);
    if (!body) {
        return context.Complain(body.error());
    }
    (*body)["address"] = options.address;
    (*body)["signature"] = options.signature;
    const Ask ask{net::Method::kPost,
                  "/api/v1/" + net::PercentEncode(options.chain) + "/verify-message",
                  std::move(*body)};
    bool valid = false;
    const int code = context.Run(ask, [&](const Json& answer) {
        valid = answer.value("valid", false);
        context.Print(valid ? "valid: signed by " + TextOf(answer, "address")
                            : "not valid: " + TextOf(answer, "reason"));
    });
    return code == kDone && !valid && !context.json ? kFailed : code;
}

int Allow(Context& context, const MessageOptions& options) {
    Json body{{"chain", options.chain},
              {"contract", options.contract},
              {"primary_type", options.primary_type},
              {"password", ReadPassword("Password")}};
    AddTotp(body);
    const Ask ask{net::Method::kPost, "/api/v1/wallet/message-types", std::move(body)};
    return context.Run(ask, [&](const Json& type) {
        context.Print(TextOf(type, "id") + " is signed without asking from " +
                      TextOf(type, "effective_at") + " on");
    });
}

void ShowTypes(const Json& page) {
    std::vector<std::vector<std::string>> rows;
    for (const Json& type : page.at("data")) {
        rows.push_back({TextOf(type, "id"),
                        TextOf(type, "chain"),
                        TextOf(type, "contract"),
                        TextOf(type, "primary_type"),
                        TextOf(type, "effective_at")});
    }
    PrintTable({"ID", "CHAIN", "CONTRACT", "TYPE", "FROM"}, rows);
}

void AddMessageOptions(CLI::App& command, MessageOptions& options) {
    auto* text = command.add_option("message", options.message, "The text");
    auto* hex = command.add_flag("--hex", options.hex, "The text is bytes in hex");
    auto* file = command.add_option("--typed-data", options.file, "File with typed data (EIP-712)");
    file->excludes(text)->excludes(hex)->check(CLI::ExistingFile);
    command.add_option("--format", options.format, "bip322 or bitcoin_legacy, on Bitcoin");
}

void AddTypeCommands(CLI::App& message, Context& context, MessageOptions& options) {
    message.add_subcommand("types", "Typed data that is signed without asking")
        ->callback([&context] {
            context.action = [&context] {
                return context.Run({net::Method::kGet, "/api/v1/wallet/message-types"}, ShowTypes);
            };
        });
    auto* allow = message.add_subcommand("allow", "Allow a type of typed data, after 24 hours");
    allow->add_option("chain", options.chain)->required();
    allow->add_option("contract", options.contract, "The verifying contract")->required();
    allow->add_option("primary_type", options.primary_type)->required();
    allow->callback(
        [&context, &options] { context.action = [&] { return Allow(context, options); }; });
    auto* forbid = message.add_subcommand("forbid", "Take a type away, at once");
    forbid->add_option("id", options.id)->required();
    forbid->callback([&context, &options] {
        context.action = [&] {
            const Ask ask{net::Method::kDelete,
                          "/api/v1/wallet/message-types/" + net::PercentEncode(options.id)};
            return context.Run(ask, [&](const Json&) { context.Print("forbidden"); });
        };
    });
}

}  // namespace

void AddMessageCommands(CLI::App& app, Context& context) {
    static MessageOptions options;
    auto* message = app.add_subcommand("message", "Sign and verify messages");
    message->require_subcommand(1);
    auto* sign = message->add_subcommand("sign", "Sign a message; prints the signature");
    sign->add_option("chain", options.chain)->required();
    AddMessageOptions(*sign, options);
    sign->add_option("--wallet", options.wallet, "Id of another wallet than the default one");
    sign->add_flag("--wanted",
                   options.wanted,
                   "Typed data whose type is not allowed; the password is asked for");
    sign->callback([&context] { context.action = [&context] { return Sign(context, options); }; });
    auto* verify = message->add_subcommand("verify", "Who signed? Fails where it is somebody else");
    verify->add_option("chain", options.chain)->required();
    verify->add_option("address", options.address)->required();
    verify->add_option("signature", options.signature)->required();
    AddMessageOptions(*verify, options);
    verify->callback(
        [&context] { context.action = [&context] { return Verify(context, options); }; });
    AddTypeCommands(*message, context, options);
}

}  // namespace cryptoctl
