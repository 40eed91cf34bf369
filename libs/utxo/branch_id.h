// Zcash's network upgrades. The id that a transaction is signed for comes from the node at signing
// time; this table is only the cross-check.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "utxo/network.h"

namespace utxo {

inline constexpr std::uint32_t kBranchNu5 = 0xc2d6d0b4;

struct Upgrade {
    std::string_view name;
    std::uint32_t branch_id = 0;
};

// Whose rules hold at this height, as far as the table knows. None before Overwinter and on
// regtest, whose nodes set the heights themselves.
[[nodiscard]] std::optional<Upgrade> UpgradeAt(Network network, std::uint32_t height);

// The upgrade of that id; none if the table does not know it.
[[nodiscard]] std::optional<Upgrade> FindUpgrade(std::uint32_t branch_id);

// Whether a node's word on the rules of the block at `height` can be true. An id that the table
// does not know is newer than it: believed only where the table's last upgrade is past, never on
// regtest. Errors: `branch_id_mismatch` (kUnavailable): nothing is signed until the node says
// another.
[[nodiscard]] base::Result<> CheckBranchId(Network network,
                                           std::uint32_t height,
                                           std::uint32_t branch_id);

// Whether its rules take transactions of version 5 (from NU5 on). An id that the table does not
// know is newer than it.
[[nodiscard]] bool HasVersion5(std::uint32_t branch_id);

// 8 hex digits, most significant first: "c2d6d0b4". Errors: `bad_branch_id`.
[[nodiscard]] std::string BranchIdText(std::uint32_t branch_id);
[[nodiscard]] base::Result<std::uint32_t> ParseBranchId(std::string_view text);

}  // namespace utxo
