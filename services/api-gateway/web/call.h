// One request on its way to its handler, and the answers that handlers give.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "api-gateway/caller.h"
#include "base/result.h"
#include "net/http_message.h"
#include "net/json.h"
#include "observe/trace.h"

namespace gateway {

struct Route;

// Letters of the reason that a caller may give.
inline constexpr std::size_t kReasonMax = 200;

struct Call {
    net::Request request;
    const Route* route = nullptr;
    std::map<std::string, std::string, std::less<>> path;  // {chain} -> "ethereum"
    net::Parameters query;
    Caller caller;
    observe::RequestContext trace;
    std::chrono::system_clock::time_point deadline;
    std::vector<base::Error> faults;  // every fault of the body; the answered error is the first

    [[nodiscard]] const std::string& Segment(std::string_view name) const {
        return path.find(name)->second;
    }
};

using Answer = boost::asio::awaitable<base::Result<net::Response>>;

[[nodiscard]] net::Response JsonResponse(int status, const nlohmann::json& body);
[[nodiscard]] net::Response NoContent();

// The body as JSON. Errors: `unsupported_media_type`, and those of net::ParseJson.
[[nodiscard]] base::Result<nlohmann::json> ReadBody(const Call& call);

// The same where an absent body means an empty object.
[[nodiscard]] base::Result<nlohmann::json> ReadOptionalBody(const Call& call);

// A body with passwords or keys in it: its text is wiped at once, its values when this ends.
class SecretBody {
public:
    explicit SecretBody(nlohmann::json json) : json_(std::move(json)) {}

    SecretBody(SecretBody&&) = default;
    SecretBody& operator=(SecretBody&&) = default;
    ~SecretBody();

    [[nodiscard]] const nlohmann::json& json() const { return json_; }

private:
    nlohmann::json json_;
};

// Errors: as ReadBody.
[[nodiscard]] base::Result<SecretBody> ReadSecretBody(Call& call);

// Ends reading; every fault of the body goes into the answer.
[[nodiscard]] base::Result<> Finish(Call& call, net::ObjectReader& reader);

// "tx_" + UUID in answers; accepted with and without the prefix. Errors: `bad_id`.
[[nodiscard]] base::Result<std::string> StripPrefix(std::string_view id, std::string_view prefix);

template <class Id>
[[nodiscard]] base::Result<Id> ParseId(std::string_view text, std::string_view prefix) {
    BASE_ASSIGN_OR_RETURN(const std::string id, StripPrefix(text, prefix));
    return Id::Parse(id);
}

// ?limit=1..100, 20 where it is absent. Errors: `number_out_of_range`.
[[nodiscard]] base::Result<unsigned> PageLimit(const Call& call);

// {"data": [...], "has_more": ..., "next_cursor": ...} with Link: rel=next.
[[nodiscard]] net::Response PageResponse(const Call& call,
                                         nlohmann::json data,
                                         const std::string& next_cursor);

}  // namespace gateway
