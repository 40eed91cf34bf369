// A child process of a test: started with its own environment, its output in a file, always ended
// and reaped, also when the test crashes.
#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace support {

struct ProcessOptions {
    std::vector<std::string> command = {};  // the program, by path or from PATH, and its arguments
    std::map<std::string, std::string> environment = {};  // on top of ours
    std::filesystem::path output = {};  // receives stdout and stderr; empty: /dev/null
    std::string user = {};              // run as this account; only where we are root
    int stop_signal = SIGTERM;  // what asks the program to end, also if our own process dies
};

// Start it from a thread that outlives it: the kernel ends the child with the thread that started
// it. Used by one thread at a time.
class Process {
public:
    // Throws std::runtime_error if no process can be made.
    explicit Process(ProcessOptions options);
    // As Stop().
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t pid() const { return pid_; }

    [[nodiscard]] bool Running() { return !TryReap(); }

    // The exit code, 128 + signal after a fatal signal, nothing if it still runs.
    [[nodiscard]] std::optional<int> Wait(std::chrono::milliseconds timeout);

    void Signal(int number);

    // Sends stop_signal, after ten seconds SIGKILL; gives the exit code as Wait does.
    int Stop();

    // SIGKILL, then reaps.
    void Kill();

    // What it has printed so far.
    [[nodiscard]] std::string Output() const;

    // Waits until it has printed this. False: it ended before, or the time is over.
    [[nodiscard]] bool WaitForOutput(std::string_view text, std::chrono::milliseconds timeout);

private:
    bool TryReap();

    ProcessOptions options_;
    pid_t pid_ = -1;
    std::optional<int> exit_code_;
};

struct CommandResult {
    int exit_code = 0;
    std::string output;
};

// Runs to the end, at most two minutes.
[[nodiscard]] CommandResult RunCommand(std::vector<std::string> command,
                                       std::map<std::string, std::string> environment = {});

// Polls the condition; gives its last value.
[[nodiscard]] bool WaitUntil(const std::function<bool()>& condition,
                             std::chrono::milliseconds timeout);

}  // namespace support
