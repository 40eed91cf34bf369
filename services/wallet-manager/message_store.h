// Messages in the database: which typed data a user lets pass, and what was about to be signed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"
#include "pg/tx.h"
#include "platform/wallet/v1/wallet_service.pb.h"

namespace wallet_manager {

using MessageType = platform::wallet::v1::MessageType;

// Typed data as the allow list names it.
struct MessageTypeKey {
    std::string network;
    std::string contract;  // canonical
    std::string primary_type;
};

// Whether the user allowed it, and the waiting time is over.
[[nodiscard]] base::Result<bool> IsMessageTypeAllowed(pg::Tx& tx,
                                                      const base::UserId& user,
                                                      const MessageTypeKey& key);

// Oldest first.
[[nodiscard]] base::Result<std::vector<MessageType>> ListMessageTypes(pg::Tx& tx,
                                                                      const base::UserId& user);

// What is there already stays as it is. Errors: `too_many_message_types`.
[[nodiscard]] base::Result<MessageType> AddMessageType(pg::Tx& tx,
                                                       const base::UserId& user,
                                                       const MessageTypeKey& key);

// What it was. Errors: `unknown_message_type`.
[[nodiscard]] base::Result<MessageType> RemoveMessageType(pg::Tx& tx,
                                                          const base::UserId& user,
                                                          const std::string& id);

struct MessageRecord {
    base::IntentId order;
    base::WalletId wallet;
    std::string kind;
    base::ByteView digest;
};

// Before the signer is asked. Errors: `order_used` where this order was recorded before;
// `rate_limited` with a time to retry after.
[[nodiscard]] base::Result<> RecordMessage(pg::Tx& tx, const MessageRecord& record);

}  // namespace wallet_manager
