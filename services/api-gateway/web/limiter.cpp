#include "api-gateway/web/limiter.h"

#include <algorithm>
#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/hex.h"
#include "crypto/hash.h"
#include "net/ip_ranges.h"
#include "rpc/await.h"

namespace gateway {

namespace {

using boost::asio::awaitable;

std::string AddressSubject(const std::string& address) {
    boost::system::error_code code;
    const auto parsed = boost::asio::ip::make_address(address, code);
    return "ip:" + (code ? address : net::AddressKey(parsed));
}

redis::Limit MakeLimit(RateClass rate_class, std::string subject, std::uint32_t permits) {
    return {.name = std::string(RateClassName(rate_class)),
            .subject = std::move(subject),
            .count = permits,
            .period = RateWindow(rate_class),
            .burst = RateBurst(rate_class, permits),
            .halve_in_fallback = rate_class == RateClass::kAuth};
}

std::int64_t CeilSeconds(std::chrono::milliseconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time).count();
}

}  // namespace

Limiter::Limiter(redis::Client* client, RatePermits permits) : permits_(std::move(permits)) {
    if (client != nullptr) {
        shared_.emplace(*client);
    }
}

awaitable<redis::Decision> Limiter::CountAddress(RateClass rate_class, const std::string& address) {
    redis::Limit limit =
        MakeLimit(rate_class, AddressSubject(address), PermitsOf(rate_class, nullptr));
    return Check(std::move(limit));
}

awaitable<redis::Decision> Limiter::CountUser(RateClass rate_class, const UserState& user) {
    const std::uint32_t permits = PermitsOf(rate_class, &user);
    // A changed number begins afresh, so that raising it helps at once.
    std::string subject = "user:" + user.id.ToString() + ":" + std::to_string(permits);
    redis::Limit limit = MakeLimit(rate_class, std::move(subject), permits);
    return Check(std::move(limit));
}

awaitable<redis::Decision> Limiter::CountAccount(const std::string& email) {
    constexpr std::size_t kSubjectBytes = 16;
    const auto hash = crypto::Sha256(base::AsBytes(email));
    const std::uint32_t permits = std::max(1U, PermitsOf(RateClass::kAuth, nullptr) / 2);
    redis::Limit limit =
        MakeLimit(RateClass::kAuth,
                  "account:" + base::HexEncode(base::ByteView(hash).first(kSubjectBytes)),
                  permits);
    return Check(std::move(limit));
}

std::uint32_t Limiter::PermitsOf(RateClass rate_class, const UserState* user) const {
    if (user != nullptr) {
        if (const auto own = user->permits.find(rate_class); own != user->permits.end()) {
            return own->second;
        }
    }
    const auto standard = permits_.find(rate_class);
    return standard == permits_.end() ? 1 : standard->second;
}

awaitable<redis::Decision> Limiter::Check(redis::Limit limit) {
    if (!shared_) {
        const std::vector<redis::Limit> limits{std::move(limit)};
        co_return local_.Check(limits, std::chrono::steady_clock::now());
    }
    std::vector<redis::Limit> limits;
    limits.push_back(std::move(limit));
    auto start = [this, limits = std::move(limits)](auto handler) mutable {
        rpc::Completion<decltype(handler), redis::Decision> completion(std::move(handler));
        shared_->AsyncCheck(std::move(limits),
                            [completion](const redis::Decision& decision) mutable {
                                completion.Complete(decision);
                            });
    };
    auto started =
        boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(redis::Decision)>(
            std::move(start), boost::asio::use_awaitable);
    co_return co_await std::move(started);
}

base::Result<> RefusalOf(const redis::Decision& decision) {
    if (decision.allowed) {
        return {};
    }
    base::Error error =
        base::MakeError(base::ErrorKind::kResourceExhausted,
                        "rate_limited",
                        "the limit of class " + decision.limit_name + " is used up for now");
    error.retry_after = std::max(decision.retry_after, std::chrono::milliseconds(1'000));
    error.metadata.emplace("class", decision.limit_name);
    return error;
}

void AddRateHeaders(net::Response& response,
                    RateClass rate_class,
                    const redis::Decision& decision) {
    const std::string name = "\"" + std::string(RateClassName(rate_class)) + "\"";
    response.headers.Set("RateLimit-Policy",
                         name + ";q=" + std::to_string(decision.limit) +
                             ";w=" + std::to_string(RateWindow(rate_class).count()));
    response.headers.Set("RateLimit",
                         name +
                             ";r=" + std::to_string(std::max<std::int64_t>(decision.remaining, 0)) +
                             ";t=" + std::to_string(CeilSeconds(decision.reset)));
}

}  // namespace gateway
