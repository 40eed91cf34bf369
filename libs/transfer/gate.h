// The money engine's view of wallet-manager: policy, signatures, and the proof that none exists.
// Implemented over gRPC in libs/chain_host, in memory by tests. All calls may be repeated freely.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "money/uint256.h"
#include "transfer/state.h"

namespace transfer {

// An order exactly as the gateway signed it. Opaque here; wallet-manager and the signer verify it.
struct SignedOrder {
    base::Bytes order;
    base::Bytes signature;
};

enum class Verdict { kAllow, kDeny, kNeedsApproval, kWait };

struct Authorisation {
    Verdict verdict = Verdict::kWait;
    std::string reason;  // stable code, where not kAllow
    std::string detail;
    std::optional<base::ApprovalId> approval;  // with kNeedsApproval
};

struct AuthoriseCall {
    SignedOrder order;
    money::UInt256 amount;  // leaves the wallet in the order's asset
};

struct SignCall {
    SignedOrder order;
    std::uint32_t attempt = 1;
    base::Bytes unsigned_tx;
    // Attempts after the first: what the signer compares with.
    base::Bytes first_signed_tx;
    std::optional<SignedOrder> first_order;  // where `order` is a speed-up or cancel
};

// On a repeat: what was stored the first time, whatever was asked.
struct SignAnswer {
    base::Bytes signed_tx;
    std::string tx_hash;
    base::Bytes unsigned_tx;
};

// How an intent ended.
struct Outcome {
    base::IntentId id;
    State state = State::kFinal;
};

struct FillCall {
    base::WalletId wallet;
    base::Bytes unsigned_tx;
};

struct OwnAddress {
    std::string address;
    base::WalletId wallet;
    base::UserId user;
    std::uint64_t epoch = 0;
    // The first block that may pay it; empty = none before it was made here.
    std::optional<std::uint64_t> birthday_height{};
};

class WalletGate {
public:
    virtual ~WalletGate() = default;

    [[nodiscard]] virtual base::Result<Authorisation> Authorise(const SignedOrder& order,
                                                                const money::UInt256& amount) = 0;
    [[nodiscard]] virtual base::Result<SignAnswer> Sign(const SignCall& call) = 0;
    // True: no bytes exist for the intent and none ever will.
    [[nodiscard]] virtual base::Result<bool> Void(const base::IntentId& intent,
                                                  const std::string& reason) = 0;
    [[nodiscard]] virtual base::Result<> ReportOutcome(const base::IntentId& intent,
                                                       State state) = 0;
    [[nodiscard]] virtual base::Result<SignAnswer> SignFill(const FillCall& call) = 0;
    // The same for many, answered in their order. One that is refused or fails holds up no other.
    [[nodiscard]] virtual std::vector<base::Result<Authorisation>> AuthoriseAll(
        const std::vector<AuthoriseCall>& calls);
    [[nodiscard]] virtual std::vector<base::Result<SignAnswer>> SignAll(
        const std::vector<SignCall>& calls);
    [[nodiscard]] virtual std::vector<base::Result<>> ReportOutcomes(
        const std::vector<Outcome>& outcomes);

    // In order of epoch; fewer than `limit` = there are no more now.
    [[nodiscard]] virtual base::Result<std::vector<OwnAddress>> ListAddresses(
        std::uint64_t after_epoch, std::uint32_t limit) = 0;
};

}  // namespace transfer
