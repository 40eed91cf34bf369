// Writes the heads of HTTP/1.1 messages.
#pragma once

#include <string>
#include <string_view>

#include "net/http_message.h"

namespace net {

struct ResponseFraming {
    bool keep_alive = true;
    bool chunked = false;  // a stream to an HTTP/1.1 client
    bool stream = false;   // a stream: no length
    std::string_view request_id;
};

// False for statuses whose responses never carry a body (RFC 9110, section 6.4.1).
[[nodiscard]] bool MayHaveBody(int status);

// Everything up to the body. Header lines that would break the message (line breaks in a value, a
// name that is no token) and those that belong to the framing are left out.
[[nodiscard]] std::string FormatResponseHead(const Response& response,
                                             const ResponseFraming& framing);

// `target` is path and query, `host` the Host line.
[[nodiscard]] std::string FormatRequestHead(const Request& request,
                                            std::string_view target,
                                            std::string_view host);

// "1f\r\n": the line before a chunk of that size.
[[nodiscard]] std::string ChunkHead(std::size_t size);

}  // namespace net
