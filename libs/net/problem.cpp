#include "net/problem.h"

#include <algorithm>
#include <array>
#include <set>

#include <nlohmann/json.hpp>

#include "net/json.h"

namespace net {

namespace {

using nlohmann::json;

constexpr int kServerFault = 500;

bool IsHidden(const base::Error& error, int status) {
    return status == kServerFault || error.kind == base::ErrorKind::kInternal ||
           error.kind == base::ErrorKind::kDataLoss;
}

// Their details name hosts, folders and drivers' words: for the log, not for a caller.
constexpr std::array<std::string_view, 5> kInsideDetails{"commit_in_doubt",
                                                         "database_unavailable",
                                                         "incarnation_unavailable",
                                                         "journal_unavailable",
                                                         "redis_unavailable"};

bool IsInsideDetail(std::string_view code) {
    return std::find(kInsideDetails.begin(), kInsideDetails.end(), code) != kInsideDetails.end();
}

json FieldFault(const base::Error& error) {
    return {{"pointer", error.pointer}, {"code", error.reason}, {"detail", error.detail}};
}

// Faults that name a field, each once.
json FieldFaults(const base::Error& error, std::span<const base::Error> further) {
    json faults = json::array();
    std::set<std::pair<std::string, std::string>> seen;
    const auto add = [&faults, &seen](const base::Error& fault) {
        if (!fault.pointer.empty() && seen.emplace(fault.pointer, fault.reason).second) {
            faults.push_back(FieldFault(fault));
        }
    };
    add(error);
    std::for_each(further.begin(), further.end(), add);
    return faults;
}

std::string Escape(std::string_view text) {
    std::string escaped;
    for (const char letter : text) {
        switch (letter) {
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '&':
                escaped += "&amp;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            default:
                escaped += letter;
        }
    }
    return escaped;
}

}  // namespace

const CatalogEntry* FindProblem(std::string_view code) {
    const auto catalog = ProblemCatalog();
    const auto found = std::lower_bound(
        catalog.begin(), catalog.end(), code, [](const CatalogEntry& entry, std::string_view key) {
            return entry.code < key;
        });
    return found == catalog.end() || found->code != code ? nullptr : &*found;
}

int StatusOf(base::ErrorKind kind) {
    switch (kind) {
        case base::ErrorKind::kInvalidArgument:
            return 400;
        case base::ErrorKind::kFailedPrecondition:
            return 422;
        case base::ErrorKind::kNotFound:
            return 404;
        case base::ErrorKind::kAlreadyExists:
        case base::ErrorKind::kAborted:
            return 409;
        case base::ErrorKind::kPermissionDenied:
            return 403;
        case base::ErrorKind::kUnauthenticated:
            return 401;
        case base::ErrorKind::kResourceExhausted:
            return 429;
        case base::ErrorKind::kUnavailable:
        case base::ErrorKind::kCancelled:
            return 503;
        case base::ErrorKind::kDeadlineExceeded:
            return 504;
        case base::ErrorKind::kUnimplemented:
            return 501;
        case base::ErrorKind::kDataLoss:
        case base::ErrorKind::kInternal:
            return kServerFault;
    }
    return kServerFault;
}

Response ProblemResponse(const base::Error& error,
                         const observe::RequestContext& context,
                         std::string_view instance,
                         std::span<const base::Error> further) {
    const CatalogEntry* entry = FindProblem(error.reason);
    const int status = entry != nullptr ? entry->status : StatusOf(error.kind);
    const bool hidden = IsHidden(error, status);
    const CatalogEntry* shown = hidden ? FindProblem("internal") : entry;
    const std::string code = hidden ? "internal" : error.reason;
    const bool cause_only = shown != nullptr && (hidden || IsInsideDetail(error.reason));

    json body{{"type", "/problems/" + code},
              {"title", shown != nullptr ? shown->title : std::string(StatusText(status))},
              {"status", status},
              {"detail", cause_only ? shown->cause : error.detail},
              {"instance", instance},
              {"code", code},
              {"request_id", context.request_id},
              {"remedy", error.remedy},
              {"retryable", base::IsRetryable(error.kind)}};
    if ((error.remedy.empty() || cause_only) && shown != nullptr) {
        body["remedy"] = shown->remedy;
    }
    if (!hidden) {
        if (auto faults = FieldFaults(error, further); !faults.empty()) {
            body["errors"] = std::move(faults);
        }
        for (const auto& [name, value] : error.metadata) {
            body.emplace(name, value);
        }
    }

    Response response;
    response.status = status;
    response.error_code = error.reason;
    response.headers = {{"Content-Type", "application/problem+json"},
                        {"Cache-Control", "no-store"}};
    if (error.retry_after) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(*error.retry_after);
        body["retry_after_seconds"] = seconds.count();
        response.headers.Add("Retry-After", std::to_string(seconds.count()));
    }
    if (status == 401) {
        response.headers.Add("WWW-Authenticate", "Bearer");
    }
    response.body = WriteJson(body);
    return response;
}

std::string ProblemPage(const CatalogEntry& entry) {
    const std::string title = Escape(entry.title);
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + title +
           "</title></head>\n<body><h1>" + title + "</h1>\n<p>Code <code>" + Escape(entry.code) +
           "</code>, HTTP status " + std::to_string(entry.status) + ".</p>\n<h2>Cause</h2><p>" +
           Escape(entry.cause) + "</p>\n<h2>What to do</h2><p>" + Escape(entry.remedy) +
           "</p></body></html>\n";
}

}  // namespace net
