// The groups of commands; each adds its own to the command line.
#pragma once

#include "cryptoctl/context.h"

namespace cryptoctl {

void AddAccountCommands(CLI::App& app, Context& context);
void AddWalletCommands(CLI::App& app, Context& context);
void AddPaymentCommands(CLI::App& app, Context& context);
void AddMessageCommands(CLI::App& app, Context& context);
void AddApprovalCommands(CLI::App& app, Context& context);
void AddOperationCommands(CLI::App& app, Context& context);
void AddGrpcCommands(CLI::App& app, Context& context);

}  // namespace cryptoctl
