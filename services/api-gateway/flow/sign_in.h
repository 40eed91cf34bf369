// Checking a password and beginning what follows from it.
#pragma once

#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "api-gateway/app.h"
#include "api-gateway/flow/proof.h"
#include "api-gateway/store/identity_store.h"
#include "api-gateway/store/session_store.h"
#include "base/result.h"
#include "secret/secret.h"

namespace gateway {

// Lower case, trimmed. Errors: `bad_email`.
[[nodiscard]] base::Result<std::string> NormaliseEmail(std::string_view text);

// bcrypt on its own pool. Errors: `overloaded`.
[[nodiscard]] boost::asio::awaitable<base::Result<std::string>> HashPassword(
    App& app, secret::String password);

// The user of that email and password. Takes the same time and says the same whether the email is
// unknown or the password wrong. Errors: `bad_credentials`, `locked`, `account_disabled`,
// `rate_limited`, `overloaded`; once the password is right also those of CheckTotp.
[[nodiscard]] boost::asio::awaitable<base::Result<UserRow>> CheckCredentials(App& app,
                                                                             std::string email,
                                                                             Proof proof);

// A fresh proof that a signed-in caller is there. Errors: as above.
[[nodiscard]] boost::asio::awaitable<base::Result<UserRow>> CheckFresh(App& app,
                                                                       base::UserId id,
                                                                       Proof proof);

// The documented answer of register and login: token, user_id, email, role, expires_at, and
// refresh_token.
[[nodiscard]] nlohmann::json TokenJson(const App& app,
                                       const UserRow& user,
                                       const RefreshGrant& grant);

}  // namespace gateway
