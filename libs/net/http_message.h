// HTTP requests and responses as plain values, and strict readers of their parts. No type of the
// HTTP library appears here.
#pragma once

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/result.h"

namespace net {

enum class Method { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions };

[[nodiscard]] std::string_view MethodName(Method method);
[[nodiscard]] std::optional<Method> ParseMethod(std::string_view name);

// Header lines in their order. Names compare without regard to case.
class Headers {
public:
    using Line = std::pair<std::string, std::string>;

    Headers() = default;

    Headers(std::initializer_list<Line> lines) : lines_(lines) {}

    void Add(std::string name, std::string value) {
        lines_.emplace_back(std::move(name), std::move(value));
    }

    // Replaces every line of that name.
    void Set(std::string_view name, std::string value);

    // The first line's value.
    [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;

    [[nodiscard]] std::size_t Count(std::string_view name) const;

    [[nodiscard]] auto begin() const { return lines_.begin(); }

    [[nodiscard]] auto end() const { return lines_.end(); }

    [[nodiscard]] std::size_t size() const { return lines_.size(); }

private:
    std::vector<Line> lines_;
};

// Lower-case type and subtype, without parameters: "application/json".
[[nodiscard]] std::string MediaType(const Headers& headers);

struct Request {
    Method method = Method::kGet;
    std::string path = "/";  // as sent: percent-encoded, without the query
    std::string query;       // as sent, without "?"
    Headers headers;
    std::string body;
    std::string remote_ip;  // of the client, as trusted proxies report it
    bool tls = false;       // the client's own connection is encrypted
};

// Writes the parts of a streamed response.
class StreamSink {
public:
    virtual ~StreamSink() = default;

    // Returns once the kernel took the bytes: a slow client slows its writer. Errors: `client_gone`
    // (kCancelled).
    [[nodiscard]] virtual boost::asio::awaitable<base::Result<void>> Write(std::string part) = 0;
};

// Ends when the stream is complete. It is cancelled (Asio's terminal cancellation) as soon as the
// client leaves or the server drains.
using StreamBody = std::function<boost::asio::awaitable<void>(StreamSink&)>;

struct Response {
    int status = 200;
    Headers headers;
    std::string body;
    // Where set, `body` is not used: the response is streamed, then the connection closes.
    StreamBody stream;

    // For the access line and the metrics alone; never sent.
    std::string route;    // the pattern that matched; empty: counted as "unmatched"
    std::string user_id;  // whom the request turned out to be for
    std::string error_code;
};

// A query string or a form: names in their order, each at most once.
class Parameters {
public:
    // application/x-www-form-urlencoded, strict: well-formed percent signs, UTF-8 without control
    // characters, no repeated name, at most 64 pairs. Errors: `bad_query`,
    // `repeated_parameter`.
    [[nodiscard]] static base::Result<Parameters> Parse(std::string_view text);

    [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;

    // Refuses names outside `known`, with the nearest one. Errors: `unknown_parameter`.
    [[nodiscard]] base::Result<void> OnlyKnown(const std::vector<std::string_view>& known) const;

    [[nodiscard]] auto begin() const { return pairs_.begin(); }

    [[nodiscard]] auto end() const { return pairs_.end(); }

    [[nodiscard]] std::size_t size() const { return pairs_.size(); }

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

// RFC 3986 section 2.1. Errors: `bad_encoding`: a "%" without two hex digits.
[[nodiscard]] base::Result<std::string> PercentDecode(std::string_view text);

// All but unreserved characters become %XX.
[[nodiscard]] std::string PercentEncode(std::string_view text);

// The decoded segments of an absolute path: "/a/b%20c" -> {"a", "b c"}, "/" -> {}. Dot segments,
// empty segments, encoded slashes, control characters and invalid UTF-8 are refused: two spellings
// of one path would be two answers to one access question. Errors: `bad_path`.
[[nodiscard]] base::Result<std::vector<std::string>> SplitPath(std::string_view path);

// "Not Found"
[[nodiscard]] std::string_view StatusText(int status);

}  // namespace net
