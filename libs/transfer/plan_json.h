// Plans, quotes and fee wishes as the JSON that is stored with an intent, so that any process can
// go on with it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chain/types.h"

namespace transfer {

[[nodiscard]] std::string WritePlan(const chain::Plan& plan);
[[nodiscard]] std::string WriteQuote(const chain::Quote& quote);
[[nodiscard]] std::string WriteFeeWish(const chain::FeeWish& wish);

// Errors of all: kDataLoss `bad_record`: the stored text is not what this release writes.
[[nodiscard]] base::Result<chain::Plan> ReadPlan(std::string_view json);
[[nodiscard]] base::Result<chain::Quote> ReadQuote(std::string_view json);
[[nodiscard]] base::Result<chain::FeeWish> ReadFeeWish(std::string_view json);

// "transfer", "approve", ... as intents.action spells it.
[[nodiscard]] std::string_view ActionName(const chain::Action& action);

// Who is paid and how much, for people and lists: the recipients of a transfer, else nobody.
[[nodiscard]] std::string WriteRecipients(const chain::Plan& plan);
[[nodiscard]] base::Result<std::vector<chain::Recipient>> ReadRecipients(std::string_view json);

}  // namespace transfer
