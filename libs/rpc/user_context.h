// On whose behalf a call is made: a short statement signed by the gateway (Ed25519) that travels
// unchanged from hop to hop in the call's metadata. The gateway alone holds CONTEXT_SIGNING_KEY;
// CONTEXT_VERIFY_KEY is public configuration of every daemon.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "crypto/ed25519.h"
#include "secret/secret.h"

namespace rpc {

inline constexpr std::chrono::seconds kUserContextLifetime{60};
// How far the clocks of two machines may differ.
inline constexpr std::chrono::seconds kClockSkewMax{30};

struct UserContext {
    base::UserId user;
    std::string role;                 // user, auditor, admin, service
    std::string caller;               // "session", "token", "api_key:<id>", "agent:<run>"
    std::vector<std::string> scopes;  // read, send, sign, swap, agent, tools, admin
    std::string run;                  // id of the agent run, or empty
    base::Time issued;
};

// Thread-safe.
class UserContextSigner {
public:
    // `seed` has 32 bytes. Errors: `bad_private_key`.
    [[nodiscard]] static base::Result<UserContextSigner> Make(secret::Bytes seed);

    // The signed form, binary. Holds for kUserContextLifetime from `context.issued`.
    [[nodiscard]] std::string Sign(const UserContext& context) const;

    // What CONTEXT_VERIFY_KEY of the other daemons must be: 64 hex digits.
    [[nodiscard]] std::string VerifyKey() const;

private:
    explicit UserContextSigner(secret::Bytes seed, const crypto::Ed25519PublicKey& public_key)
        : seed_(std::move(seed)), public_key_(public_key) {}

    secret::Bytes seed_;
    crypto::Ed25519PublicKey public_key_;
};

// The caller signs a statement once and sends it with many calls, so a verifier remembers those
// that it has found good, this many at most, and checks only the time of the ones it knows.
inline constexpr std::size_t kKnownContextsMax = 4'096;

// Thread-safe. Copies share what is known.
class UserContextVerifier {
public:
    // 64 hex digits. Errors: `bad_verify_key`.
    [[nodiscard]] static base::Result<UserContextVerifier> Make(std::string_view public_key_hex);

    // Errors (unauthenticated): `bad_user_context`, `user_context_expired`.
    [[nodiscard]] base::Result<UserContext> Verify(std::string_view token, base::Time now) const;

    // How many statements are remembered.
    [[nodiscard]] std::size_t known() const;

private:
    struct Known;

    explicit UserContextVerifier(const crypto::Ed25519PublicKey& key);

    // Whatever the time. Errors: `bad_user_context`.
    [[nodiscard]] base::Result<UserContext> Open(std::string_view token) const;

    crypto::Ed25519PublicKey key_;
    std::shared_ptr<Known> known_;
};

}  // namespace rpc
