// Reads a node's JSON answers strictly. Whatever is not of the documented shape is an error
// `node_unavailable`: such a node has not answered. Only for this folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "solana/pubkey.h"

namespace solana {

using Json = nlohmann::json;

[[nodiscard]] base::Error BadAnswer(std::string_view what);

// Whether the node refused this very call, and not because of its own trouble.
[[nodiscard]] bool IsRejected(const base::Error& error);

// The node's own words of a `node_rejected`.
[[nodiscard]] std::string UpstreamText(const base::Error& error);

// The JSON-RPC error code of a `node_rejected`; 0 for anything else.
[[nodiscard]] int UpstreamCode(const base::Error& error);

// The value of a key; JSON null where there is none or `object` is no object.
[[nodiscard]] const Json& Member(const Json& object, std::string_view key);

// A whole number, or its decimal text: amounts go beyond what a double holds.
[[nodiscard]] base::Result<std::uint64_t> ReadNumber(const Json& value, std::string_view what);
[[nodiscard]] base::Result<std::string> ReadText(const Json& value, std::string_view what);
[[nodiscard]] base::Result<Pubkey> ReadKey(const Json& value, std::string_view what);
[[nodiscard]] base::Result<const Json*> ReadList(const Json& value, std::string_view what);

// {"context": {"slot"}, "value"}.
[[nodiscard]] base::Result<std::uint64_t> ReadContextSlot(const Json& answer);

struct NodeAccount {
    std::uint64_t lamports = 0;
    Pubkey owner;
    base::Bytes data;
    bool executable = false;
};

// Null = the account does not exist. The data is base64.
[[nodiscard]] base::Result<std::optional<NodeAccount>> ReadAccount(const Json& value);

}  // namespace solana
