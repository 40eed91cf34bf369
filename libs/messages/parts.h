// What the files of this folder share.
#pragma once

#include <span>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "messages/message.h"

namespace messages {

// The first is the standard one.
[[nodiscard]] std::span<const Kind> KindsOf(const chain::ChainInfo& chain);

// Errors: `message_too_long`, `unknown_format`, `unsupported_network`.
[[nodiscard]] base::Result<> CheckContent(Kind kind,
                                          std::string_view network,
                                          base::ByteView content);

// Errors: `bad_typed_data`.
[[nodiscard]] base::Result<nlohmann::json> ParseTypedData(base::ByteView content);

}  // namespace messages
