// The only code of the platform that opens private keys. Runs in a process of its own (see
// services/wallet-manager/signer_child.h); tests call it directly. Not thread-safe.
//
// It trusts the gateway's order key, the key-encryption keys and the settings given at start, and
// nothing in a request: whatever signs is compared with a verified order first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/order.h"
#include "base/clock.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "keyvault/kek_set.h"
#include "signer/allow_list.h"
#include "signer/messages.h"
#include "signer/utxo_rules.h"

namespace signer {

struct Settings {
    auth::OrderTrust trust;             // its network is not looked at
    std::vector<std::string> networks;  // CAIP-2 ids that may be signed for
    chain::Mode mode = chain::Mode::kDevnet;
    std::vector<AllowedContract> allow_list;
};

class Signer {
public:
    // `clock` must outlive the signer.
    Signer(Settings settings, keyvault::KekSet keks, const base::Clock& clock);

    // Never signs a bare hash. Errors: those of auth::VerifyOrder and of the network's rules;
    // `order_expired`, `order_from_future`, `order_outdated`, `order_mismatch`, `bad_key`,
    // `unknown_kek`, `decryption_failed`, `key_mismatch`; those of messages::Sign.
    [[nodiscard]] base::Result<Reply> Handle(const Request& request);

private:
    [[nodiscard]] base::Result<Reply> Answer(const CreateSeed& request);
    [[nodiscard]] base::Result<Reply> Answer(const DeriveKey& request);
    [[nodiscard]] base::Result<Reply> Answer(const ImportKey& request);
    [[nodiscard]] base::Result<Reply> Answer(const ExportKey& request);
    [[nodiscard]] base::Result<Reply> Answer(const ExportSeed& request);
    [[nodiscard]] base::Result<Reply> Answer(const SignTransaction& request);
    [[nodiscard]] base::Result<Reply> Answer(const SignFill& request);
    [[nodiscard]] base::Result<Reply> Answer(const RewrapKey& request);
    [[nodiscard]] base::Result<Reply> Answer(const ListKeks& request);
    [[nodiscard]] base::Result<Reply> Answer(const SignMessage& request);

    [[nodiscard]] base::Result<Reply> SignAttempt(const SignTransaction& request,
                                                  const platform::common::v1::Order& order,
                                                  const platform::common::v1::Order& payment) const;
    [[nodiscard]] base::Result<Reply> SignEvmAttempt(
        const SignTransaction& request,
        const platform::common::v1::Order& order,
        const platform::common::v1::Order& payment) const;
    [[nodiscard]] base::Result<Reply> SignUtxoAttempt(
        const SignTransaction& request,
        const platform::common::v1::Order& order,
        const platform::common::v1::Order& payment) const;

    [[nodiscard]] base::Result<platform::common::v1::Order> ReadOrder(
        const OrderBytes& bytes) const;
    [[nodiscard]] base::Result<> CheckFirstSignature(
        const platform::common::v1::Order& order) const;
    void NoteIssue(const platform::common::v1::Order& order);
    [[nodiscard]] base::Result<secret::Bytes> OpenKey(const KeyRef& ref) const;
    [[nodiscard]] base::Result<UtxoKeys> OpenUtxoKeys(const SignTransaction& request,
                                                      const utxo::Ground& ground) const;
    [[nodiscard]] base::Result<secret::String> OpenSeed(const std::string& user_id,
                                                        const std::string& envelope) const;

    const Settings settings_;
    const keyvault::KekSet keks_;
    const base::Clock& clock_;
    // Highest issue time of an order that led to a first signature: the clock may be set back.
    std::optional<base::Time> latest_issue_;
};

}  // namespace signer
