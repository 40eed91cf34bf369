#include "utxo/branch_id.h"

#include <array>
#include <string>

#include "base/hex.h"

namespace utxo {

namespace {

struct Row {
    Upgrade upgrade;
    std::uint32_t main_height;
    std::uint32_t test_height;
};

// ZIP-200 and the deployment ZIPs of each upgrade, oldest first.
constexpr std::array<Row, 10> kRows = {{
    {{"Overwinter", 0x5ba81b19}, 347500, 207500},
    {{"Sapling", 0x76b809bb}, 419200, 280000},
    {{"Blossom", 0x2bb40e60}, 653600, 584000},
    {{"Heartwood", 0xf5b9230b}, 903000, 903800},
    {{"Canopy", 0xe9ff75a6}, 1046400, 1028500},
    {{"NU5", kBranchNu5}, 1687104, 1842420},
    {{"NU6", 0xc8e71055}, 2726400, 2976000},
    {{"NU6.1", 0x4dec4df0}, 3146400, 3536500},
    {{"NU6.2", 0x5437f330}, 3364600, 4052000},
    {{"NU6.3", 0x37a5165b}, 3428143, 4134000},
}};

constexpr std::size_t kNu5Row = 5;

}  // namespace

std::optional<Upgrade> UpgradeAt(Network network, std::uint32_t height) {
    std::optional<Upgrade> found;
    if (network == Network::kRegtest) {
        return found;
    }
    for (const Row& row : kRows) {
        if (height >= (network == Network::kMain ? row.main_height : row.test_height)) {
            found = row.upgrade;
        }
    }
    return found;
}

std::optional<Upgrade> FindUpgrade(std::uint32_t branch_id) {
    for (const Row& row : kRows) {
        if (row.upgrade.branch_id == branch_id) {
            return row.upgrade;
        }
    }
    return std::nullopt;
}

base::Result<> CheckBranchId(Network network, std::uint32_t height, std::uint32_t branch_id) {
    const auto known = FindUpgrade(branch_id);
    const auto expected = UpgradeAt(network, height);
    const bool past_table =
        expected && expected->branch_id == kRows.back().upgrade.branch_id && !known;
    if (past_table || (network == Network::kRegtest && known) ||
        (expected && expected->branch_id == branch_id)) {
        return {};
    }
    return base::Unavailable("branch_id_mismatch",
                             "the node says that block " + std::to_string(height) +
                                 " has consensus branch " + BranchIdText(branch_id) +
                                 (expected ? ", it has " + BranchIdText(expected->branch_id)
                                           : ", none of that id is known"))
        .With("branch_id", BranchIdText(branch_id));
}

bool HasVersion5(std::uint32_t branch_id) {
    for (std::size_t i = 0; i < kNu5Row; ++i) {
        if (kRows[i].upgrade.branch_id == branch_id) {
            return false;
        }
    }
    return branch_id != 0;
}

std::string BranchIdText(std::uint32_t branch_id) {
    const base::ByteArray<4> bytes = {static_cast<std::uint8_t>(branch_id >> 24),
                                      static_cast<std::uint8_t>(branch_id >> 16),
                                      static_cast<std::uint8_t>(branch_id >> 8),
                                      static_cast<std::uint8_t>(branch_id)};
    return base::HexEncode(bytes);
}

base::Result<std::uint32_t> ParseBranchId(std::string_view text) {
    const auto bytes = base::HexDecode(text);
    if (!bytes || bytes->size() != 4) {
        return base::InvalidArgument("bad_branch_id", "a consensus branch id has 8 hex digits");
    }
    std::uint32_t branch_id = 0;
    for (const std::uint8_t byte : *bytes) {
        branch_id = branch_id << 8 | byte;
    }
    return branch_id;
}

}  // namespace utxo
