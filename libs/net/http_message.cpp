#include "net/http_message.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "net/text_rules.h"

namespace net {

namespace {

constexpr std::size_t kParametersMax = 64;
constexpr std::size_t kShownNameMax = 64;

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{
    {{Method::kGet, "GET"},
     {Method::kHead, "HEAD"},
     {Method::kPost, "POST"},
     {Method::kPut, "PUT"},
     {Method::kPatch, "PATCH"},
     {Method::kDelete, "DELETE"},
     {Method::kOptions, "OPTIONS"}}};

int HexValue(char letter) {
    if (base::IsDigit(letter)) {
        return letter - '0';
    }
    if (letter >= 'a' && letter <= 'f') {
        return letter - 'a' + 10;
    }
    if (letter >= 'A' && letter <= 'F') {
        return letter - 'A' + 10;
    }
    return -1;
}

base::Error BadPath(std::string detail) {
    return base::InvalidArgument("bad_path", std::move(detail));
}

base::Result<std::string> DecodeFormText(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    auto decoded = PercentDecode(spaced);
    if (!decoded || !IsPrintableUtf8(*decoded)) {
        return base::InvalidArgument("bad_query",
                                     "a query parameter is not percent-encoded UTF-8 text");
    }
    return decoded;
}

}  // namespace

std::string_view MethodName(Method method) {
    for (const auto& [candidate, name] : kMethods) {
        if (candidate == method) {
            return name;
        }
    }
    return "GET";
}

std::optional<Method> ParseMethod(std::string_view name) {
    for (const auto& [method, text] : kMethods) {
        if (text == name) {
            return method;
        }
    }
    return std::nullopt;
}

void Headers::Set(std::string_view name, std::string value) {
    std::erase_if(lines_,
                  [name](const Line& line) { return EqualsIgnoringCase(line.first, name); });
    lines_.emplace_back(name, std::move(value));
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
    for (const Line& line : lines_) {
        if (EqualsIgnoringCase(line.first, name)) {
            return line.second;
        }
    }
    return std::nullopt;
}

std::size_t Headers::Count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(lines_.begin(), lines_.end(), [name](const Line& line) {
            return EqualsIgnoringCase(line.first, name);
        }));
}

std::string MediaType(const Headers& headers) {
    const std::string_view value = headers.Find("Content-Type").value_or("");
    return base::ToLower(base::Trim(value.substr(0, value.find(';'))));
}

base::Result<Parameters> Parameters::Parse(std::string_view text) {
    Parameters parameters;
    if (text.empty()) {
        return parameters;
    }
    for (const std::string_view pair : base::Split(text, '&')) {
        const std::size_t equals = pair.find('=');
        BASE_ASSIGN_OR_RETURN(std::string name, DecodeFormText(pair.substr(0, equals)));
        std::string value;
        if (equals != std::string_view::npos) {
            BASE_ASSIGN_OR_RETURN(value, DecodeFormText(pair.substr(equals + 1)));
        }
        if (name.empty()) {
            return base::InvalidArgument("bad_query", "a query parameter has no name");
        }
        if (parameters.Find(name)) {
            return base::InvalidArgument(
                "repeated_parameter",
                "the parameter `" + name.substr(0, kShownNameMax) + "` is given twice");
        }
        if (parameters.size() == kParametersMax) {
            return base::InvalidArgument("bad_query", "there are more than 64 query parameters");
        }
        parameters.pairs_.emplace_back(std::move(name), std::move(value));
    }
    return parameters;
}

std::optional<std::string_view> Parameters::Find(std::string_view name) const {
    for (const auto& [candidate, value] : pairs_) {
        if (candidate == name) {
            return value;
        }
    }
    return std::nullopt;
}

base::Result<void> Parameters::OnlyKnown(const std::vector<std::string_view>& known) const {
    for (const auto& [name, value] : pairs_) {
        if (std::find(known.begin(), known.end(), name) != known.end()) {
            continue;
        }
        auto error = base::InvalidArgument(
            "unknown_parameter",
            "the query parameter `" + name.substr(0, kShownNameMax) + "` does not exist here");
        if (const std::string_view nearest = base::Nearest(name, known); !nearest.empty()) {
            error.remedy = "did you mean `" + std::string(nearest) + "`?";
        }
        return error;
    }
    return {};
}

base::Result<std::string> PercentDecode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? HexValue(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? HexValue(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return base::InvalidArgument("bad_encoding", "a `%` without two hex digits");
        }
        decoded += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return decoded;
}

std::string PercentEncode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        const bool plain = base::IsDigit(letter) || (letter >= 'a' && letter <= 'z') ||
                           (letter >= 'A' && letter <= 'Z') ||
                           std::string_view("-._~").find(letter) != std::string_view::npos;
        if (plain) {
            encoded += letter;
        } else {
            encoded += '%';
            encoded += kDigits[byte >> 4];
            encoded += kDigits[byte & 0x0F];
        }
    }
    return encoded;
}

base::Result<std::vector<std::string>> SplitPath(std::string_view path) {
    if (!path.starts_with('/')) {
        return BadPath("the path does not start with a slash");
    }
    std::vector<std::string> segments;
    if (path.size() == 1) {
        return segments;
    }
    for (const std::string_view raw : base::Split(path.substr(1), '/')) {
        auto segment = PercentDecode(raw);
        if (!segment || !IsPrintableUtf8(*segment)) {
            return BadPath("the path is not percent-encoded UTF-8 text");
        }
        if (segment->empty() || *segment == "." || *segment == ".." ||
            segment->find('/') != std::string::npos) {
            return BadPath("the path has an empty or a dot segment, or an encoded slash");
        }
        segments.push_back(*std::move(segment));
    }
    return segments;
}

std::string_view StatusText(int status) {
    constexpr std::array<std::pair<int, std::string_view>, 35> kTexts{
        {{100, "Continue"},
         {101, "Switching Protocols"},
         {200, "OK"},
         {201, "Created"},
         {202, "Accepted"},
         {204, "No Content"},
         {301, "Moved Permanently"},
         {302, "Found"},
         {303, "See Other"},
         {304, "Not Modified"},
         {307, "Temporary Redirect"},
         {308, "Permanent Redirect"},
         {400, "Bad Request"},
         {401, "Unauthorized"},
         {402, "Payment Required"},
         {403, "Forbidden"},
         {404, "Not Found"},
         {405, "Method Not Allowed"},
         {406, "Not Acceptable"},
         {408, "Request Timeout"},
         {409, "Conflict"},
         {410, "Gone"},
         {413, "Content Too Large"},
         {414, "URI Too Long"},
         {415, "Unsupported Media Type"},
         {422, "Unprocessable Content"},
         {423, "Locked"},
         {428, "Precondition Required"},
         {429, "Too Many Requests"},
         {431, "Request Header Fields Too Large"},
         {500, "Internal Server Error"},
         {501, "Not Implemented"},
         {502, "Bad Gateway"},
         {503, "Service Unavailable"},
         {504, "Gateway Timeout"}}};
    for (const auto& [candidate, text] : kTexts) {
        if (candidate == status) {
            return text;
        }
    }
    return "Unknown";
}

}  // namespace net
