// The command line of the platform: a REST client like any other, and an operator's tool.
#include <string>

#include <CLI/CLI.hpp>

#include "cryptoctl/commands/commands.h"
#include "runtime/version.h"

int main(int argc, char** argv) {
    CLI::App app("Wallets and payments on five chains.", "cryptoctl");
    cryptoctl::Context context;
    app.add_flag("--json", context.json, "Print answers as JSON");
    app.add_option("--api", context.api, "The gateway's URL")->envname("CRYPTOCTL_API");
    app.set_version_flag("--version", runtime::VersionLine("cryptoctl"));
    app.footer(std::string(cryptoctl::kExitCodeHelp) +
               "\nEnvironment: CRYPTOCTL_API, CRYPTOCTL_TOKEN (a token or API key), "
               "CRYPTOCTL_PASSWORD, CRYPTOCTL_CA (further authorities), MTLS_DIR (grpc).");
    app.require_subcommand(1);
    app.fallthrough();
    cryptoctl::AddAccountCommands(app, context);
    cryptoctl::AddWalletCommands(app, context);
    cryptoctl::AddPaymentCommands(app, context);
    cryptoctl::AddMessageCommands(app, context);
    cryptoctl::AddApprovalCommands(app, context);
    cryptoctl::AddOperationCommands(app, context);
    cryptoctl::AddGrpcCommands(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? cryptoctl::kDone : cryptoctl::kUsage;
    }
    return context.action();
}
