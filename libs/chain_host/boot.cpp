#include "chain_host/boot.h"

#include <condition_variable>

#include "observe/log.h"
#include "pg/checks.h"
#include "transfer/pin.h"

namespace chain_host {

namespace {

using observe::Key;

constexpr std::chrono::milliseconds kTryAgain{500};
constexpr std::chrono::seconds kPinInterval{60};

void WarnOf(const base::Result<>& pinned) {
    if (!pinned) {
        observe::Warn(
            "the node could not be compared with its pin",
            {{Key::kErrorCode, pinned.error().reason}, {Key::kErrorDetail, pinned.error().detail}});
    }
}

void Sleep(const std::stop_token& stop, std::chrono::milliseconds time) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, time, [] { return false; });
}

// A changed final block stops sends by itself. Everything else goes on: what was sent is followed,
// and the daemon is there for who looks into it.
base::Result<> Bearable(const base::Result<>& pinned) {
    return !pinned && pinned.error().reason == "final_block_changed" ? base::Result<>() : pinned;
}

}  // namespace

base::Result<> Boot::TryOnce() {
    BASE_RETURN_IF_ERROR(pg::CheckSettings(pool_));
    BASE_RETURN_IF_ERROR(pg::CheckMigrations(pool_, pg::KnownMigrations()));
    const auto pinned = transfer::CheckPin(chain_, pool_);
    if (Bearable(pinned)) {
        WarnOf(pinned);
    }
    return Bearable(pinned);
}

void Boot::Run(const std::stop_token& stop) {
    auto tried = TryOnce();
    while (!tried && !stop.stop_requested()) {
        observe::Warn(
            "the service cannot start yet",
            {{Key::kErrorCode, tried.error().reason}, {Key::kErrorDetail, tried.error().detail}});
        Note(tried);
        Sleep(stop, kTryAgain);
        tried = TryOnce();
    }
    if (stop.stop_requested()) {
        return;
    }
    engine_.RunOnce();
    engine_.Start();
    Note({});
    open_ = true;
    observe::Info("payments are open");
    while (!stop.stop_requested()) {
        Sleep(stop, kPinInterval);
        if (stop.stop_requested()) {
            break;
        }
        const auto pinned = transfer::CheckPin(chain_, pool_);
        WarnOf(pinned);
        // A silent node delays payments; another chain's node ends them.
        Note(pinned || pinned.error().kind != base::ErrorKind::kFailedPrecondition
                 ? base::Result<>()
                 : Bearable(pinned));
    }
    open_ = false;
    engine_.Stop();
}

base::Result<> Boot::Check() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void Boot::Note(base::Result<> state) {
    open_ = open_ && state.has_value();
    const std::lock_guard lock(mutex_);
    state_ = std::move(state);
}

}  // namespace chain_host
