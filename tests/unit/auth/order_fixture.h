// A well-formed order of each action, for the tests of this folder.
#pragma once

#include "auth/order.h"

namespace auth_test {

inline constexpr const char* kDeployment = "5d1f0c1e-8a55-4f5c-9f42-0f5b7a7b1c11";
inline constexpr const char* kNetwork = "eip155:31337";
inline const base::Time kNow{std::chrono::seconds(1'700'000'000)};

inline platform::common::v1::Order TransferOrder() {
    platform::common::v1::Order order;
    order.set_deployment_id(kDeployment);
    order.set_network(kNetwork);
    order.set_intent_id("0f0e0d0c-0b0a-4908-8706-050403020100");
    order.set_user_id("550e8400-e29b-41d4-a716-446655440000");
    order.set_wallet_id("7d444840-9dc0-41d1-b245-5ffdce74fad2");
    order.set_from("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    order.mutable_asset()->set_decimals(18);
    order.mutable_asset()->set_symbol("ETH");
    order.set_fee_cap("63000000000000");
    auto& action = *order.mutable_transfer();
    action.set_mode(platform::common::v1::TRANSFER_MODE_EXACT);
    auto& recipient = *action.add_recipients();
    recipient.set_address("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
    recipient.set_amount("100000000000000000");
    return order;
}

inline secret::Bytes Seed(std::uint8_t fill) {
    secret::Bytes seed(32);
    for (std::uint8_t& byte : seed.Fill()) {
        byte = fill;
    }
    return seed;
}

inline auth::OrderTrust Trust() {
    return {*crypto::Ed25519PublicKeyOf(Seed(7)), kDeployment, kNetwork};
}

}  // namespace auth_test
