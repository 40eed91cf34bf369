// wallet-manager: wallets, policies, approvals, and the gate that every signature passes.
#include "runtime/program.h"
#include "wallet-manager/assembly.h"
#include "wallet-manager/config.h"

int main(int argc, char** argv) {
    return runtime::Main<wallet_manager::Config>(argc,
                                                 argv,
                                                 {{.service = "wallet-manager"},
                                                  wallet_manager::ReadConfig,
                                                  wallet_manager::ForkSigner,
                                                  wallet_manager::Assemble});
}
