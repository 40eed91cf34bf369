#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <set>
#include <sstream>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "config/env_file.h"
#include "config/environment.h"
#include "config/reader.h"
#include "config/variable.h"
#include "cryptoctl/commands/commands.h"

extern char** environ;

namespace cryptoctl {

namespace {

struct OperationsOptions {
    std::string env_file;
    std::string email;
    std::string chain;
    std::string network;
    std::string hash;
};

void ShowHealth(const Json& health) {
    std::vector<std::vector<std::string>> rows{
        {"api-gateway", TextOf(health, "status"), "", TextOf(health, "version")}};
    const Json checks = health.value("checks", Json::object());
    for (const auto& [name, check] : checks.items()) {
        rows.push_back({name,
                        TextOf(check, "status"),
                        check.contains("error") ? TextOf(check, "error") : "",
                        check.contains("latency_ms") ? TextOf(check, "latency_ms") + " ms" : ""});
    }
    PrintTable({"PART", "STATUS", "", ""}, rows);
}

// Asks everything that can be asked and says for each fault what to do.
int Doctor(Context& context) {
    int code = kDone;
    const auto health = context.Get({net::Method::kGet, "/health"}, code);
    if (!health) {
        std::cerr << "  to do: scripts/status shows which daemon is down, scripts/doctor why\n";
        return code;
    }
    Json faults = Json::array();
    const Json checks = health->value("checks", Json::object());
    for (const auto& [name, check] : checks.items()) {
        if (TextOf(check, "status") != "ok") {
            faults.push_back({{"part", name},
                              {"error", TextOf(check, "error")},
                              {"remedy", TextOf(check, "remedy")}});
        }
    }
    if (context.json) {
        context.Print(Json{{"status", (*health)["status"]}, {"faults", faults}}.dump(2));
    } else {
        ShowHealth(*health);
        for (const Json& fault : faults) {
            context.Print("FAULT   " + TextOf(fault, "part") + ": " + TextOf(fault, "error"));
            context.Print("        to do: " + TextOf(fault, "remedy"));
        }
        context.Print(faults.empty() ? "no faults"
                                     : "see also scripts/doctor on the machine itself");
    }
    return faults.empty() ? kDone : kFailed;
}

base::Result<std::map<std::string, std::string>> ReadVariables(const std::string& env_file) {
    std::map<std::string, std::string> values;
    if (!env_file.empty()) {
        std::ifstream file(env_file);
        if (!file) {
            return base::FailedPrecondition("bad_env_file", env_file + " cannot be read");
        }
        std::ostringstream text;
        text << file.rdbuf();
        BASE_ASSIGN_OR_RETURN(values, config::ParseEnvFile(text.str()));
    }
    // The process's environment wins, as it does when the daemons start.
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view pair = *entry;
        const std::size_t equals = pair.find('=');
        values[std::string(pair.substr(0, equals))] = pair.substr(equals + 1);
    }
    return values;
}

// The daemons that the table of variables knows.
std::set<std::string> Services() {
    std::set<std::string> names;
    for (const config::Variable& variable : config::PlatformVariables()) {
        for (const std::string_view name : base::Split(variable.services, ',')) {
            if (name != "all" && name != "scripts") {
                names.emplace(name);
            }
        }
    }
    return names;
}

int CheckConfig(Context& context, const OperationsOptions& options) {
    const auto values = ReadVariables(options.env_file);
    if (!values) {
        return context.Complain(values.error());
    }
    Json report = Json::object();
    bool good = true;
    for (const std::string& service : Services()) {
        config::MapEnvironment environment(*values);
        Json problems = Json::array();
        for (const config::Problem& problem : config::CheckService(environment, service)) {
            problems.push_back(config::FormatProblem(problem));
        }
        good = good && problems.empty();
        report[service] = std::move(problems);
    }
    if (context.json) {
        context.Print(report.dump(2));
    } else {
        for (const auto& [service, problems] : report.items()) {
            context.Print(service + (problems.empty() ? ": ok" : ":"));
            for (const Json& problem : problems) {
                context.Print("  " + problem.get<std::string>());
            }
        }
    }
    return good ? kDone : kFailed;
}

// The gateway beside this program makes the account: it alone may write users.
int CreateAdmin(Context& context, const OperationsOptions& options) {
    std::error_code code;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", code);
    const std::string gateway = (self.parent_path() / "api-gateway").string();
    execl(gateway.c_str(),
          gateway.c_str(),
          "--create-admin",
          options.email.c_str(),
          static_cast<char*>(nullptr));
    return context.Complain(base::FailedPrecondition(
        "no_gateway", gateway + " cannot be run: " + std::strerror(errno)));
}

// One of an administrator's steps that need a fresh proof.
int AdminStep(Context& context,
              const std::string& path,
              Json body,
              const std::function<void(const Json&)>& show) {
    body["password"] = ReadPassword("Your password");
    AddTotp(body);
    return context.Run({net::Method::kPost, "/api/v1/admin/" + path, std::move(body)}, show);
}

int RestoreStep(Context& context, const std::string& step) {
    return AdminStep(context, "restore/" + step, Json::object(), [&](const Json& answer) {
        context.Print(answer.dump());
    });
}

void AddRestoreCommands(CLI::App& app, Context& context) {
    auto* restore = app.add_subcommand("restore", "What follows a restored database");
    restore->require_subcommand(1);
    restore->add_subcommand("accept", "Go on with it: orders issued before are void")
        ->callback(
            [&context] { context.action = [&context] { return RestoreStep(context, "accept"); }; });
    restore->add_subcommand("close", "Unknown requests are new payments again")
        ->callback(
            [&context] { context.action = [&context] { return RestoreStep(context, "close"); }; });
}

void ShowFinalBlock(const Json& block) {
    const Json& node = block["node"];
    const bool stopped = !block["sends_stopped_reason"].is_null();
    PrintTable(
        {"CHAIN", TextOf(block, "chain")},
        {{"network", TextOf(block, "network")},
         {"height", TextOf(block, "height")},
         {"final block", TextOf(block, "hash")},
         {"node's block", node.is_null() ? "no node answers" : TextOf(node, "hash")},
         {"node's height",
          node.is_null() ? "-"
                         : TextOf(node, "height") + ", final to " + TextOf(node, "final_height")},
         {"sends", stopped ? "stopped: " + TextOf(block, "sends_stopped_reason") : "open"}});
    for (const Json& payment : block["lost"]) {
        std::cout << "its final block is gone, it is sent again: " << TextOf(payment, "id") << " "
                  << TextOf(payment, "tx_hash") << '\n';
    }
    if (stopped && !node.is_null() && !node["hash"].is_null()) {
        std::cout << "to go on with the node's block, once nodes of others show the same one:\n"
                  << "  cryptoctl final-block accept " << TextOf(block, "chain") << " --network "
                  << TextOf(block, "network") << " --hash " << TextOf(node, "hash") << '\n';
    }
}

void AddFinalBlockCommands(CLI::App& app, Context& context, OperationsOptions& options) {
    auto* block =
        app.add_subcommand("final-block", "What to do where a chain's final block has changed");
    block->require_subcommand(1);
    const auto path = [&options] { return "chains/" + options.chain + "/final-block"; };
    auto* show = block->add_subcommand("show", "The pinned block and what the node has there");
    show->add_option("chain", options.chain)->required();
    show->callback([&context, path] {
        context.action = [&context, path] {
            return context.Run({net::Method::kGet, "/api/v1/admin/" + path()}, ShowFinalBlock);
        };
    });
    auto* accept = block->add_subcommand("accept", "Pin the node's block and open sends again");
    accept->add_option("chain", options.chain)->required();
    accept->add_option("--network", options.network, "Its network, to confirm")->required();
    accept->add_option("--hash", options.hash, "The node's block, to confirm")->required();
    accept->callback([&context, &options, path] {
        context.action = [&context, &options, path] {
            return AdminStep(context,
                             path(),
                             {{"network", options.network}, {"hash", options.hash}},
                             ShowFinalBlock);
        };
    });
}

}  // namespace

