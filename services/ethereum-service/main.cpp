// ethereum-service: payments and reads of one Ethereum network. The daemon is libs/chain_host; here
// is only which chain it is.
#include "ethereum-service/kit.h"
#include "runtime/program.h"

int main(int argc, char** argv) {
    runtime::Program<chain_host::Config> program;
    program.service = "ethereum-service";
    // Callers of Transfer wait on a thread each until their payment is signed.
    program.options.grpc_pool = {"grpc", 128, 1'024};
    program.read = ethereum_service::ReadConfig;
    program.assemble = ethereum_service::Assemble;
    return runtime::Main(argc, argv, program);
}
