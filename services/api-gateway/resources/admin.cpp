#include "api-gateway/resources/admin.h"

#include <algorithm>

#include "api-gateway/flow/sign_in.h"
#include "api-gateway/store/admin_store.h"

namespace gateway {

namespace {

constexpr std::int64_t kPermitsMax = 1'000'000;
constexpr std::chrono::hours kInviteLife{24 * 7};

nlohmann::json OverridesJson(const RatePermits& permits) {
    nlohmann::json overrides = nlohmann::json::object();
    for (const auto& [rate_class, count] : permits) {
        overrides[std::string(RateClassName(rate_class))] = count;
    }
    return overrides;
}

nlohmann::json UserJson(const UserListing& user) {
    nlohmann::json json{{"id", user.id.ToString()},
                        {"email", user.email},
                        {"role", user.role},
                        {"active", user.active},
                        {"locked", user.locked_at.has_value()},
                        {"locked_at", nullptr},
                        {"locked_reason", nullptr},
                        {"created_at", base::FormatRfc3339(user.created_at)},
                        {"limits", OverridesJson(user.permits)}};
    if (user.locked_at) {
        json["locked_at"] = base::FormatRfc3339(*user.locked_at);
        json["locked_reason"] = user.locked_reason;
    }
    return json;
}

base::Result<base::UserId> TargetOf(const Call& call) {
    return ParseId<base::UserId>(call.Segment("id"), "");
}

// {"user_id": ..., "limits": {"read": 600, "send": null}}; null takes an override away.
struct LimitsWish {
    base::UserId user;
    std::map<RateClass, std::optional<std::uint32_t>> permits;
};

base::Result<LimitsWish> ReadLimits(Call& call) {
    BASE_ASSIGN_OR_RETURN(const nlohmann::json body, ReadBody(call));
    net::ObjectReader reader(body);
    const std::string user = reader.Text("user_id", net::kNeeded);
    const nlohmann::json* const limits = reader.Object("limits");
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    if (limits == nullptr) {
        return base::InvalidArgument("missing_field", "limits is needed").At("/limits");
    }
    LimitsWish wish;
    BASE_ASSIGN_OR_RETURN(wish.user, ParseId<base::UserId>(user, ""));
    for (const auto& [name, value] : limits->items()) {
        const auto rate_class = ParseRateClass(name);
        if (!rate_class || !IsPerUser(*rate_class)) {
            return base::InvalidArgument("unknown_field",
                                         "there is no limit of this class per user")
                .At("/limits/" + name);
        }
        if (value.is_null()) {
            wish.permits[*rate_class] = std::nullopt;
        } else if (value.is_number_unsigned() && value.get<std::uint64_t>() >= 1 &&
                   value.get<std::uint64_t>() <= kPermitsMax) {
            wish.permits[*rate_class] = value.get<std::uint32_t>();
        } else {
            return base::InvalidArgument("number_out_of_range",
                                         "a limit is a number from 1 to 1000000, or null")
                .At("/limits/" + name);
        }
    }
    return wish;
}

nlohmann::json LimitsJson(const Limiter& limiter, const UserListing& user) {
    nlohmann::json standard = nlohmann::json::object();
    for (const RateClass rate_class : kRateClasses) {
        standard[std::string(RateClassName(rate_class))] = {
            {"permits", limiter.PermitsOf(rate_class, nullptr)},
            {"window_seconds", RateWindow(rate_class).count()}};
    }
    return {{"user_id", user.id.ToString()},
            {"standard", std::move(standard)},
            {"overrides", OverridesJson(user.permits)}};
}

}  // namespace

Answer AdminListUsers(App& app, Call& call) {
    const auto limit = PageLimit(call);
    if (!limit) {
        co_return limit.error();
    }
    UserQuery query;
    query.limit = *limit;
    query.email_part = call.query.Find("q").value_or("");
    if (const auto cursor = call.query.Find("cursor")) {
        const auto after = base::UserId::Parse(*cursor);
        if (!after) {
            co_return base::InvalidArgument("bad_cursor", "this cursor is not of this list");
        }
        query.after = *after;
    }
    auto work = [&pool = app.database(), query] { return ListUsers(pool, query); };
    auto users = co_await app.Sql(std::move(work));
    if (!users) {
        co_return users.error();
    }
    const bool more = users->size() > *limit;
    users->resize(std::min<std::size_t>(users->size(), *limit));
    nlohmann::json data = nlohmann::json::array();
    for (const UserListing& user : *users) {
        data.push_back(UserJson(user));
    }
    const std::string next = more ? users->back().id.ToString() : std::string();
    co_return PageResponse(call, std::move(data), next);
}

Answer AdminGetUser(App& app, Call& call) {
    const auto id = TargetOf(call);
    if (!id) {
        co_return id.error();
    }
    auto work = [&pool = app.database(), id = *id] { return GetUser(pool, id); };
    const auto user = co_await app.Sql(std::move(work));
    if (!user) {
        co_return user.error();
    }
    co_return JsonResponse(200, UserJson(*user));
}

Answer AdminLockUser(App& app, Call& call) {
    const auto id = TargetOf(call);
    if (!id) {
        co_return id.error();
    }
    const auto body = ReadOptionalBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(*body);
    const std::string reason = reader.Text("reason", kReasonMax).value_or("");
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    if (*id == call.caller.user->id) {
        co_return base::InvalidArgument("invalid_request",
                                        "an administrator cannot lock the own account");
    }
    auto work = [&pool = app.database(), id = *id, admin = call.caller.user->id, reason] {
        return LockUser(pool, id, admin, reason);
    };
    const auto done = co_await app.Sql(std::move(work));
    if (!done) {
        co_return done.error();
    }
    app.authenticator().Forget(*id);
    app.authenticator().ForgetSessions();
    co_return co_await AdminGetUser(app, call);
}

Answer AdminUnlockUser(App& app, Call& call) {
    const auto id = TargetOf(call);
    if (!id) {
        co_return id.error();
    }
    auto work = [&pool = app.database(), id = *id, admin = call.caller.user->id] {
        return UnlockUser(pool, id, admin);
    };
    const auto done = co_await app.Sql(std::move(work));
    if (!done) {
        co_return done.error();
    }
    app.authenticator().Forget(*id);
    co_return co_await AdminGetUser(app, call);
}

Answer AdminGetLimits(App& app, Call& call) {
    const auto text = call.query.Find("user_id");
    const auto id = ParseId<base::UserId>(text.value_or(""), "");
    if (!id) {
        co_return base::Error(id.error()).At("/user_id");
    }
    auto work = [&pool = app.database(), id = *id] { return GetUser(pool, id); };
    const auto user = co_await app.Sql(std::move(work));
    if (!user) {
        co_return user.error();
    }
    co_return JsonResponse(200, LimitsJson(app.limiter(), *user));
}

Answer AdminSetLimits(App& app, Call& call) {
    const auto wish = ReadLimits(call);
    if (!wish) {
        co_return wish.error();
    }
    auto work = [&pool = app.database(),
                 admin = call.caller.user->id,
                 wish = *wish]() -> base::Result<UserListing> {
        BASE_RETURN_IF_ERROR(SetPermits(pool, wish.user, admin, wish.permits));
        return GetUser(pool, wish.user);
    };
    const auto user = co_await app.Sql(std::move(work));
    if (!user) {
        co_return user.error();
    }
    app.authenticator().Forget(wish->user);
    co_return JsonResponse(200, LimitsJson(app.limiter(), *user));
}

Answer AdminInvite(App& app, Call& call) {
    const auto body = ReadOptionalBody(call);
    if (!body) {
        co_return body.error();
    }
    net::ObjectReader reader(*body);
    const auto text = reader.Text("email");
    BASE_CO_RETURN_IF_ERROR(Finish(call, reader));
    std::string email;
    if (text) {
        auto normal = NormaliseEmail(*text);
        if (!normal) {
            co_return normal.error();
        }
        email = std::move(*normal);
    }
    const base::Time expires_at = app.clock().Now() + kInviteLife;
    auto work = [&pool = app.database(), admin = call.caller.user->id, email, expires_at] {
        return MakeInvite(pool, admin, email, expires_at);
    };
    const auto code = co_await app.Sql(std::move(work));
    if (!code) {
        co_return code.error();
    }
    co_return JsonResponse(201,
                           {{"invite", *code}, {"expires_at", base::FormatRfc3339(expires_at)}});
}

}  // namespace gateway
