#include "api-gateway/flow/shown.h"

#include "api-gateway/store/intent_store.h"
#include "api-gateway/views/transfer_view.h"

namespace gateway {

boost::asio::awaitable<base::Result<>> RememberShown(
    App& app, base::UserId user, std::vector<platform::chain::v1::TransferView> views) {
    std::vector<base::IntentId> intents;
    for (const auto& view : views) {
        const auto id = base::IntentId::Parse(view.id());
        if (id && !view.incoming() && !IsUndecided(view.status())) {
            intents.push_back(*id);
        }
    }
    if (intents.empty()) {
        co_return base::Result<>();
    }
    auto work = [&pool = app.database(), user, intents = std::move(intents)] {
        return MarkShown(pool, user, intents);
    };
    co_return co_await app.Sql(std::move(work));
}

}  // namespace gateway
