#include "api-gateway/retention.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "api-gateway/store/intent_store.h"
#include "api-gateway/views/transfer_view.h"
#include "observe/log.h"

namespace gateway {

namespace {

namespace v1 = platform::chain::v1;

constexpr std::chrono::hours kInterval{1};
constexpr std::chrono::seconds kCallTime{5};
constexpr unsigned kKeysARound = 100;
constexpr int kRowsARound = 1'000;

// Nothing where the daemon could not say.
std::optional<bool> HasEnded(App& app, const OpenKey& key) {
    const auto chain = app.backends().FindChain(key.chain);
    if (!chain) {
        return std::nullopt;
    }
    v1::GetTransferRequest request;
    request.set_intent_id(key.intent.ToString());
    rpc::Context context;
    context.user_token = app.backends().ServiceToken(key.user);
    const auto found = chain->client->Call(
        &v1::ChainService::Stub::GetTransfer, request, context.Within(kCallTime));
    if (!found) {
        // A row that old without an intent was a request that never got through.
        return found.error().reason == "unknown_intent" ? std::optional(true) : std::nullopt;
    }
    return IsTerminal(found->transfer().status());
}

}  // namespace

base::Result<std::int64_t> TidyOnce(App& app) {
    BASE_ASSIGN_OR_RETURN(const auto keys, ListOpenKeys(app.database(), kKeysARound));
    for (const OpenKey& key : keys) {
        if (const auto ended = HasEnded(app, key)) {
            BASE_RETURN_IF_ERROR(MarkChecked(app.database(), key, *ended));
        }
    }
    return pg::Transact(app.database(), [](pg::Tx& tx) -> base::Result<std::int64_t> {
        BASE_ASSIGN_OR_RETURN(const auto row,
                              tx.One("SELECT purge_identity($1) AS removed", kRowsARound));
        return row.Get<std::int64_t>("removed");
    });
}

void KeepTidy(App& app, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
        if (const auto removed = TidyOnce(app); !removed) {
            observe::Warn("tidying failed", {{observe::Key::kErrorCode, removed.error().reason}});
        }
        std::unique_lock lock(mutex);
        wake.wait_for(lock, stop, kInterval, [] { return false; });
    }
}

}  // namespace gateway
