// What was refused to which daemon (table gate_refusals), so that a tampered row or a daemon that
// asks for what no order allows leaves a trace.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "base/error.h"
#include "pg/pool.h"
#include "platform/common/v1/order.pb.h"

namespace wallet_manager {

struct Refusal {
    std::string caller;
    std::string method;
    std::string intent;  // UUIDs as the caller named them; what is none is left out
    std::string wallet;
};

// Intent and wallet that an order names, forged or not.
[[nodiscard]] Refusal RefusalOf(const platform::common::v1::SignedOrder& order);

// Thread-safe.
class RefusalLog {
public:
    // `pool` outlives this object.
    explicit RefusalLog(pg::Pool& pool) : pool_(pool) {}

    // Blocks. Writes one row, unless the error only asks to come again later, or the same was
    // written for the same intent within the last minute. A row that cannot be written goes to the
    // log: the refusal stands without it.
    void Write(const Refusal& refusal, const base::Error& why);

private:
    // A daemon gone wild must not fill the disk.
    static constexpr int kRowsMax = 600;
    static constexpr std::chrono::minutes kRowsTime{1};

    [[nodiscard]] bool TakeRow();

    pg::Pool& pool_;
    std::mutex mutex_;
    int rows_ = 0;
    std::chrono::steady_clock::time_point since_{};
};

}  // namespace wallet_manager
