#include "api-gateway/flow/proof.h"

#include "auth/password.h"

namespace gateway {

namespace {

constexpr std::size_t kCodeMax = 32;

}  // namespace

Proof ReadProof(net::ObjectReader& reader, std::string_view name) {
    Proof proof;
    proof.password = reader.Secret(name, net::kNeeded);
    proof.totp = reader.Text("totp", kCodeMax).value_or("");
    return proof;
}

void SetProof(platform::wallet::v1::FreshProof& message, const Proof& proof) {
    const auto normal = auth::NormalisePassword(proof.password.Expose());
    // One that has no normal form is nobody's password; it is refused as any wrong one.
    message.set_password(std::string(normal ? normal->Expose() : proof.password.Expose()));
    message.set_totp(proof.totp);
}

}  // namespace gateway
