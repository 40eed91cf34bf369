// HTTP/1.1 parsing, fed with bytes as they come. The one place that includes Beast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http_message.h"

namespace net {

struct ParseLimits {
    std::size_t header_max = 8'192;
    std::size_t body_max = 65'536;
};

enum class ParseState {
    kHeader,  // the header is not complete
    kBody,    // the header is, the body is not
    kDone,
    kFailed,
};

class RequestParser {
public:
    explicit RequestParser(const ParseLimits& limits);
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;

    // Takes bytes from the front of `data` and says how many. Bytes that were not taken must be
    // given again, with more behind them. Stops after the header and after the message.
    std::size_t Feed(std::string_view data);

    [[nodiscard]] ParseState state() const;

    // Of kFailed: `header_too_large`, `body_too_large` or `invalid_request`.
    [[nodiscard]] const base::Error& error() const;

    // Valid once the header is complete.
    [[nodiscard]] bool ExpectsContinue() const;
    [[nodiscard]] bool KeepsAlive() const;
    [[nodiscard]] bool IsHttp10() const;

    // Of kDone. Fails where the message is well formed and yet not to be trusted: no or several
    // Host lines, a header line twice that may stand once, a target without a path. Errors:
    // `invalid_request`, `method_not_allowed`.
    [[nodiscard]] base::Result<Request> Take();

private:
    struct State;
    std::unique_ptr<State> state_;
};

class ResponseParser {
public:
    // `head` = the answer to a HEAD request: its body is not there, whatever it announces.
    ResponseParser(const ParseLimits& limits, bool head);
    ~ResponseParser();
    ResponseParser(const ResponseParser&) = delete;
    ResponseParser& operator=(const ResponseParser&) = delete;

    std::size_t Feed(std::string_view data);
    // The peer closed: the end of a body without a length, else a fault.
    void FeedEnd();

    [[nodiscard]] ParseState state() const;
    // Of kFailed: `response_too_large` or `bad_response`.
    [[nodiscard]] const base::Error& error() const;
    // Valid once the header is complete.
    [[nodiscard]] int status() const;
    [[nodiscard]] bool KeepsAlive() const;
    // Of kDone.
    [[nodiscard]] Response Take();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace net
