#include "support/process.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "support/files.h"
#include "support/temp_dir.h"

namespace support {

namespace {

constexpr std::chrono::seconds kStopTimeout{10};
constexpr std::chrono::minutes kCommandTimeout{2};
constexpr std::chrono::milliseconds kPollInterval{5};
constexpr int kExecFailed = 127;
constexpr int kSignalBase = 128;

// Everything the child needs, made before the fork: after it only system calls are safe.
struct Launch {
    std::vector<std::string> environment;
    std::vector<char*> argv;
    std::vector<char*> envp;
    int output = -1;
    const passwd* account = nullptr;
    int stop_signal = SIGTERM;
    pid_t parent = -1;
};

std::vector<char*> Pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> MergeEnvironment(const std::map<std::string, std::string>& ours) {
    std::vector<std::string> merged;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text(*entry);
        if (!ours.contains(std::string(text.substr(0, text.find('='))))) {
            merged.emplace_back(text);
        }
    }
    for (const auto& [name, value] : ours) {
        merged.push_back(std::string(name).append("=").append(value));
    }
    return merged;
}

[[noreturn]] void RunChild(const Launch& launch) {
    const int input = open("/dev/null", O_RDONLY);
    bool ready = dup2(input, STDIN_FILENO) >= 0 && dup2(launch.output, STDOUT_FILENO) >= 0 &&
                 dup2(launch.output, STDERR_FILENO) >= 0 && close_range(3, ~0U, 0) == 0;
    if (launch.account != nullptr) {
        ready = ready && setgroups(0, nullptr) == 0 && setgid(launch.account->pw_gid) == 0 &&
                setuid(launch.account->pw_uid) == 0;
    }
    // After setuid, which clears it. Our process may have died before this line.
    ready = ready && prctl(PR_SET_PDEATHSIG, launch.stop_signal) == 0 && getppid() == launch.parent;
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    if (ready) {
        execvpe(launch.argv[0], launch.argv.data(), launch.envp.data());
    }
    _exit(kExecFailed);
}

}  // namespace

Process::Process(ProcessOptions options) : options_(std::move(options)) {
    Launch launch;
    launch.environment = MergeEnvironment(options_.environment);
    launch.argv = Pointers(options_.command);
    launch.envp = Pointers(launch.environment);
    launch.stop_signal = options_.stop_signal;
    launch.parent = getpid();
    if (!options_.user.empty()) {
        launch.account = getpwnam(options_.user.c_str());
        if (launch.account == nullptr) {
            throw std::runtime_error("no account " + options_.user);
        }
    }
    const std::string output = options_.output.empty() ? "/dev/null" : options_.output.string();
    launch.output = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (launch.output < 0) {
        throw std::runtime_error("cannot write " + output);
    }
    pid_ = fork();
    if (pid_ == 0) {
        RunChild(launch);
    }
    close(launch.output);
    if (pid_ < 0) {
        throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
    }
}

Process::~Process() {
    Stop();
}

bool Process::TryReap() {
    int status = 0;
    if (!exit_code_ && waitpid(pid_, &status, WNOHANG) == pid_) {
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalBase + WTERMSIG(status);
    }
    return exit_code_.has_value();
}

std::optional<int> Process::Wait(std::chrono::milliseconds timeout) {
    (void)WaitUntil([this] { return TryReap(); }, timeout);
    return exit_code_;
}

void Process::Signal(int number) {
    if (!TryReap()) {
        kill(pid_, number);
    }
}

int Process::Stop() {
    Signal(options_.stop_signal);
    if (!Wait(kStopTimeout)) {
        Kill();
    }
    return *exit_code_;
}

void Process::Kill() {
    Signal(SIGKILL);
    while (!TryReap()) {
        std::this_thread::sleep_for(kPollInterval);
    }
}

std::string Process::Output() const {
    return ReadFile(options_.output);
}

bool Process::WaitForOutput(std::string_view text, std::chrono::milliseconds timeout) {
    const auto printed = [&] { return Output().find(text) != std::string::npos; };
    (void)WaitUntil([&] { return printed() || TryReap(); }, timeout);
    return printed();
}

CommandResult RunCommand(std::vector<std::string> command,
                         std::map<std::string, std::string> environment) {
    const TempDir folder;
    ProcessOptions options;
    options.command = std::move(command);
    options.environment = std::move(environment);
    options.output = folder.path() / "output";
    Process process(options);
    const auto exit_code = process.Wait(kCommandTimeout);
    return {exit_code ? *exit_code : process.Stop(), process.Output()};
}

bool WaitUntil(const std::function<bool()>& condition, std::chrono::milliseconds timeout) {
    const auto end = std::chrono::steady_clock::now() + timeout;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return condition();
        }
        std::this_thread::sleep_for(kPollInterval);
    }
    return true;
}

}  // namespace support
