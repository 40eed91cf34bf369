// main() of every daemon.
//
//     int main(int argc, char** argv) {
//         return runtime::Main<Config>(argc, argv, {.service = "price-service",
//                                                   .read = ReadConfig,
//                                                   .assemble = Assemble});
//     }
//
// Without arguments it runs until SIGTERM. --healthcheck asks a running one whether it is ready,
// --config-check reports every configuration fault at once, --config-names lists the variables it
// reads, --version says which build it is.
// Exit codes: 0 done, 1 failed, 2 usage, 78 configuration.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/result.h"
#include "config/reader.h"
#include "config/variable.h"
#include "runtime/daemon.h"
#include "runtime/settings.h"

namespace runtime {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitConfiguration = 78;  // EX_CONFIG of sysexits.h

// What differs between programs, whatever their Config is.
struct ProgramBase {
    std::string service;
    std::optional<PortVariables> ports = {};  // none: UsualPorts
    // Names the variable that, when set, makes the daemon's own HTTP port speak TLS.
    std::string tls_variable = {};
    DaemonOptions options = {};
    config::Table table = config::PlatformVariables();
};

struct Steps {
    std::function<base::Result<>(config::Reader&)> read;
    std::function<base::Result<>()> before_threads;
    std::function<base::Result<>(Daemon&)> assemble;
};

[[nodiscard]] int RunProgram(int argc, char** argv, const ProgramBase& program, const Steps& steps);

template <class Config>
struct Program : ProgramBase {
    // Reads and checks, nothing else. May call reader.Finish().
    base::Result<Config> (*read)(config::Reader& reader) = nullptr;
    // Optional: what must happen while the process has one thread, such as a fork.
    base::Result<> (*before_threads)(Config& config) = nullptr;
    // Makes the parts. `config` outlives them.
    base::Result<> (*assemble)(Config& config, Daemon& daemon) = nullptr;
};

template <class Config>
[[nodiscard]] int Main(int argc, char** argv, const Program<Config>& program) {
    std::optional<Config> config;
    Steps steps;
    steps.read = [&](config::Reader& reader) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(auto read, program.read(reader));
        config.emplace(std::move(read));
        return {};
    };
    steps.before_threads = [&]() -> base::Result<> {
        return program.before_threads == nullptr ? base::Result<>()
                                                 : program.before_threads(*config);
    };
    steps.assemble = [&](Daemon& daemon) { return program.assemble(*config, daemon); };
    return RunProgram(argc, argv, program, steps);
}

}  // namespace runtime
