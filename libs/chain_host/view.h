// Payments and figures of the money engine as messages of the wire. Pure.
#pragma once

#include <string>

#include "chain/types.h"
#include "platform/chain/v1/chain_service.pb.h"
#include "transfer/payment.h"

namespace chain_host {

[[nodiscard]] platform::chain::v1::TransferView WriteTransfer(const transfer::Payment& payment);
[[nodiscard]] platform::common::v1::Asset WriteAsset(const money::Asset& asset);
[[nodiscard]] platform::chain::v1::FeeOffer WriteFeeOffer(const chain::FeeOffer& offer);

}  // namespace chain_host
