#include "net/http_parse.h"

#include <array>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "base/text.h"
#include "net/text_rules.h"

namespace net {

namespace {

namespace http = boost::beast::http;

constexpr unsigned kVersion10 = 10;
constexpr unsigned kVersion11 = 11;

std::string_view ToStd(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

// Feeds one step and sorts out what it means. Works for both directions.
template <class Parser>
std::size_t FeedStep(Parser& parser, std::string_view data, boost::system::error_code& failed) {
    std::size_t used = 0;
    while (used < data.size()) {
        const bool had_header = parser.is_header_done();
        const std::size_t count =
            parser.put(boost::asio::buffer(data.data() + used, data.size() - used), failed);
        used += count;
        if (failed == http::error::need_more) {
            failed = {};
            return used;
        }
        if (failed || parser.is_done() || (!had_header && parser.is_header_done())) {
            return used;
        }
        if (count == 0) {
            return used;
        }
    }
    return used;
}

template <class Parser>
ParseState StateOf(const Parser& parser, bool failed) {
    if (failed) {
        return ParseState::kFailed;
    }
    if (parser.is_done()) {
        return ParseState::kDone;
    }
    return parser.is_header_done() ? ParseState::kBody : ParseState::kHeader;
}

template <class Message>
Headers TakeHeaders(const Message& message) {
    Headers headers;
    for (const auto& line : message) {
        headers.Add(std::string(ToStd(line.name_string())), std::string(ToStd(line.value())));
    }
    return headers;
}

base::Error BadRequest(std::string detail) {
    return base::InvalidArgument("invalid_request", std::move(detail));
}

// What a second line of would let two readers see two different requests.
constexpr std::array<std::string_view, 8> kOnce{"Host",
                                                "Authorization",
                                                "X-API-Key",
                                                "Content-Type",
                                                "Content-Length",
                                                "Idempotency-Key",
                                                "X-Idempotency-Key",
                                                "X-CSRF-Token"};

base::Result<void> CheckHeaders(const Headers& headers, unsigned version) {
    for (const std::string_view name : kOnce) {
        if (headers.Count(name) > 1) {
            return BadRequest("the header " + std::string(name) + " is given twice");
        }
    }
    if (version >= kVersion11 && headers.Count("Host") == 0) {
        return BadRequest("the header Host is missing");
    }
    return {};
}

// RFC 9112 section 3.2: origin form, or absolute form, of which the path counts.
base::Result<void> ReadTarget(std::string_view target, Request& request) {
    if (!target.starts_with('/')) {
        const std::size_t authority = target.find("://");
        const std::size_t slash = authority == std::string_view::npos
                                      ? std::string_view::npos
                                      : target.find('/', authority + 3);
        if (slash == std::string_view::npos) {
            return BadRequest("the request target is not a path");
        }
        target.remove_prefix(slash);
    }
    if (target.find('#') != std::string_view::npos) {
        return BadRequest("the request target has a fragment");
    }
    const std::size_t question = target.find('?');
    request.path = std::string(target.substr(0, question));
    if (question != std::string_view::npos) {
        request.query = std::string(target.substr(question + 1));
    }
    return {};
}

}  // namespace

struct RequestParser::State {
    http::request_parser<http::string_body> parser;
    bool failed = false;
    base::Error error;
};

RequestParser::RequestParser(const ParseLimits& limits) : state_(std::make_unique<State>()) {
    state_->parser.header_limit(static_cast<std::uint32_t>(limits.header_max));
    state_->parser.body_limit(limits.body_max);
}

RequestParser::~RequestParser() = default;

std::size_t RequestParser::Feed(std::string_view data) {
    boost::system::error_code failed;
    const std::size_t used = FeedStep(state_->parser, data, failed);
    if (!failed) {
        return used;
    }
    state_->failed = true;
    if (failed == http::error::header_limit) {
        state_->error = base::InvalidArgument("header_too_large", "the header is too large");
    } else if (failed == http::error::body_limit) {
        state_->error = base::InvalidArgument("body_too_large", "the body is too large");
    } else {
        state_->error = BadRequest("the request is not HTTP/1.1: " + failed.message());
    }
    return used;
}

ParseState RequestParser::state() const {
    return StateOf(state_->parser, state_->failed);
}

const base::Error& RequestParser::error() const {
    return state_->error;
}

bool RequestParser::ExpectsContinue() const {
    return EqualsIgnoringCase(ToStd(state_->parser.get()[http::field::expect]), "100-continue");
}

bool RequestParser::KeepsAlive() const {
    return state_->parser.keep_alive();
}

bool RequestParser::IsHttp10() const {
    return state_->parser.get().version() == kVersion10;
}

base::Result<Request> RequestParser::Take() {
    auto message = state_->parser.release();
    Request request;
    if (message.version() != kVersion10 && message.version() != kVersion11) {
        return BadRequest("only HTTP/1.0 and HTTP/1.1 are spoken here");
    }
    request.headers = TakeHeaders(message);
    BASE_RETURN_IF_ERROR(CheckHeaders(request.headers, message.version()));
    BASE_RETURN_IF_ERROR(ReadTarget(ToStd(message.target()), request));
    const auto method = ParseMethod(ToStd(message.method_string()));
    if (!method) {
        return base::MakeError(base::ErrorKind::kUnimplemented,
                               "method_not_allowed",
                               "the request's method is not known here");
    }
    request.method = *method;
    request.body = std::move(message.body());
    return request;
}

struct ResponseParser::State {
    http::response_parser<http::string_body> parser;
    bool failed = false;
    base::Error error;

    void Fail(const boost::system::error_code& code) {
        failed = true;
        if (code == http::error::header_limit || code == http::error::body_limit) {
            error = base::Unavailable("response_too_large", "the answer is larger than is taken");
        } else {
            error = base::Unavailable("bad_response", "the answer is not HTTP: " + code.message());
        }
    }
};

ResponseParser::ResponseParser(const ParseLimits& limits, bool head)
    : state_(std::make_unique<State>()) {
    state_->parser.header_limit(static_cast<std::uint32_t>(limits.header_max));
    state_->parser.body_limit(limits.body_max);
    state_->parser.skip(head);
}

ResponseParser::~ResponseParser() = default;

std::size_t ResponseParser::Feed(std::string_view data) {
    boost::system::error_code failed;
    const std::size_t used = FeedStep(state_->parser, data, failed);
    if (failed) {
        state_->Fail(failed);
    }
    return used;
}

void ResponseParser::FeedEnd() {
    boost::system::error_code failed;
    state_->parser.put_eof(failed);
    if (failed) {
        state_->Fail(failed);
    } else if (!state_->parser.is_done()) {
        state_->Fail(http::error::partial_message);
    }
}

ParseState ResponseParser::state() const {
    return StateOf(state_->parser, state_->failed);
}

const base::Error& ResponseParser::error() const {
    return state_->error;
}

int ResponseParser::status() const {
    return static_cast<int>(state_->parser.get().result_int());
}

bool ResponseParser::KeepsAlive() const {
    return state_->parser.keep_alive();
}

Response ResponseParser::Take() {
    auto message = state_->parser.release();
    Response response;
    response.status = static_cast<int>(message.result_int());
    response.headers = TakeHeaders(message);
    response.body = std::move(message.body());
    return response;
}

}  // namespace net
