// `api-gateway --create-admin EMAIL`: the first administrator comes from an operator on the
// machine, never over HTTP.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/environment.h"
#include "pg/pool.h"

namespace gateway {

// Makes the account with a random password that must be changed at the first sign-in, and answers
// the password. Errors: `bad_email`, `email_taken`, those of the database.
[[nodiscard]] base::Result<std::string> CreateAdmin(pg::Pool& pool, std::string_view email);

// The whole command: needs API_GATEWAY_DATABASE_URL alone, prints JSON, returns the exit code.
[[nodiscard]] int RunCreateAdmin(config::Environment& environment, std::string_view email);

}  // namespace gateway
