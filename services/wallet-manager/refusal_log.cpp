#include "wallet-manager/refusal_log.h"

#include <optional>
#include <string_view>

#include "base/ids.h"
#include "observe/log.h"

namespace wallet_manager {

namespace {

using observe::Key;

bool IsRecorded(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::kInvalidArgument:
        case base::ErrorKind::kFailedPrecondition:
        case base::ErrorKind::kNotFound:
        case base::ErrorKind::kAlreadyExists:
        case base::ErrorKind::kPermissionDenied:
        case base::ErrorKind::kUnauthenticated:
        case base::ErrorKind::kDataLoss:
            return true;
        case base::ErrorKind::kAborted:
        case base::ErrorKind::kResourceExhausted:
        case base::ErrorKind::kUnavailable:
        case base::ErrorKind::kDeadlineExceeded:
        case base::ErrorKind::kCancelled:
        case base::ErrorKind::kUnimplemented:
        case base::ErrorKind::kInternal:
            return false;
    }
    return false;
}

std::optional<std::string> UuidOrNothing(const std::string& text) {
    return base::ParseUuid(text) ? std::optional(text) : std::nullopt;
}

}  // namespace

Refusal RefusalOf(const platform::common::v1::SignedOrder& order) {
    Refusal refusal;
    platform::common::v1::Order read;
    if (read.ParseFromString(order.order())) {
        refusal.intent = read.intent_id();
        refusal.wallet = read.wallet_id();
    }
    return refusal;
}

void RefusalLog::Write(const Refusal& refusal, const base::Error& why) {
    if (!IsRecorded(why.kind)) {
        return;
    }
    if (!TakeRow()) {
        observe::Error("too many refusals to record",
                       {{Key::kCaller, refusal.caller},
                        {Key::kMethod, refusal.method},
                        {Key::kErrorCode, why.reason}});
        return;
    }
    const auto intent = UuidOrNothing(refusal.intent);
    const auto written = pg::Transact(pool_, [&](pg::Tx& tx) -> base::Result<> {
        BASE_RETURN_IF_ERROR(tx.Exec(
            "INSERT INTO gate_refusals (caller, method, reason, detail, intent_id, wallet_id) "
            "SELECT $1, $2, $3, left($4, 200), $5::uuid, $6::uuid WHERE NOT EXISTS "
            "(SELECT 1 FROM gate_refusals WHERE intent_id = $5::uuid AND caller = $1 "
            "AND method = $2 AND reason = $3 AND at > now() - interval '1 minute')",
            refusal.caller,
            refusal.method,
            why.reason,
            why.detail,
            intent,
            UuidOrNothing(refusal.wallet)));
        return {};
    });
    if (!written) {
        observe::Error("a refusal could not be recorded",
                       {{Key::kCaller, refusal.caller},
                        {Key::kMethod, refusal.method},
                        {Key::kErrorCode, why.reason},
                        {Key::kErrorDetail, written.error().detail}});
    }
}

bool RefusalLog::TakeRow() {
    const std::scoped_lock lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - since_ >= kRowsTime) {
        since_ = now;
        rows_ = 0;
    }
    return rows_++ < kRowsMax;
}

}  // namespace wallet_manager
