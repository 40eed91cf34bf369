#include "pg/statements.h"

#include "base/ids.h"

namespace pg {

Statements::Statements() : prefix_(base::FormatUuid(base::RandomUuid()) + "_") {}

std::optional<std::string> Statements::Name(std::string_view sql) {
    if (stopped_) {
        return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    if (const auto known = names_.find(sql); known != names_.end()) {
        return known->second;
    }
    if (names_.size() >= kPreparedMax) {
        return std::nullopt;
    }
    return names_.emplace(sql, prefix_ + std::to_string(names_.size())).first->second;
}

}  // namespace pg
