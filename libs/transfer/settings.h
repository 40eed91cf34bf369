// The money engine's times and bounds. Tests shorten the times; nothing else changes them but the
// two that operators may set (lease and its renewal).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "chain/types.h"

namespace transfer {

struct Settings {
    std::chrono::milliseconds lease{10'000};
    std::chrono::milliseconds lease_renewal{3'000};
    std::chrono::milliseconds scan{250};            // for due work that nobody announced
    std::chrono::milliseconds publish_spacing{50};  // one commit for the events of that time
    std::chrono::milliseconds recovery{10'000};     // for intents whose worker died
    std::chrono::milliseconds head_poll{500};
    std::chrono::milliseconds approval_poll{5'000};
    std::chrono::milliseconds retry{1'000};  // after an unavailable neighbour
    std::chrono::milliseconds rebroadcast{30'000};
    std::chrono::milliseconds quote_age_max{15'000};
    std::chrono::milliseconds bump_after{180'000};
    // Where transactions die of age: between two looks at one whose time is over, and, where no
    // coins make them exclude each other, from one attempt's signature to the next one's.
    std::chrono::milliseconds death_poll{5'000};
    std::chrono::milliseconds resign_after{150'000};
    std::uint32_t mortal_attempts_max = 3;
    std::chrono::milliseconds operator_after{3'600'000};
    std::uint32_t automatic_bumps_max = 5;
    std::uint32_t attempts_max = 20;   // of one intent
    std::size_t tracked_rows = 5'000;  // read in one look; where there are more, in turns
    std::size_t batch = 64;
    // Of the workers. Many wallets' payments in one round cost hardly more than one wallet's: a
    // second round begins only where the first is slow.
    std::size_t rounds_at_once = 2;
    std::size_t gate_calls_at_once = 16;
    std::size_t node_calls_at_once = 8;
};

// What a chain's payments have time for. Coins wait for blocks of ten minutes: two of them before a
// fee is raised, since a payment with two attempts lends nobody its change, and a day before a
// person looks.
[[nodiscard]] inline Settings SettingsOf(chain::SlotKind slot) {
    Settings settings;
    if (slot == chain::SlotKind::kCoins) {
        settings.bump_after = std::chrono::minutes(20);
        settings.operator_after = std::chrono::hours(24);
    }
    return settings;
}

}  // namespace transfer
