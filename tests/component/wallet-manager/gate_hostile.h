// A chain daemon in a thief's hands: it holds orders that were authorised and asks the gate to sign
// what they do not say. The gate, its database and the signer process are real.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "component/wallet-manager/gate_fixture.h"

namespace wallet_test {

class HostileDaemon : public GateTest {
protected:
    // What a payment's order is made of.
    struct Wish {
        std::string recipient;
        std::string amount;   // base units
        std::string fee_cap;  // base units
    };

    // An order that the gate has authorised.
    struct Allowed {
        std::string intent;
        std::string amount;
        common::SignedOrder order;
    };

    struct Hostile {
        base::Bytes unsigned_tx;
        std::string reason;  // of the refusal
        std::uint32_t attempt = 1;
    };

    void SetUp() override;

    // From here on wallet_ is the user's wallet of that chain and daemon_ that chain's daemon.
    void Serve(std::string_view chain);

    // The default wallet of that user on the chain of wallet_.
    [[nodiscard]] wallet_manager::WalletRow WalletOf(const base::UserId& user,
                                                     std::string_view chain) const;

    // Out of wallet_, in its native coin.
    [[nodiscard]] common::Order OrderFor(const Wish& wish) const;

    // Of a new intent.
    [[nodiscard]] Allowed Allow(common::Order order);

    [[nodiscard]] base::Result<v1::SignResponse> Ask(const Allowed& allowed,
                                                     const base::Bytes& unsigned_tx,
                                                     std::uint32_t attempt = 1);

    // In hex, of all attempts of the intent that have bytes.
    [[nodiscard]] std::string SignedBytesOf(const std::string& intent) const;

    // Refused for that reason; one row tells of it, and no bytes came to be.
    void ExpectRefusal(const Allowed& allowed, const Hostile& hostile);

    // Signed, stored, and no refusal is told of. Answers the signed bytes.
    base::Bytes ExpectSignature(const Allowed& allowed, const base::Bytes& honest);

    // The refusal, then the signature of the unedited request under the same order: nothing but the
    // edit can have been the reason.
    void ExpectRefusalOfTheEdit(const common::Order& order,
                                const Hostile& hostile,
                                const base::Bytes& honest);

    // Every other chain's daemon, and a caller that is none, is refused what the wallet's own one
    // is given.
    void ExpectItsOwnDaemonAlone(const common::Order& order, const base::Bytes& honest);

private:
    [[nodiscard]] long CountRefusals() const;
    [[nodiscard]] std::string LastRefusal() const;

    long refusals_seen_ = 0;
};

}  // namespace wallet_test
