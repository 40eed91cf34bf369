// binance-service: payments and reads of one BNB Smart Chain network. The daemon is
// libs/chain_host; here is only which chain it is.
#include "evm_host/kit.h"
#include "runtime/program.h"

int main(int argc, char** argv) {
    runtime::Program<chain_host::Config> program;
    program.service = "binance-service";
    program.options.grpc_pool = chain_host::kGrpcPool;
    program.read = [](config::Reader& reader) {
        return chain_host::ReadConfig(reader, {"BINANCE_SERVICE_DATABASE_URL", "BNB_RPC_URL"});
    };
    program.assemble = [](chain_host::Config& config, runtime::Daemon& daemon) {
        return chain_host::Assemble(config, evm_host::KitOf("binance"), daemon);
    };
    return runtime::Main(argc, argv, program);
}
