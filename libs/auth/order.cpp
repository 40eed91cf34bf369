#include "auth/order.h"

#include <algorithm>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "auth/order_shape.h"
#include "auth/proto_time.h"

namespace auth {

namespace {

namespace common = platform::common::v1;

std::string SerialiseDeterministically(const common::Order& order) {
    std::string bytes;
    google::protobuf::io::StringOutputStream stream(&bytes);
    {
        google::protobuf::io::CodedOutputStream coded(&stream);
        coded.SetSerializationDeterministic(true);
        order.SerializeToCodedStream(&coded);
    }
    return bytes;
}

}  // namespace

base::Result<common::Order> VerifyOrder(const common::SignedOrder& order, const OrderTrust& trust) {
    return VerifyOrder(order, trust, {&trust.network, 1});
}

base::Result<common::Order> VerifyOrder(const common::SignedOrder& order,
                                        const OrderTrust& trust,
                                        std::span<const std::string> networks) {
    const base::ByteView signature = base::AsBytes(order.signature());
    if (signature.size() != sizeof(crypto::Ed25519Signature) ||
        !crypto::Ed25519Verify(trust.key,
                               base::AsBytes(order.order()),
                               base::ToArray<sizeof(crypto::Ed25519Signature)>(signature))) {
        return base::PermissionDenied("bad_order_signature",
                                      "the order was not signed by this installation's gateway");
    }
    common::Order parsed;
    if (!parsed.ParseFromString(order.order())) {
        return base::InvalidArgument("bad_order", "the order does not parse");
    }
    BASE_RETURN_IF_ERROR(CheckOrderShape(parsed));
    if (parsed.deployment_id() != trust.deployment_id) {
        return base::InvalidArgument("bad_order", "the order is of another installation");
    }
    if (std::find(networks.begin(), networks.end(), parsed.network()) == networks.end()) {
        return base::InvalidArgument("bad_order", "the order is of another network");
    }
    return parsed;
}

base::Result<> CheckNotExpired(const common::Order& order, base::Time now) {
    if (now >= ExpiresAt(order)) {
        return base::FailedPrecondition(
            "order_expired",
            "the order lapsed at " + base::FormatRfc3339(ExpiresAt(order)) + " unsigned");
    }
    return {};
}

base::Result<> CheckNotFuture(const common::Order& order, base::Time now) {
    if (IssuedAt(order) > now + kOrderClockSkew) {
        return base::FailedPrecondition("order_from_future",
                                        "the order was issued ahead of this machine's clock");
    }
    return {};
}

base::Result<common::SignedOrder> SignOrder(common::Order order,
                                            base::Time now,
                                            const secret::Bytes& seed) {
    order.set_domain(std::string(kOrderDomain));
    order.set_version(kOrderVersion);
    *order.mutable_issued_at() = ToTimestamp(now);
    *order.mutable_expires_at() = ToTimestamp(now + kOrderLifetime);
    BASE_RETURN_IF_ERROR(CheckOrderShape(order));
    common::SignedOrder answer;
    answer.set_order(SerialiseDeterministically(order));
    BASE_ASSIGN_OR_RETURN(const auto signature,
                          crypto::Ed25519Sign(seed, base::AsBytes(answer.order())));
    answer.set_signature(base::ToText(signature));
    return answer;
}

crypto::Hash256 OrderDigest(std::string_view order_bytes) {
    return crypto::Sha256(base::AsBytes(order_bytes));
}

crypto::Hash256 ApprovalDigest(const common::Order& order) {
    common::Order parameters = order;
    parameters.clear_issued_at();
    parameters.clear_expires_at();
    parameters.clear_approval_digest();
    return crypto::Sha256(base::AsBytes(SerialiseDeterministically(parameters)));
}

base::Time IssuedAt(const common::Order& order) {
    return FromTimestamp(order.issued_at());
}

base::Time ExpiresAt(const common::Order& order) {
    return FromTimestamp(order.expires_at());
}

}  // namespace auth
