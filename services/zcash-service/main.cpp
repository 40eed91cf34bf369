// zcash-service: payments and reads of one Zcash network. The daemon is libs/chain_host; here is
// only which chain it is.
#include "runtime/program.h"
#include "utxo_host/kit.h"

int main(int argc, char** argv) {
    runtime::Program<chain_host::Config> program;
    program.service = "zcash-service";
    program.options.grpc_pool = chain_host::kGrpcPool;
    program.read = [](config::Reader& reader) {
        return chain_host::ReadConfig(reader,
                                      {"ZCASH_SERVICE_DATABASE_URL",
                                       "ZCASH_RPC_URL",
                                       "ZCASH_RPC_USER",
                                       "ZCASH_RPC_PASS",
                                       "ZCASH_RPC_COOKIE_FILE"});
    };
    program.assemble = [](chain_host::Config& config, runtime::Daemon& daemon) {
        return chain_host::Assemble(config, utxo_host::KitOf("zcash"), daemon);
    };
    return runtime::Main(argc, argv, program);
}
