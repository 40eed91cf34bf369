#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"
#include "crypto/hash.h"
#include "evm/message.h"
#include "unit/signer/signer_fixture.h"

namespace signer_test {

namespace {

class MessageSigning : public SignerTest {
protected:
    [[nodiscard]] platform::common::v1::Order OrderOf(const std::string& kind,
                                                      const std::string& content) const {
        platform::common::v1::Order order = Payment();
        order.set_fee_cap("0");
        order.mutable_message()->set_kind(kind);
        order.mutable_message()->set_digest(base::ToText(crypto::Sha256(base::AsBytes(content))));
        return order;
    }

    [[nodiscard]] signer::SignMessage RequestOf(const std::string& kind,
                                                const std::string& content) const {
        return {key_, Sign(OrderOf(kind, content)), base::ToBytes(base::AsBytes(content))};
    }

    // The signature, or the reason of the refusal.
    [[nodiscard]] std::string Answer(const signer::SignMessage& request) {
        const auto answer = Get<signer::MessageSignature>(request);
        return answer ? answer->text : answer.error().reason;
    }
};

constexpr const char* kVote =
    R"({"types": {"EIP712Domain": [{"name": "chainId", "type": "uint256"}],
    "Vote": [{"name": "choice", "type": "uint256"}]}, "primaryType": "Vote",
    "domain": {"chainId": 31337}, "message": {"choice": 1}})";
constexpr const char* kPermit =
    R"({"types": {"EIP712Domain": [{"name": "chainId", "type": "uint256"}],
    "Permit": [{"name": "value", "type": "uint256"}]}, "primaryType": "Permit",
    "domain": {"chainId": 31337}, "message": {"value": 1}})";

TEST_F(MessageSigning, SignsWhatTheOrderNames) {
    const std::string signature = Answer(RequestOf("eip191", "hello"));
    const auto bytes = base::HexDecodePrefixed(signature);
    ASSERT_TRUE(bytes) << signature;
    EXPECT_EQ(evm::RecoverPersonalMessage(base::AsBytes("hello"), *bytes)->ToString(),
              key_.address);
    EXPECT_TRUE(Answer(RequestOf("eip712", kVote)).starts_with("0x"));
}

TEST_F(MessageSigning, RefusesAnotherMessage) {
    signer::SignMessage request = RequestOf("eip191", "hello");
    request.content.push_back('!');
    EXPECT_EQ(Answer(request), "order_mismatch");
}

TEST_F(MessageSigning, RefusesAnOrderAboutAPayment) {
    signer::SignMessage request = RequestOf("eip191", "hello");
    request.order = Sign(Payment());
    EXPECT_EQ(Answer(request), "order_mismatch");
}

TEST_F(MessageSigning, AnOrderAboutAMessagePaysNothing) {
    EXPECT_NE(Verdict(OrderOf("eip191", "hello"), PaymentTx()), "signed");
}

TEST_F(MessageSigning, RefusesAForgedOrder) {
    signer::SignMessage request = RequestOf("eip191", "hello");
    request.order.order.back() = static_cast<char>(request.order.order.back() ^ 1);
    EXPECT_EQ(Answer(request), "bad_order_signature");
}

TEST_F(MessageSigning, RefusesAnotherWallet) {
    auto order = OrderOf("eip191", "hello");
    order.set_from(kStranger);
    signer::SignMessage request = RequestOf("eip191", "hello");
    request.order = Sign(order);
    EXPECT_EQ(Answer(request), "order_mismatch");
    request = RequestOf("eip191", "hello");
    char& digit = request.key.envelope.back();
    digit = digit == '0' ? '1' : '0';
    EXPECT_NE(Answer(request).substr(0, 2), "0x");
}

TEST_F(MessageSigning, RefusesKindsThatItsNetworkDoesNotHave) {
    for (const char* kind : {"bip322", "solana_offchain", "zcash_legacy", "hash", "eth_sign"}) {
        EXPECT_EQ(Answer(RequestOf(kind, "hello")), "unknown_format") << kind;
    }
}

TEST_F(MessageSigning, RefusesPermitsWhateverItsParentSays) {
    EXPECT_EQ(Answer(RequestOf("eip712", kPermit)), "permit_refused");
    std::string other_chain = kVote;
    other_chain.replace(other_chain.find("31337"), 5, "1");
    EXPECT_EQ(Answer(RequestOf("eip712", other_chain)), "wrong_network");
    EXPECT_EQ(Answer(RequestOf("eip712", "hello")), "bad_typed_data");
}

TEST_F(MessageSigning, NeedsALivingOrder) {
    const signer::SignMessage request = RequestOf("eip191", "hello");
    clock_.now += std::chrono::minutes(10);
    EXPECT_EQ(Answer(request), "order_expired");
    clock_.now += std::chrono::minutes(5);
    ASSERT_TRUE(Answer(RequestOf("eip191", "later")).starts_with("0x"));
    clock_.now -= std::chrono::minutes(10);
    EXPECT_EQ(Answer(request), "order_outdated") << "a message moves the issue time too";
    clock_.now -= std::chrono::minutes(6);
    EXPECT_EQ(Answer(request), "order_from_future");
}

}  // namespace

}  // namespace signer_test
