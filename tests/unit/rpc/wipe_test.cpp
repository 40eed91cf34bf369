#include "rpc/wipe.h"

#include <algorithm>
#include <google/protobuf/arena.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "platform/wallet/v1/wallet_service.pb.h"

namespace {

namespace v1 = platform::wallet::v1;

// Longer than what a string keeps inside itself, so that its memory is on the heap.
const std::string kSecret(64, 's');

bool IsWiped(std::string_view memory) {
    return std::all_of(memory.begin(), memory.end(), [](char byte) { return byte == 0; });
}

// On an arena a cleared message keeps its memory, so that it can be looked at.
TEST(Wipe, OverwritesTheMemoryOfEveryText) {
    google::protobuf::Arena arena;
    auto& request = *google::protobuf::Arena::CreateMessage<v1::ImportWalletRequest>(&arena);
    request.set_private_key(kSecret);
    request.mutable_proof()->set_password(kSecret);
    const std::string_view key = request.private_key();
    const std::string_view password = request.proof().password();
    ASSERT_EQ(key, kSecret);

    rpc::WipeIfSecret(request);

    EXPECT_TRUE(IsWiped(key));
    EXPECT_TRUE(IsWiped(password));
    EXPECT_EQ(request.key_case(), v1::ImportWalletRequest::KEY_NOT_SET);
}

TEST(Wipe, KnowsSecretsByTheContractsNames) {
    static_assert(rpc::HoldsSecrets<v1::ImportWalletRequest>);
    static_assert(rpc::HoldsSecrets<v1::ExportWalletRequest>);
    static_assert(rpc::HoldsSecrets<v1::ExportWalletResponse>);
    static_assert(rpc::HoldsSecrets<v1::SetPolicyRequest>);
    static_assert(!rpc::HoldsSecrets<v1::GetWalletResponse>);
    google::protobuf::Arena arena;
    auto& wallet = *google::protobuf::Arena::CreateMessage<v1::GetWalletResponse>(&arena);
    wallet.mutable_wallet()->set_address(kSecret);
    rpc::WipeIfSecret(wallet);
    EXPECT_EQ(wallet.wallet().address(), kSecret);
}

}  // namespace
