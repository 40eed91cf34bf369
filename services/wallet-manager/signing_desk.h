// Sign and SignFill: what is asked is recorded, the signer is asked, the bytes are stored, and only
// then they leave. A repeat answers what was stored, whatever it asks.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "pg/pool.h"
#include "platform/wallet/v1/wallet_service.pb.h"
#include "wallet-manager/gate_store.h"
#include "wallet-manager/incarnation.h"
#include "wallet-manager/order_reader.h"
#include "wallet-manager/signer_client.h"
#include "wallet-manager/slot_store.h"
#include "wallet-manager/wallet_store.h"

namespace wallet_manager {

struct SignCall {
    GateOrder order;
    std::optional<GateOrder> first_order;  // where `order` is a speed-up or cancel
    std::uint32_t attempt = 0;
    base::Bytes unsigned_tx;
    base::Bytes first_signed_tx;
};

class SigningDesk {
public:
    // All outlive this object.
    // `renew_after`: from an attempt's signature to the next one's, on networks without nonces.
    SigningDesk(pg::Pool& pool,
                SignerClient& signer,
                Incarnation& incarnation,
                std::chrono::milliseconds renew_after)
        : pool_(pool), signer_(signer), incarnation_(incarnation), renew_after_(renew_after) {}

    // Of different intents; one that fails holds up no other. What is signed is answered again,
    // however old its order. Errors: `not_authorised`, `restored`, `voided`, `paused`,
    // `attempt_mismatch`, `signed_lately`, those of slot_store.h, anchor_store.h and the signer.
    [[nodiscard]] std::vector<base::Result<platform::wallet::v1::SignResponse>> Sign(
        const std::vector<SignCall>& calls) const;

    // Errors: `unknown_wallet`, `rate_limited`, those of slot_store.h and of the signer.
    [[nodiscard]] base::Result<platform::wallet::v1::SignFillResponse> SignFill(
        const base::WalletId& wallet,
        const std::string& network,
        const base::Bytes& unsigned_tx) const;

private:
    using SignResponse = platform::wallet::v1::SignResponse;
    using SignFillResponse = platform::wallet::v1::SignFillResponse;

    using Answers = std::vector<base::Result<SignResponse>>;

    // Either the stored answer or what the signer is to be asked.
    struct Prepared {
        std::optional<SignResponse> stored;
        signer::SignTransaction request;
    };

    // A call and the bytes that were made for it.
    struct Made {
        const SignCall* call = nullptr;
        signer::SignedBytes bytes;
    };

    struct PreparedFill {
        std::optional<SignFillResponse> stored;
        Slot slot;
        signer::KeyRef key;
    };

    struct Case;

    [[nodiscard]] static base::Result<std::vector<Case>> Load(pg::Tx& tx,
                                                              const std::vector<SignCall>& calls);
    // All or none is recorded.
    [[nodiscard]] base::Result<std::vector<Prepared>> Prepare(
        pg::Tx& tx, const std::vector<SignCall>& calls) const;
    // What stands against an attempt that is not signed yet.
    [[nodiscard]] base::Result<> Check(const Case& subject) const;
    [[nodiscard]] base::Result<> CheckRenewal(pg::Tx& tx, const SignCall& call) const;
    // The nonce or the anchor coin that makes all attempts of one payment exclude each other.
    [[nodiscard]] base::Result<> Reserve(pg::Tx& tx, const std::vector<const Case*>& cases) const;
    // Fills in what the signer is asked.
    [[nodiscard]] static base::Result<> Ask(pg::Tx& tx,
                                            const Case& subject,
                                            signer::SignTransaction& request);
    // The calls whose attempts are recorded.
    [[nodiscard]] Answers SignRecorded(const std::vector<SignCall>& calls,
                                       std::vector<Prepared> prepared) const;
    [[nodiscard]] static SignResponse AnswerOf(const Made& made);
    // Errors: `lost_race` where bytes of one of them may not leave.
    [[nodiscard]] static base::Result<> Store(pg::Tx& tx, const std::vector<Made>& made);
    [[nodiscard]] Answers Keep(std::vector<Made> made) const;
    [[nodiscard]] base::Result<SignResponse> KeepOne(Made made) const;
    [[nodiscard]] base::Result<PreparedFill> PrepareFill(pg::Tx& tx,
                                                         const base::WalletId& wallet,
                                                         const std::string& network,
                                                         const base::Bytes& unsigned_tx) const;

    pg::Pool& pool_;
    SignerClient& signer_;
    Incarnation& incarnation_;
    const std::chrono::milliseconds renew_after_;
};

}  // namespace wallet_manager
