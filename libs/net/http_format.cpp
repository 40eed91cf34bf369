#include "net/http_format.h"

#include <array>
#include <charconv>
#include <ctime>

#include "net/text_rules.h"

namespace net {

namespace {

constexpr std::array<std::string_view, 4> kFraming{
    "Content-Length", "Transfer-Encoding", "Connection", "Date"};

bool IsFraming(std::string_view name) {
    for (const std::string_view framing : kFraming) {
        if (EqualsIgnoringCase(name, framing)) {
            return true;
        }
    }
    return false;
}

void AppendLine(std::string& head, std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
}

void AppendHeaders(std::string& head, const Headers& headers) {
    for (const auto& [name, value] : headers) {
        if (IsToken(name) && IsHeaderValue(value) && !IsFraming(name)) {
            AppendLine(head, name, value);
        }
    }
}

// RFC 9110 section 5.6.7; made once a second for each thread.
std::string_view HttpDate() {
    thread_local std::time_t made = 0;
    thread_local std::array<char, 32> text{};
    const std::time_t now = std::time(nullptr);
    if (now != made) {
        std::tm parts{};
        (void)gmtime_r(&now, &parts);
        (void)std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        made = now;
    }
    return text.data();
}

}  // namespace

bool MayHaveBody(int status) {
    return status >= 200 && status != 204 && status != 304;
}

std::string FormatResponseHead(const Response& response, const ResponseFraming& framing) {
    std::string head;
    head.reserve(256);
    head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    head.append(StatusText(response.status)).append("\r\n");
    AppendLine(head, "Date", HttpDate());
    if (!framing.request_id.empty()) {
        AppendLine(head, "X-Request-Id", framing.request_id);
    }
    AppendHeaders(head, response.headers);
    if (framing.chunked) {
        AppendLine(head, "Transfer-Encoding", "chunked");
    } else if (!framing.stream && MayHaveBody(response.status)) {
        AppendLine(head, "Content-Length", std::to_string(response.body.size()));
    }
    if (!framing.keep_alive) {
        AppendLine(head, "Connection", "close");
    }
    head.append("\r\n");
    return head;
}

std::string FormatRequestHead(const Request& request,
                              std::string_view target,
                              std::string_view host) {
    std::string head;
    head.reserve(256);
    head.append(MethodName(request.method)).append(" ").append(target).append(" HTTP/1.1\r\n");
    AppendLine(head, "Host", host);
    AppendHeaders(head, request.headers);
    const bool may_have_body = request.method == Method::kPost || request.method == Method::kPut ||
                               request.method == Method::kPatch;
    if (may_have_body || !request.body.empty()) {
        AppendLine(head, "Content-Length", std::to_string(request.body.size()));
    }
    head.append("\r\n");
    return head;
}

std::string ChunkHead(std::size_t size) {
    std::array<char, 18> digits{};
    const auto written = std::to_chars(digits.data(), digits.data() + 16, size, 16);
    return std::string(digits.data(), written.ptr) + "\r\n";
}

}  // namespace net
