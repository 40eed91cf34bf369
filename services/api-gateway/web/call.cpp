#include "api-gateway/web/call.h"

#include "base/text.h"

namespace gateway {

namespace {

void WipeTexts(nlohmann::json& value) {
    if (auto* text = value.get_ptr<std::string*>()) {
        secret::Wipe(*text);
    } else if (value.is_structured()) {
        for (auto& item : value) {
            WipeTexts(item);
        }
    }
}

}  // namespace

net::Response JsonResponse(int status, const nlohmann::json& body) {
    net::Response response;
    response.status = status;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = net::WriteJson(body);
    return response;
}

net::Response NoContent() {
    net::Response response;
    response.status = 204;
    return response;
}

base::Result<nlohmann::json> ReadBody(const Call& call) {
    if (net::MediaType(call.request.headers) != "application/json") {
        return base::InvalidArgument("unsupported_media_type",
                                     "the body of this call is application/json");
    }
    return net::ParseJson(call.request.body);
}

base::Result<nlohmann::json> ReadOptionalBody(const Call& call) {
    if (call.request.body.empty()) {
        return {boost::system::in_place_value, nlohmann::json::object()};
    }
    return ReadBody(call);
}

SecretBody::~SecretBody() {
    WipeTexts(json_);
}

base::Result<SecretBody> ReadSecretBody(Call& call) {
    auto json = ReadBody(call);
    secret::Wipe(call.request.body);
    if (!json) {
        return json.error();
    }
    return SecretBody(std::move(*json));
}

base::Result<> Finish(Call& call, net::ObjectReader& reader) {
    auto finished = reader.Finish();
    if (!finished) {
        call.faults = reader.errors();
        return finished.error();
    }
    return {};
}

base::Result<std::string> StripPrefix(std::string_view id, std::string_view prefix) {
    if (id.starts_with(prefix)) {
        id.remove_prefix(prefix.size());
    }
    BASE_RETURN_IF_ERROR(base::ParseUuid(id));
    return std::string(id);
}

base::Result<unsigned> PageLimit(const Call& call) {
    constexpr unsigned kStandard = 20;
    constexpr unsigned kMax = 100;
    const auto text = call.query.Find("limit");
    if (!text) {
        return kStandard;
    }
    const auto limit = base::ParseUnsigned<unsigned>(*text, kMax);
    if (!limit || *limit == 0) {
        return base::InvalidArgument("number_out_of_range", "limit is a number from 1 to 100")
            .At("/limit");
    }
    return *limit;
}

net::Response PageResponse(const Call& call, nlohmann::json data, const std::string& next_cursor) {
    nlohmann::json body{
        {"data", std::move(data)}, {"has_more", !next_cursor.empty()}, {"next_cursor", nullptr}};
    if (!next_cursor.empty()) {
        body["next_cursor"] = next_cursor;
    }
    net::Response response = JsonResponse(200, body);
    if (!next_cursor.empty()) {
        std::string link = call.request.path + "?";
        for (const auto& [name, value] : call.query) {
            if (name != "cursor") {
                link += net::PercentEncode(name) + "=" + net::PercentEncode(value) + "&";
            }
        }
        response.headers.Add(
            "Link", "<" + link + "cursor=" + net::PercentEncode(next_cursor) + ">; rel=\"next\"");
    }
    return response;
}

}  // namespace gateway
