// The gateway: REST in front, gRPC behind. routes.cpp lists its endpoints, assemble.cpp its parts.
#include <algorithm>
#include <string_view>
#include <thread>

#include "api-gateway/assemble.h"
#include "api-gateway/config.h"
#include "api-gateway/create_admin.h"
#include "config/environment.h"
#include "runtime/program.h"

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--create-admin") {
        return gateway::RunCreateAdmin(config::ProcessEnvironment(), argv[2]);
    }
    runtime::Program<gateway::Config> program;
    program.service = "api-gateway";
    program.ports = runtime::PortVariables{"GATEWAY_PORT", ""};
    program.tls_variable = "TLS_CERT";
    program.options.io_threads = std::max(1U, std::thread::hardware_concurrency());
    program.read = gateway::ReadConfig;
    program.assemble = gateway::Assemble;
    return runtime::Main(argc, argv, program);
}
