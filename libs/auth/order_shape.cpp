#include "auth/order_shape.h"

#include <cstddef>
#include <cstdint>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <string>
#include <string_view>
#include <vector>

#include "auth/order.h"
#include "base/ids.h"
#include "base/text.h"

namespace auth {

namespace {

namespace common = platform::common::v1;

constexpr std::size_t kAddressSizeMax = 200;
constexpr std::size_t kTxHashSizeMax = 128;
constexpr std::size_t kSymbolSizeMax = 16;
constexpr std::uint32_t kDecimalsMax = 36;
constexpr int kRecipientsMax = 100;
constexpr int kHopsMax = 8;
constexpr std::string_view kUint256Max =
    "115792089237316195423570985008687907853269984665640564039457584007913129639935";

base::Error BadOrder(std::string detail) {
    return base::InvalidArgument("bad_order", std::move(detail));
}

base::Result<> CheckUuid(std::string_view text, std::string_view field) {
    const auto parsed = base::ParseUuid(text);
    if (!parsed || parsed->is_nil()) {
        return BadOrder(std::string(field) + " is not a UUID");
    }
    return {};
}

// Base units: digits without leading zeros, at most 2^256 - 1.
bool IsUnits(std::string_view text) {
    if (text.empty() || text.size() > kUint256Max.size() ||
        (text.size() > 1 && text.front() == '0')) {
        return false;
    }
    for (const char letter : text) {
        if (!base::IsDigit(letter)) {
            return false;
        }
    }
    return text.size() < kUint256Max.size() || text <= kUint256Max;
}

base::Result<> CheckAmount(std::string_view text, std::string_view field) {
    if (!IsUnits(text) || text == "0") {
        return BadOrder(std::string(field) + " is not a positive number of base units");
    }
    return {};
}

base::Result<> CheckText(std::string_view text, std::size_t size_max, std::string_view field) {
    if (text.empty() || text.size() > size_max) {
        return BadOrder(std::string(field) + " is empty or too long");
    }
    return {};
}

// Empty or one SHA-256 value.
base::Result<> CheckOptionalHash(std::string_view bytes, std::string_view field) {
    if (!bytes.empty() && bytes.size() != sizeof(crypto::Hash256)) {
        return BadOrder(std::string(field) + " is not 32 bytes");
    }
    return {};
}

base::Result<> CheckAction(const common::TransferAction& action) {
    const int count = action.recipients_size();
    if (count < 1 || count > kRecipientsMax) {
        return BadOrder("a transfer has 1 to 100 recipients");
    }
    const bool all = action.mode() == common::TRANSFER_MODE_ALL;
    const bool single = all || action.mode() == common::TRANSFER_MODE_SUBTRACT_FEE;
    if (!single && action.mode() != common::TRANSFER_MODE_EXACT) {
        return BadOrder("unknown transfer mode");
    }
    if (single && count != 1) {
        return BadOrder("this transfer mode has one recipient");
    }
    for (const common::Recipient& recipient : action.recipients()) {
        BASE_RETURN_IF_ERROR(CheckText(recipient.address(), kAddressSizeMax, "recipient address"));
        if (all && !recipient.amount().empty()) {
            return BadOrder("mode all has no amount");
        }
        if (!all) {
            BASE_RETURN_IF_ERROR(CheckAmount(recipient.amount(), "recipient amount"));
        }
    }
    return {};
}

base::Result<> CheckAction(const common::ApproveAction& action) {
    BASE_RETURN_IF_ERROR(CheckText(action.spender(), kAddressSizeMax, "spender"));
    return CheckAmount(action.amount(), "approved amount");
}

base::Result<> CheckAction(const common::RevokeAction& action) {
    return CheckText(action.spender(), kAddressSizeMax, "spender");
}

base::Result<> CheckAction(const common::SwapAction& action) {
    BASE_RETURN_IF_ERROR(CheckText(action.protocol(), 32, "protocol"));
    if (action.hops_size() < 2 || action.hops_size() > kHopsMax) {
        return BadOrder("a swap has 2 to 8 hops");
    }
    for (const common::SwapHop& hop : action.hops()) {
        BASE_RETURN_IF_ERROR(CheckText(hop.token(), kAddressSizeMax, "token of a hop"));
    }
    BASE_RETURN_IF_ERROR(CheckAmount(action.amount_in(), "amount_in"));
    BASE_RETURN_IF_ERROR(CheckAmount(action.amount_out_min(), "amount_out_min"));
    if (!action.has_deadline()) {
        return BadOrder("a swap has a deadline");
    }
    return {};
}

base::Result<> CheckAction(const common::MessageAction& action) {
    BASE_RETURN_IF_ERROR(CheckText(action.kind(), 32, "kind"));
    if (action.digest().size() != sizeof(crypto::Hash256)) {
        return BadOrder("the message digest is not 32 bytes");
    }
    return {};
}

base::Result<> CheckAnyAction(const common::Order& order) {
    switch (order.action_case()) {
        case common::Order::kTransfer:
            return CheckAction(order.transfer());
        case common::Order::kApprove:
            return CheckAction(order.approve());
        case common::Order::kRevoke:
            return CheckAction(order.revoke());
        case common::Order::kSwap:
            return CheckAction(order.swap());
        case common::Order::kWrap:
            return CheckAmount(order.wrap().amount(), "wrapped amount");
        case common::Order::kUnwrap:
            return CheckAmount(order.unwrap().amount(), "unwrapped amount");
        case common::Order::kSpeedUp:
            return CheckText(order.speed_up().tx_hash(), kTxHashSizeMax, "tx_hash");
        case common::Order::kCancel:
            // Empty before the first signature: then a cancel is a Void.
            if (order.cancel().tx_hash().size() > kTxHashSizeMax) {
                return BadOrder("tx_hash is too long");
            }
            return {};
        case common::Order::kCpfp:
            return CheckText(order.cpfp().parent_tx_hash(), kTxHashSizeMax, "parent_tx_hash");
        case common::Order::kMessage:
            return CheckAction(order.message());
        case common::Order::ACTION_NOT_SET:
            break;
    }
    return BadOrder("an order has one action");
}

// Within the range that google.protobuf.Timestamp documents, so that it converts without overflow.
bool IsSane(const google::protobuf::Timestamp& stamp) {
    constexpr std::int64_t kSecondsMax = 253'402'300'799;  // year 9999
    constexpr std::int32_t kNanosMax = 999'999'999;
    return stamp.seconds() >= 0 && stamp.seconds() <= kSecondsMax && stamp.nanos() >= 0 &&
           stamp.nanos() <= kNanosMax;
}

base::Result<> CheckTimes(const common::Order& order) {
    if (!order.has_issued_at() || !order.has_expires_at()) {
        return BadOrder("an order has an issue time and an expiry");
    }
    if (!IsSane(order.issued_at()) || !IsSane(order.expires_at())) {
        return BadOrder("a time of the order is out of range");
    }
    const base::Time issued = IssuedAt(order);
    const base::Time expires = ExpiresAt(order);
    if (expires <= issued || expires - issued > kOrderLifetime) {
        return BadOrder("an order lives at most 10 minutes");
    }
    return {};
}

// A field this build does not know could change what the order means.
bool HasUnknownFields(const google::protobuf::Message& message) {
    const auto* reflection = message.GetReflection();
    if (!reflection->GetUnknownFields(message).empty()) {
        return true;
    }
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const auto* field : fields) {
        if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) {
            continue;
        }
        const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
        for (int index = 0; index < count; ++index) {
            const auto& inner = field->is_repeated()
                                    ? reflection->GetRepeatedMessage(message, field, index)
                                    : reflection->GetMessage(message, field);
            if (HasUnknownFields(inner)) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

base::Result<> CheckOrderShape(const common::Order& order) {
    if (order.domain() != kOrderDomain || order.version() != kOrderVersion) {
        return BadOrder("not an order of this version");
    }
    if (HasUnknownFields(order)) {
        return BadOrder("the order has a field that this build does not know");
    }
    BASE_RETURN_IF_ERROR(CheckUuid(order.deployment_id(), "deployment_id"));
    BASE_RETURN_IF_ERROR(CheckText(order.network(), 64, "network"));
    BASE_RETURN_IF_ERROR(CheckUuid(order.intent_id(), "intent_id"));
    if (!order.parent_id().empty()) {
        BASE_RETURN_IF_ERROR(CheckUuid(order.parent_id(), "parent_id"));
    }
    BASE_RETURN_IF_ERROR(CheckUuid(order.user_id(), "user_id"));
    BASE_RETURN_IF_ERROR(CheckUuid(order.wallet_id(), "wallet_id"));
    BASE_RETURN_IF_ERROR(CheckText(order.from(), kAddressSizeMax, "from"));
    const common::Asset& asset = order.asset();
    if (asset.contract().size() > kAddressSizeMax || asset.program().size() > kAddressSizeMax ||
        asset.symbol().size() > kSymbolSizeMax || asset.decimals() > kDecimalsMax) {
        return BadOrder("the asset is out of range");
    }
    if (!IsUnits(order.fee_cap())) {
        return BadOrder("fee_cap is not a number of base units");
    }
    BASE_RETURN_IF_ERROR(CheckOptionalHash(order.memo_hash(), "memo_hash"));
    BASE_RETURN_IF_ERROR(CheckOptionalHash(order.approval_digest(), "approval_digest"));
    BASE_RETURN_IF_ERROR(CheckTimes(order));
    return CheckAnyAction(order);
}

}  // namespace auth
