#include "orders/transfer_status.h"

namespace orders {

namespace v1 = platform::chain::v1;

std::string_view StatusName(v1::TransferStatus status) {
    for (const auto& [name, known] : kTransferStatuses) {
        if (known == status) {
            return name;
        }
    }
    return "";
}

v1::TransferStatus StatusOf(std::string_view name) {
    for (const auto& [known, status] : kTransferStatuses) {
        if (known == name) {
            return status;
        }
    }
    return v1::TRANSFER_STATUS_UNSPECIFIED;
}

}  // namespace orders
