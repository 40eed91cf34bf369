#include "observe/field.h"

namespace observe {

Field::Field(Key k, std::chrono::nanoseconds duration)
    : Field(k, std::chrono::duration_cast<std::chrono::milliseconds>(duration).count()) {}

std::string_view KeyName(Key key) {
    switch (key) {
        case Key::kAddress:
            return "address";
        case Key::kApprovalId:
            return "approval_id";
        case Key::kAttempt:
            return "attempt";
        case Key::kCaller:
            return "caller";
        case Key::kChain:
            return "chain";
        case Key::kCount:
            return "count";
        case Key::kDurationMs:
            return "duration_ms";
        case Key::kErrorCode:
            return "error.code";
        case Key::kErrorDetail:
            return "error.detail";
        case Key::kFile:
            return "file";
        case Key::kHeight:
            return "height";
        case Key::kHost:
            return "host";
        case Key::kIntentId:
            return "intent_id";
        case Key::kLimit:
            return "limit";
        case Key::kMethod:
            return "method";
        case Key::kName:
            return "name";
        case Key::kNetwork:
            return "network";
        case Key::kNonce:
            return "nonce";
        case Key::kPid:
            return "pid";
        case Key::kPort:
            return "port";
        case Key::kRemoteIp:
            return "remote_ip";
        case Key::kRoute:
            return "route";
        case Key::kSignal:
            return "signal";
        case Key::kState:
            return "state";
        case Key::kStatus:
            return "status";
        case Key::kTxHash:
            return "tx_hash";
        case Key::kUserId:
            return "user_id";
        case Key::kVersion:
            return "version";
        case Key::kWalletId:
            return "wallet_id";
    }
    return "unknown";
}

}  // namespace observe
