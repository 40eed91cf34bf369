// What a person gives to prove to be there: the password, and a one-time code where the account has
// a second factor.
#pragma once

#include <string>
#include <string_view>

#include "net/json.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "secret/secret.h"

namespace gateway {

struct Proof {
    secret::String password;
    std::string totp;
};

// The fields `password` (or `name`) and `totp`.
[[nodiscard]] Proof ReadProof(net::ObjectReader& reader, std::string_view name = "password");

// For wallet-manager, with the password in the form in which it is hashed.
void SetProof(platform::wallet::v1::FreshProof& message, const Proof& proof);

}  // namespace gateway
