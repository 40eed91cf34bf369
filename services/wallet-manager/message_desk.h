// Signatures of messages: the gateway's order is verified, the user's rules are asked, an event is
// committed, and only then the signer is asked. What is refused for good is recorded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "auth/order.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "messages/message.h"
#include "pg/pool.h"
#include "platform/common/v1/order.pb.h"
#include "signer/messages.h"
#include "wallet-manager/incarnation.h"
#include "wallet-manager/signer_client.h"

namespace wallet_manager {

struct MessageCall {
    base::UserId user;
    platform::common::v1::SignedOrder order;
    base::Bytes content;
    bool wanted = false;  // its user proved, in session, to want exactly this signed
};

class MessageDesk {
public:
    // The pool, signer, incarnation and clock outlive this object.
    struct Parts {
        pg::Pool& pool;
        SignerClient& signer;
        Incarnation& incarnation;
        auth::OrderTrust trust;  // its network is not looked at
        chain::Mode mode = chain::Mode::kDevnet;
        const base::Clock& clock;
    };

    explicit MessageDesk(Parts parts);

    // Errors: those of auth::VerifyOrder and messages::CheckSignable; `unsupported_action`,
    // `order_mismatch`, `address_mismatch`, `order_expired`, `order_from_future`, `restored`,
    // `unknown_wallet`, `paused`, `approval_needed`, those of RecordMessage and of the signer.
    [[nodiscard]] base::Result<std::string> Sign(const MessageCall& call) const;

private:
    // A verified order with what it is about.
    struct Task;

    [[nodiscard]] base::Result<Task> Read(const MessageCall& call) const;
    [[nodiscard]] base::Result<signer::KeyRef> Admit(pg::Tx& tx,
                                                     const MessageCall& call,
                                                     const Task& task) const;

    const Parts parts_;
    std::vector<std::string> networks_;
};

}  // namespace wallet_manager
