// Strong ids: UUIDs (RFC 4122, version 4) that cannot be mistaken for one another.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include <boost/uuid/uuid.hpp>

#include "base/result.h"

namespace base {

[[nodiscard]] boost::uuids::uuid RandomUuid();
[[nodiscard]] std::string FormatUuid(const boost::uuids::uuid& value);

// Canonical 36-character text, either case. Errors: `bad_id`.
[[nodiscard]] Result<boost::uuids::uuid> ParseUuid(std::string_view text);

template <class Tag>
class Id {
public:
    // The nil id. Never the id of a stored object.
    Id() = default;

    explicit Id(const boost::uuids::uuid& value) : value_(value) {}

    [[nodiscard]] static Id Random() { return Id(RandomUuid()); }

    [[nodiscard]] static Result<Id> Parse(std::string_view text) {
        BASE_ASSIGN_OR_RETURN(const auto value, ParseUuid(text));
        return Id(value);
    }

    [[nodiscard]] std::string ToString() const { return FormatUuid(value_); }

    [[nodiscard]] bool IsNil() const { return value_.is_nil(); }

    [[nodiscard]] const boost::uuids::uuid& value() const { return value_; }

    friend bool operator==(const Id& left, const Id& right) { return left.value_ == right.value_; }

    friend bool operator<(const Id& left, const Id& right) { return left.value_ < right.value_; }

private:
    boost::uuids::uuid value_{};
};

using UserId = Id<struct UserTag>;
using WalletId = Id<struct WalletTag>;
using IntentId = Id<struct IntentTag>;
using AttemptId = Id<struct AttemptTag>;
using ApprovalId = Id<struct ApprovalTag>;
using ApiKeyId = Id<struct ApiKeyTag>;
using SessionId = Id<struct SessionTag>;

}  // namespace base

template <class Tag>
struct std::hash<base::Id<Tag>> {
    std::size_t operator()(const base::Id<Tag>& id) const noexcept {
        return hash_value(id.value());
    }
};
