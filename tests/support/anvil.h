// An Ethereum node of one test: anvil on 127.0.0.1.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temp_dir.h"

namespace support {

struct AnvilOptions {
    std::uint64_t chain_id = 31337;
    // Zero: a block for each transaction at once.
    std::chrono::milliseconds block_time{0};
    // False: blocks only by evm_mine. Needs block_time zero.
    bool automine = true;
    // `finalized` is the head - 2 x this. Reorgs deeper than 1 need 8.
    unsigned slots_in_an_epoch = 1;
    std::vector<std::string> extra_arguments = {};
};

// The binary is $ANVIL, or the one that `npm ci --ignore-scripts` puts into deploy/devnet. Starts
// in the constructor, which throws std::runtime_error when it does not.
class Anvil {
public:
    explicit Anvil(const AnvilOptions& options = {});

    [[nodiscard]] std::uint16_t port() const { return port_; }

    // http://127.0.0.1:port
    [[nodiscard]] std::string Url() const;

    [[nodiscard]] Process& process() { return *process_; }

private:
    TempDir folder_;
    std::uint16_t port_ = 0;
    std::unique_ptr<Process> process_;
};

}  // namespace support
