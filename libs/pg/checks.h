// What a daemon checks of its database before it calls itself ready.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "pg/pool.h"

namespace pg {

// fsync, full_page_writes and synchronous_commit must be on: a commit that a power cut can undo
// would pay twice. Errors: `unsafe_database_settings` naming the setting.
[[nodiscard]] base::Result<> CheckSettings(Pool& pool);

struct Migration {
    std::string_view name;      // "0001_roles.sql"
    std::string_view checksum;  // SHA-256 of the file, lower-case hex
};

// The migrations of the source tree this binary was built from, in order.
[[nodiscard]] std::span<const Migration> KnownMigrations();

// Every expected migration is applied with the same content. Later ones, of a newer release, are
// allowed. Errors: `migration_missing`, `migration_changed`, both naming the first one.
[[nodiscard]] base::Result<> CheckMigrations(Pool& pool, std::span<const Migration> expected);

}  // namespace pg
