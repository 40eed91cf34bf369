// bitcoin-service: payments and reads of one Bitcoin network. The daemon is libs/chain_host; here
// is only which chain it is.
#include "runtime/program.h"
#include "utxo_host/kit.h"

int main(int argc, char** argv) {
    runtime::Program<chain_host::Config> program;
    program.service = "bitcoin-service";
    program.options.grpc_pool = chain_host::kGrpcPool;
    program.read = [](config::Reader& reader) {
        return chain_host::ReadConfig(reader,
                                      {"BITCOIN_SERVICE_DATABASE_URL",
                                       "BTC_RPC_URL",
                                       "BTC_RPC_USER",
                                       "BTC_RPC_PASS",
                                       "BTC_RPC_COOKIE_FILE"});
    };
    program.assemble = [](chain_host::Config& config, runtime::Daemon& daemon) {
        return chain_host::Assemble(config, utxo_host::KitOf("bitcoin"), daemon);
    };
    return runtime::Main(argc, argv, program);
}
