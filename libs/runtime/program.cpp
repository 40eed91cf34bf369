#include "runtime/program.h"

#include <csignal>
#include <cstdio>
#include <string_view>

#include "config/environment.h"
#include "config/file_environment.h"
#include "observe/log.h"
#include "runtime/healthcheck.h"
#include "runtime/version.h"

namespace runtime {
namespace {

void Say(std::FILE* stream, std::string_view text) {
    std::fprintf(stream, "%.*s\n", static_cast<int>(text.size()), text.data());
}

int Refuse(const std::string& service, const base::Error& error, int exit_code) {
    Say(stderr, service + ": " + error.detail);
    if (!error.remedy.empty()) {
        Say(stderr, "  " + error.remedy);
    }
    return exit_code;
}

PortVariables PortsOf(const ProgramBase& program) {
    return program.ports.value_or(UsualPorts(program.service));
}

// Needs two variables, so that a container may ask with nothing else set.
int Healthcheck(const ProgramBase& program, config::Environment& environment) {
    config::Reader reader(environment, program.service, program.table);
    HealthcheckTarget target;
    target.host = reader.Text("BIND_HOST");
    target.port = reader.Port(PortsOf(program).http);
    target.tls = !program.tls_variable.empty() && reader.IsSet(program.tls_variable);
    const auto ready = AskReady(target);
    return ready ? 0 : Refuse(program.service, ready.error(), kExitFailed);
}

// What a starter of daemons must know to give each one its own variables and no other's.
void PrintNames(const ProgramBase& program) {
    for (const config::Variable& variable : program.table) {
        if (!config::BelongsTo(variable, program.service)) {
            continue;
        }
        Say(stdout, variable.name);
        for (int version = 2; variable.numbered && version <= config::kNumberedMax; ++version) {
            Say(stdout, std::string(variable.name) + "_V" + std::to_string(version));
        }
    }
}

// Everything that is wrong with the environment, as one error.
base::Result<Settings> ReadAll(const ProgramBase& program,
                               const Steps& steps,
                               config::Environment& environment) {
    config::Reader reader(environment, program.service, program.table);
    Settings settings = ReadSettings(reader, program.service, PortsOf(program));
    const auto read = steps.read(reader);
    BASE_RETURN_IF_ERROR(reader.Finish());
    if (!read) {
        return read.error();
    }
    return settings;
}

void BlockSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

int RunDaemon(Settings settings, const ProgramBase& program, const Steps& steps) {
    observe::InitLog(settings.log);
    const auto prepared = steps.before_threads();
    if (!prepared) {
        return Refuse(program.service, prepared.error(), kExitFailed);
    }
    // Before the first thread, so that every one inherits it and Daemon::Run alone is told.
    BlockSignals();
    const auto daemon = Daemon::Make(std::move(settings), program.options);
    if (!daemon) {
        return Refuse(program.service, daemon.error(), kExitFailed);
    }
    auto started = steps.assemble(**daemon);
    if (started) {
        started = (*daemon)->Start();
    }
    if (!started) {
        return Refuse(program.service, started.error(), kExitFailed);
    }
    return (*daemon)->Run();
}

}  // namespace

int RunProgram(int argc, char** argv, const ProgramBase& program, const Steps& steps) {
    const std::string_view wish = argc == 2 ? argv[1] : "";
    if (wish == "--version") {
        Say(stdout, VersionLine(program.service));
        return 0;
    }
    if (wish == "--config-names") {
        PrintNames(program);
        return 0;
    }
    if (argc > 1 && wish != "--config-check" && wish != "--healthcheck") {
        Say(stderr,
            "usage: " + program.service +
                " [--healthcheck | --config-check | --config-names | --version]");
        return kExitUsage;
    }
    auto environment = config::FileEnvironment::Open(config::ProcessEnvironment());
    if (!environment) {
        return Refuse(program.service, environment.error(), kExitConfiguration);
    }
    if (wish == "--healthcheck") {
        return Healthcheck(program, *environment);
    }
    auto settings = ReadAll(program, steps, *environment);
    if (!settings) {
        return Refuse(program.service, settings.error(), kExitConfiguration);
    }
    if (wish == "--config-check") {
        Say(stdout, program.service + ": the configuration is complete");
        return 0;
    }
    return RunDaemon(std::move(*settings), program, steps);
}

}  // namespace runtime
