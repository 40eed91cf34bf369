#include "support/anvil.h"

#include <cstdlib>
#include <stdexcept>

#include "support/files.h"

namespace support {

namespace {

constexpr std::chrono::seconds kStartTimeout{20};
constexpr std::string_view kListening = "Listening on 127.0.0.1:";

// The npm wrapper would leave the node running when it is killed, so the platform package's binary.
std::string Binary() {
    if (const char* named = std::getenv("ANVIL"); named != nullptr && *named != '\0') {
        return named;
    }
    const std::filesystem::path packages = SourceDir() / "deploy/devnet/node_modules/@foundry-rs";
    for (const std::string_view platform : {"anvil-linux-amd64", "anvil-linux-arm64"}) {
        const std::filesystem::path binary = packages / platform / "bin/anvil";
        if (std::filesystem::exists(binary)) {
            return binary;
        }
    }
    throw std::runtime_error("anvil is missing: run `npm ci --ignore-scripts` in deploy/devnet");
}

}  // namespace

Anvil::Anvil(const AnvilOptions& options) {
    ProcessOptions launch;
    launch.command = {Binary(),
                      "--host",
                      "127.0.0.1",
                      "--port",
                      "0",
                      "--chain-id",
                      std::to_string(options.chain_id),
                      "--slots-in-an-epoch",
                      std::to_string(options.slots_in_an_epoch)};
    auto& command = launch.command;
    if (options.block_time.count() > 0) {
        const std::string seconds =
            std::to_string(std::chrono::duration<double>(options.block_time).count());
        command.insert(command.end(), {"--block-time", seconds});
    } else if (!options.automine) {
        command.push_back("--no-mining");
    }
    command.insert(command.end(), options.extra_arguments.begin(), options.extra_arguments.end());
    launch.output = folder_.path() / "log";
    process_ = std::make_unique<Process>(std::move(launch));
    if (!process_->WaitForOutput(kListening, kStartTimeout)) {
        throw std::runtime_error("anvil does not start:\n" + process_->Output());
    }
    const std::string output = process_->Output();
    const std::size_t digits = output.find(kListening) + kListening.size();
    port_ = static_cast<std::uint16_t>(std::stoul(output.substr(digits)));
}

std::string Anvil::Url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
}

}  // namespace support