void AddOperationCommands(CLI::App& app, Context& context) {
    static OperationsOptions options;
    app.add_subcommand("status", "Health of the gateway and what it depends on")
        ->callback([&context] {
            context.action = [&context] {
                return context.Run({net::Method::kGet, "/health"}, ShowHealth);
            };
        });
    app.add_subcommand("doctor", "Find faults and say what to do")->callback([&context] {
        context.action = [&context] { return Doctor(context); };
    });
    auto* config = app.add_subcommand("config", "Configuration of the daemons");
    config->require_subcommand(1);
    auto* check = config->add_subcommand("check", "Report every fault of every daemon at once");
    check->add_option("--env-file", options.env_file, "Read this file beneath the environment");
    check->callback(
        [&context] { context.action = [&context] { return CheckConfig(context, options); }; });
    AddRestoreCommands(app, context);
    AddFinalBlockCommands(app, context, options);
    auto* admin = app.add_subcommand("admin", "For operators on the gateway's machine");
    admin->require_subcommand(1);
    auto* create =
        admin->add_subcommand("create", "Make an administrator with a one-time password");
    create->add_option("email", options.email)->required();
    create->callback(
        [&context] { context.action = [&context] { return CreateAdmin(context, options); }; });
}

}  // namespace cryptoctl
