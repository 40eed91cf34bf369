#include "pg/checks.h"

#include <map>
#include <string>

namespace pg {

base::Result<> CheckSettings(Pool& pool) {
    return Transact(pool, [](Tx& tx) -> base::Result<> {
        BASE_ASSIGN_OR_RETURN(
            const auto unsafe,
            tx.Maybe("SELECT name, setting FROM pg_settings"
                     " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"
                     " AND setting NOT IN ('on', 'remote_apply') ORDER BY name LIMIT 1"));
        if (!unsafe) {
            return {};
        }
        const auto name = unsafe->Get<std::string>("name");
        return base::FailedPrecondition(
                   "unsafe_database_settings",
                   name + " is " + unsafe->Get<std::string>("setting") + " in the database")
            .With("setting", name)
            .Remedy("set " + name + " = on in the server's configuration");
    });
}

base::Result<> CheckMigrations(Pool& pool, std::span<const Migration> expected) {
    using Applied = std::map<std::string, std::string>;
    BASE_ASSIGN_OR_RETURN(
        const Applied applied, Transact(pool, [](Tx& tx) -> base::Result<Applied> {
            Applied checksums;
            BASE_ASSIGN_OR_RETURN(const auto rows,
                                  tx.Exec("SELECT name, checksum FROM schema_migrations"));
            for (const Row row : rows) {
                checksums.emplace(row.Get<std::string>("name"), row.Get<std::string>("checksum"));
            }
            return checksums;
        }));
    for (const Migration& migration : expected) {
        const std::string name(migration.name);
        const auto found = applied.find(name);
        if (found == applied.end()) {
            return base::FailedPrecondition("migration_missing",
                                            "the database lacks migration " + name)
                .With("migration", name)
                .Remedy("run scripts/migrate.sh up");
        }
        if (found->second != migration.checksum) {
            return base::FailedPrecondition("migration_changed",
                                            "migration " + name + " differs from the applied one")
                .With("migration", name)
                .Remedy("run the release whose migrations the database has");
        }
    }
    return {};
}

}  // namespace pg
