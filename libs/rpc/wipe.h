// Messages that carry passwords or keys: their texts are overwritten once a call is done with them.
// What gRPC itself holds on the way, its encoded slices, is out of reach of its interface.
#pragma once

#include <google/protobuf/message.h>
#include <type_traits>

namespace rpc {

// Overwrites every text and byte field in place, those of nested messages too, and clears all.
void WipeTexts(google::protobuf::Message& message);

// By the contract's names: a fresh `proof`, or a `secret` that is handed out.
template <class Message>
concept HoldsSecrets = requires(const Message& message) {
    message.proof();
}

|| requires(const Message& message) {
    message.secret();
};

template <class Message>
void WipeIfSecret(Message& message) {
    if constexpr (HoldsSecrets<Message>) {
        WipeTexts(const_cast<std::remove_const_t<Message>&>(message));
    }
}

}  // namespace rpc
