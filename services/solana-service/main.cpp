// solana-service: payments and reads of one Solana network. The daemon is libs/chain_host; here is
// only which chain it is.
#include "runtime/program.h"
#include "solana-service/kit.h"

int main(int argc, char** argv) {
    runtime::Program<chain_host::Config> program;
    program.service = "solana-service";
    program.options.grpc_pool = chain_host::kGrpcPool;
    program.read = [](config::Reader& reader) {
        return chain_host::ReadConfig(reader,
                                      {.database_url = "SOLANA_SERVICE_DATABASE_URL",
                                       .node_urls = "SOL_RPC_URL",
                                       .renew_after = "SOLANA_RENEW_AFTER"});
    };
    program.assemble = [](chain_host::Config& config, runtime::Daemon& daemon) {
        return chain_host::Assemble(config, solana_service::Kit(), daemon);
    };
    return runtime::Main(argc, argv, program);
}
