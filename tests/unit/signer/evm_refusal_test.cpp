// Every way in which a first attempt can differ from its order.
#include <algorithm>
#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"
#include "evm/address.h"
#include "evm/erc20.h"
#include "unit/signer/signer_fixture.h"

namespace signer_test {

namespace {

namespace common = platform::common::v1;

using evm::Address;

class EvmRefusal : public SignerTest {
protected:
    [[nodiscard]] common::Order TokenPayment() const {
        common::Order order = Payment();
        order.mutable_asset()->set_contract(kToken);
        order.mutable_asset()->set_decimals(6);
        order.mutable_transfer()->mutable_recipients(0)->set_amount("2500000");
        return order;
    }

    [[nodiscard]] evm::Transaction TokenTx() const {
        evm::Transaction transaction = PaymentTx();
        transaction.to = *Address::Parse(kToken);
        transaction.value = money::UInt256();
        transaction.gas_limit = 60000;
        transaction.data =
            evm::EncodeErc20Transfer(*Address::Parse(kRecipient), money::UInt256(2'500'000));
        return transaction;
    }
};

TEST_F(EvmRefusal, SignsExactlyWhatWasOrdered) {
    const auto answer = Ask(Request(Payment(), PaymentTx()));
    ASSERT_TRUE(answer) << answer.error().detail;
    const auto read = evm::DecodeSigned(answer->signed_tx);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->from.ToString(), key_.address);
    EXPECT_TRUE(read->transaction == PaymentTx());
    EXPECT_EQ(base::HexEncodePrefixed(read->hash), answer->tx_hash);
}

TEST_F(EvmRefusal, SignsALegacyTransactionToo) {
    evm::Transaction transaction = PaymentTx();
    transaction.type = evm::TxType::kLegacy;
    transaction.gas_price = Gwei(20);
    transaction.max_fee_per_gas = money::UInt256();
    transaction.max_priority_fee_per_gas = money::UInt256();
    EXPECT_EQ(Verdict(Payment(), transaction), "signed");
}

TEST_F(EvmRefusal, AnotherChain) {
    evm::Transaction transaction = PaymentTx();
    transaction.chain_id = 1;
    EXPECT_EQ(Verdict(Payment(), transaction), "tx_mismatch");
}

TEST_F(EvmRefusal, AnotherRecipient) {
    evm::Transaction transaction = PaymentTx();
    transaction.to = *Address::Parse(kStranger);
    EXPECT_EQ(Verdict(Payment(), transaction), "tx_mismatch");
}

TEST_F(EvmRefusal, AnotherValue) {
    for (const char* value : {"1000000000000000001", "999999999999999999", "0"}) {
        evm::Transaction transaction = PaymentTx();
        transaction.value = Units(value);
        EXPECT_EQ(Verdict(Payment(), transaction), "tx_mismatch") << value;
    }
}

TEST_F(EvmRefusal, CalldataBesideANativePayment) {
    // What a memo, were it sent, would look like.
    evm::Transaction transaction = PaymentTx();
    transaction.data = base::ToBytes(base::AsBytes("rent for May"));
    EXPECT_EQ(Verdict(Payment(), transaction), "tx_mismatch");
    transaction.data = evm::EncodeErc20Approve(*Address::Parse(kStranger), money::UInt256::Max());
    EXPECT_EQ(Verdict(Payment(), transaction), "tx_mismatch");
}

TEST_F(EvmRefusal, ATokenInsteadOfTheNativeCoinAndTheReverse) {
    EXPECT_EQ(Verdict(TokenPayment(), TokenTx()), "signed");
    EXPECT_EQ(Verdict(Payment(), TokenTx()), "tx_mismatch");
    EXPECT_EQ(Verdict(TokenPayment(), PaymentTx()), "tx_mismatch");
}

TEST_F(EvmRefusal, ATokenCallThatIsNotTheOrderedTransfer) {
    const Address recipient = *Address::Parse(kRecipient);
    const Address stranger = *Address::Parse(kStranger);
    const money::UInt256 amount(2'500'000);
    base::Bytes longer = evm::EncodeErc20Transfer(recipient, amount);
    longer.push_back(0);
    for (const base::Bytes& data : {evm::EncodeErc20Transfer(stranger, amount),
                                    evm::EncodeErc20Transfer(recipient, money::UInt256(2'500'001)),
                                    evm::EncodeErc20Approve(recipient, amount),
                                    longer,
                                    base::Bytes()}) {
        evm::Transaction transaction = TokenTx();
        transaction.data = data;
        EXPECT_EQ(Verdict(TokenPayment(), transaction), "tx_mismatch") << base::HexEncode(data);
    }
    evm::Transaction paying = TokenTx();
    paying.value = money::UInt256(1);
    EXPECT_EQ(Verdict(TokenPayment(), paying), "tx_mismatch");
}

TEST_F(EvmRefusal, AFeeAboveTheOrdersCapByOneWei) {
    common::Order order = Payment();
    order.set_fee_cap("420000000000000");
    EXPECT_EQ(Verdict(order, PaymentTx()), "signed");
    order.set_fee_cap("419999999999999");
    EXPECT_EQ(Verdict(order, PaymentTx()), "fee_cap_exceeded");
}

TEST_F(EvmRefusal, AFeeAboveTheStaticCeilingWhateverTheOrderSays) {
    common::Order order = Payment();
    order.set_fee_cap("1000000000000000000000");
    evm::Transaction transaction = PaymentTx();
    transaction.gas_limit = 30'000'000;
    EXPECT_EQ(Verdict(order, transaction), "fee_cap_exceeded");
}

TEST_F(EvmRefusal, AnAccessList) {
    evm::Transaction transaction = PaymentTx();
    transaction.access_list.push_back({*Address::Parse(kStranger), {}});
    EXPECT_EQ(Verdict(Payment(), transaction), "tx_mismatch");
}

TEST_F(EvmRefusal, BlobsAndDelegations) {
    for (const std::uint8_t type : base::Bytes{0x03, 0x04, 0x05, 0x7f}) {
        signer::SignTransaction request = Request(Payment(), PaymentTx());
        request.unsigned_tx[0] = type;
        EXPECT_EQ(Verdict(request), "unsupported_tx_type") << int{type};
    }
}

TEST_F(EvmRefusal, ContractCreation) {
    // The same payload with an empty recipient: 0x94 and 20 bytes become 0x80.
    signer::SignTransaction request = Request(Payment(), PaymentTx());
    const base::Bytes to = base::ToBytes(Address::Parse(kRecipient)->bytes());
    const auto place =
        std::search(request.unsigned_tx.begin(), request.unsigned_tx.end(), to.begin(), to.end());
    ASSERT_NE(place, request.unsigned_tx.end());
    *(place - 1) = 0x80;
    request.unsigned_tx.erase(place, place + 20);
    request.unsigned_tx[1] = static_cast<std::uint8_t>(request.unsigned_tx[1] - 20);
    const auto answer = Ask(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, "bad_tx");
}

TEST_F(EvmRefusal, BareHashesAndGarbage) {
    for (const base::Bytes& bytes : {base::Bytes(), base::Bytes(32, 0xab), base::Bytes(1, 0x02)}) {
        signer::SignTransaction request = Request(Payment(), PaymentTx());
        request.unsigned_tx = bytes;
        EXPECT_NE(Verdict(request), "signed") << bytes.size();
    }
    signer::SignTransaction longer = Request(Payment(), PaymentTx());
    longer.unsigned_tx.push_back(0);
    EXPECT_NE(Verdict(longer), "signed");
}

TEST_F(EvmRefusal, WhateverBitIsFlippedTheSamePaymentIsMadeOrNone) {
    const signer::SignTransaction good = Request(Payment(), PaymentTx());
    int refused = 0;
    for (std::size_t bit = 0; bit < good.unsigned_tx.size() * 8; ++bit) {
        signer::SignTransaction request = Request(Payment(), PaymentTx());
        request.unsigned_tx[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
        const auto answer = Ask(request);
        if (!answer) {
            ++refused;
            continue;
        }
        // Nonce, tip and gas are the daemon's to choose, inside the cap.
        const evm::Transaction paid = evm::DecodeSigned(answer->signed_tx)->transaction;
        EXPECT_EQ(paid.chain_id, 31337U) << bit;
        EXPECT_EQ(paid.to, PaymentTx().to) << bit;
        EXPECT_EQ(paid.value, PaymentTx().value) << bit;
        EXPECT_TRUE(paid.data.empty() && paid.access_list.empty()) << bit;
        EXPECT_LE(*evm::MaxFee(paid), Units("10000000000000000")) << bit;
    }
    EXPECT_GT(refused, 200);
}

TEST_F(EvmRefusal, AnOrderThatTheGatewayDidNotSign) {
    signer::SignTransaction request = Request(Payment(), PaymentTx());
    request.order.signature[0] = static_cast<char>(request.order.signature[0] ^ 1);
    EXPECT_EQ(Verdict(request), "bad_order_signature");
    request = Request(Payment(), PaymentTx());
    request.order.order[10] = static_cast<char>(request.order.order[10] ^ 1);
    EXPECT_EQ(Verdict(request), "bad_order_signature");
}

TEST_F(EvmRefusal, AnOrderOfAnotherDeploymentOrNetwork) {
    common::Order order = Payment();
    order.set_deployment_id("11111111-6a53-4d57-9f43-0d4c8a3d8a11");
    EXPECT_EQ(Verdict(order, PaymentTx()), "bad_order");
    order = Payment();
    order.set_network("eip155:1");
    EXPECT_EQ(Verdict(order, PaymentTx()), "bad_order");
}

TEST_F(EvmRefusal, AnOrderAboutAnotherWallet) {
    common::Order order = Payment();
    order.set_wallet_id("11111111-4b3f-4a64-8f53-9f54a1b5c6d7");
    EXPECT_EQ(Verdict(order, PaymentTx()), "order_mismatch");
    order = Payment();
    order.set_user_id("11111111-4b3f-4a64-8f53-9f54a1b5c6d7");
    EXPECT_EQ(Verdict(order, PaymentTx()), "order_mismatch");
    order = Payment();
    order.set_from(kStranger);
    EXPECT_EQ(Verdict(order, PaymentTx()), "order_mismatch");
}

TEST_F(EvmRefusal, AKeyThatWasMovedToAnotherRow) {
    common::Order order = Payment();
    order.set_wallet_id("11111111-4b3f-4a64-8f53-9f54a1b5c6d7");
    signer::SignTransaction request = Request(order, PaymentTx());
    request.key.wallet_id = order.wallet_id();
    EXPECT_EQ(Verdict(request), "decryption_failed");
}

TEST_F(EvmRefusal, AMessageOrderNeverSignsATransaction) {
    common::Order order = Payment();
    order.mutable_message()->set_kind("eip191");
    order.mutable_message()->set_digest(std::string(32, 'd'));
    EXPECT_EQ(Verdict(order, PaymentTx()), "unsupported_action");
}

TEST_F(EvmRefusal, AnApprovalForASpenderOutsideTheAllowList) {
    common::Order order = TokenPayment();
    order.mutable_approve()->set_spender(kRouter);
    order.mutable_approve()->set_amount("100");
    evm::Transaction transaction = TokenTx();
    transaction.data = evm::EncodeErc20Approve(*Address::Parse(kRouter), money::UInt256(100));
    EXPECT_EQ(Verdict(order, transaction), "signed");
    order.mutable_approve()->set_spender(kStranger);
    transaction.data = evm::EncodeErc20Approve(*Address::Parse(kStranger), money::UInt256(100));
    EXPECT_EQ(Verdict(order, transaction), "spender_not_allowed");
}

TEST_F(EvmRefusal, AnApprovalOfMoreThanOrdered) {
    common::Order order = TokenPayment();
    order.mutable_approve()->set_spender(kRouter);
    order.mutable_approve()->set_amount("100");
    evm::Transaction transaction = TokenTx();
    transaction.data = evm::EncodeErc20Approve(*Address::Parse(kRouter), money::UInt256::Max());
    EXPECT_EQ(Verdict(order, transaction), "tx_mismatch");
}

TEST_F(EvmRefusal, ARevokeTakesAnySpenderAndOnlyZero) {
    common::Order order = TokenPayment();
    order.mutable_revoke()->set_spender(kStranger);
    evm::Transaction transaction = TokenTx();
    transaction.data = evm::EncodeErc20Approve(*Address::Parse(kStranger), money::UInt256());
    EXPECT_EQ(Verdict(order, transaction), "signed");
    transaction.data = evm::EncodeErc20Approve(*Address::Parse(kStranger), money::UInt256(1));
    EXPECT_EQ(Verdict(order, transaction), "tx_mismatch");
}

TEST_F(EvmRefusal, ModeAllPaysAtMostWhatWasAuthorised) {
    common::Order order = Payment();
    order.mutable_transfer()->set_mode(common::TRANSFER_MODE_ALL);
    order.mutable_transfer()->mutable_recipients(0)->clear_amount();
    signer::SignTransaction request = Request(order, PaymentTx());
    request.amount_max = "1000000000000000000";
    EXPECT_EQ(Verdict(request), "signed");
    request.amount_max = "999999999999999999";
    EXPECT_EQ(Verdict(request), "tx_mismatch");
    request.amount_max = "";
    EXPECT_EQ(Verdict(request), "bad_amount");
}

TEST_F(EvmRefusal, SubtractFeeAddsUpToTheOrderedAmount) {
    common::Order order = Payment();
    order.mutable_transfer()->set_mode(common::TRANSFER_MODE_SUBTRACT_FEE);
    evm::Transaction transaction = PaymentTx();
    EXPECT_NE(Verdict(order, transaction), "signed");
    transaction.value = Units("999580000000000000");  // 1 ETH less 21000 x 20 gwei
    EXPECT_EQ(Verdict(order, transaction), "signed");
    transaction.value = Units("999580000000000001");
    EXPECT_EQ(Verdict(order, transaction), "tx_mismatch");
}

}  // namespace

}  // namespace signer_test
