// Checks of single configuration values. Every error says what is wrong and, as its remedy, what to
// write; none repeats the value of a secret.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace config {

// "500ms", "30s", "15m", "12h", "7d". Errors: `bad_duration`.
[[nodiscard]] base::Result<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "15m": the largest unit that divides the duration.
[[nodiscard]] std::string FormatDuration(std::chrono::milliseconds duration);

// Digits with an optional minus, from min to max. Errors: `bad_integer`.
[[nodiscard]] base::Result<std::int64_t> ParseInteger(std::string_view text,
                                                      std::int64_t min,
                                                      std::int64_t max);

// "true" or "false". Errors: `bad_flag`.
[[nodiscard]] base::Result<bool> ParseFlag(std::string_view text);

// An absolute URL with a host (or a path, for unix sockets) whose scheme is in `schemes` (separated
// by commas). The detail never repeats the text. Errors: `bad_url`.
[[nodiscard]] base::Result<void> CheckUrl(std::string_view text, std::string_view schemes);

// "host:port", "[::1]:port", "ipv4:10.0.0.1:port,10.0.0.2:port" or "unix:/absolute/path". Errors:
// `bad_address`.
[[nodiscard]] base::Result<void> CheckAddress(std::string_view text);

// The URL without user, password, path and query: what a log or an error may show.
[[nodiscard]] std::string RedactUrl(std::string_view url);

}  // namespace config
