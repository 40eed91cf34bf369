// Messages: what is signed for whom, what is refused, and the traces that both leave.
#include <gtest/gtest.h>
#include <string>

#include "base/hex.h"
#include "base/text.h"
#include "component/wallet-manager/gate_fixture.h"
#include "crypto/hash.h"
#include "messages/message.h"
#include "wallet-manager/wallet_maker.h"

namespace wallet_test {

namespace {

constexpr const char* kContract = "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC";

// Of a domain with a contract, or without one.
std::string TypedData(const std::string& type, bool with_contract = true) {
    const std::string contract =
        with_contract ? R"(, {"name": "verifyingContract", "type": "address"})" : "";
    return R"({"types": {"EIP712Domain": [{"name": "chainId", "type": "uint256"})" + contract +
           R"(], ")" + type + R"(": [{"name": "choice", "type": "uint256"}]}, "primaryType": ")" +
           type + R"(", "domain": {"chainId": 31337, "verifyingContract": ")" + kContract +
           R"("}, "message": {"choice": 1}})";
}

class Messages : public GateTest {
protected:
    void SetUp() override {
        GateTest::SetUp();
        context_ = UserContext(user_);
        context_.request.route = "/platform.wallet.v1.WalletService/SignMessage";
    }

    // An order of the gateway about a message of the user's Ethereum wallet.
    [[nodiscard]] common::Order OrderOf(const std::string& kind, const std::string& content) const {
        common::Order order = Payment();
        order.set_fee_cap("0");
        order.mutable_message()->set_kind(kind);
        order.mutable_message()->set_digest(base::ToText(crypto::Sha256(base::AsBytes(content))));
        return order;
    }

    [[nodiscard]] v1::SignMessageRequest RequestOf(const common::SignedOrder& order,
                                                   const std::string& content) const {
        v1::SignMessageRequest request;
        request.set_user_id(user_.ToString());
        *request.mutable_order() = order;
        request.set_content(content);
        return request;
    }

    [[nodiscard]] v1::SignMessageRequest RequestOf(const std::string& kind,
                                                   const std::string& content) const {
        return RequestOf(Sign(OrderOf(kind, content)), content);
    }

    [[nodiscard]] base::Result<v1::SignMessageResponse> Ask(const v1::SignMessageRequest& request) {
        return wallets_->SignMessage(request, context_);
    }

    // "signed", or the reason of the refusal.
    [[nodiscard]] std::string Verdict(const v1::SignMessageRequest& request) {
        const auto answer = Ask(request);
        return answer ? "signed" : answer.error().reason;
    }

    [[nodiscard]] std::string Verdict(const std::string& kind, const std::string& content) {
        return Verdict(RequestOf(kind, content));
    }

    [[nodiscard]] base::Result<v1::AllowMessageTypeResponse> Allow(
        const std::string& type, const std::string& chain = "eth") {
        v1::AllowMessageTypeRequest request;
        request.set_user_id(user_.ToString());
        request.set_chain(chain);
        request.set_contract(base::ToLower(kContract));
        request.set_primary_type(type);
        *request.mutable_proof() = Proof();
        return wallets_->AllowMessageType(request, context_);
    }

    [[nodiscard]] std::string Events() const {
        return stack_.postgres.Sql(
            "SELECT coalesce(string_agg(kind || ' ' || (detail::json->>'digest'), ',' "
            "ORDER BY seq), '') FROM wallet_events WHERE kind = 'message_signing' "
            "AND wallet_id = '" +
            wallet_.id.ToString() + "'");
    }

    rpc::Context context_;
};

TEST_F(Messages, AreSignedWithATraceOfThem) {
    const std::string content = "Sign in to example.org";
    const auto answer = Ask(RequestOf("eip191", content));
    ASSERT_TRUE(answer) << answer.error().detail;
    const auto verdict = messages::Verify({messages::Kind::kPersonal,
                                           kNetwork,
                                           base::ToBytes(base::AsBytes(content)),
                                           wallet_.address,
                                           answer->signature()});
    ASSERT_TRUE(verdict);
    EXPECT_TRUE(verdict->valid);
    EXPECT_EQ(Events(),
              "message_signing " + base::HexEncode(crypto::Sha256(base::AsBytes(content))));
}

TEST_F(Messages, AreSignedOnEveryChain) {
    const wallet_manager::WalletMaker maker(
        {*stack_.pool, *stack_.signer, *stack_.journal, chain::Mode::kDevnet, false});
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        const auto made = maker.Ensure({user_, &chain, ""});
        ASSERT_TRUE(made) << made.error().detail;
        wallet_ = made->wallet;
        const auto kind = messages::StandardKind(wallet_.network, wallet_.address);
        ASSERT_TRUE(kind);
        common::Order order = OrderOf(std::string(messages::KindName(*kind)), "mine");
        order.set_network(wallet_.network);
        const auto answer = Ask(RequestOf(Sign(order), "mine"));
        ASSERT_TRUE(answer) << chain.name << " " << answer.error().detail;
        const auto verdict = messages::Verify({*kind,
                                               wallet_.network,
                                               base::ToBytes(base::AsBytes("mine")),
                                               wallet_.address,
                                               answer->signature()});
        ASSERT_TRUE(verdict) << chain.name;
        EXPECT_TRUE(verdict->valid) << chain.name << " " << verdict->reason;
    }
}

TEST_F(Messages, AreSignedForFurtherAddressesOfTheWallet) {
    const wallet_manager::WalletMaker maker(
        {*stack_.pool, *stack_.signer, *stack_.journal, chain::Mode::kDevnet, false});
    const auto made = maker.Ensure({user_, *chain::FindChain("bitcoin"), ""});
    ASSERT_TRUE(made) << made.error().detail;
    wallet_ = made->wallet;
    v1::AddAddressRequest add;
    add.set_user_id(user_.ToString());
    add.set_wallet_id(wallet_.id.ToString());
    const auto added = wallets_->AddAddress(add, context_);
    ASSERT_TRUE(added) << added.error().detail;
    const std::string further = added->address().address();
    ASSERT_NE(further, wallet_.address);
    common::Order order = OrderOf("bip322", "mine");
    order.set_network(wallet_.network);
    order.set_from(further);
    const auto answer = Ask(RequestOf(Sign(order), "mine"));
    ASSERT_TRUE(answer) << answer.error().detail;
    const base::Bytes content = base::ToBytes(base::AsBytes("mine"));
    EXPECT_TRUE(
        messages::Verify({{}, wallet_.network, content, further, answer->signature()})->valid);
    EXPECT_FALSE(
        messages::Verify({{}, wallet_.network, content, wallet_.address, answer->signature()})
            ->valid);
}

TEST_F(Messages, FollowTheirOrderAlone) {
    EXPECT_EQ(Verdict(RequestOf(Sign(OrderOf("eip191", "hello")), "hello!")), "order_mismatch");
    EXPECT_EQ(Verdict(RequestOf(Sign(Payment()), "hello")), "unsupported_action");
    common::Order other_address = OrderOf("eip191", "hello");
    other_address.set_from(kStranger);
    EXPECT_EQ(Verdict(RequestOf(Sign(other_address), "hello")), "address_mismatch");
    common::Order other_network = OrderOf("eip191", "hello");
    other_network.set_network("eip155:97");
    EXPECT_EQ(Verdict(RequestOf(Sign(other_network), "hello")), "order_mismatch");
    common::Order no_network = OrderOf("eip191", "hello");
    no_network.set_network("eip155:1");
    EXPECT_EQ(Verdict(RequestOf(Sign(no_network), "hello")), "bad_order");
    EXPECT_EQ(Verdict(RequestOf(SignAt(OrderOf("eip191", "hello"),
                                       base::SystemClock().Now() - std::chrono::minutes(10)),
                                "hello")),
              "order_expired");
    EXPECT_EQ(Verdict(RequestOf(SignAt(OrderOf("eip191", "hello"),
                                       base::SystemClock().Now() + std::chrono::minutes(1)),
                                "hello")),
              "order_from_future");
    EXPECT_EQ(Events(), "");
}

TEST_F(Messages, OfAForgedOrderAreRefusedAndWrittenDown) {
    const common::Order order = OrderOf("eip191", "hello");
    common::SignedOrder forged = Sign(order);
    forged.mutable_order()->back() = static_cast<char>(forged.order().back() ^ 1);
    EXPECT_EQ(Verdict(RequestOf(forged, "hello")), "bad_order_signature");
    EXPECT_EQ(stack_.postgres.Sql("SELECT caller || ' ' || reason FROM gate_refusals WHERE "
                                  "intent_id = '" +
                                  order.intent_id() + "'"),
              "api-gateway bad_order_signature");
}

TEST_F(Messages, OfOneOrderAreSignedOnce) {
    const auto request = RequestOf("eip191", "hello");
    EXPECT_EQ(Verdict(request), "signed");
    EXPECT_EQ(Verdict(request), "order_used");
}

TEST_F(Messages, OfAForeignWalletAreNotSigned) {
    const base::UserId other = NewUser();
    common::Order order = OrderOf("eip191", "hello");
    order.set_user_id(other.ToString());
    auto request = RequestOf(Sign(order), "hello");
    EXPECT_EQ(Verdict(request), "order_mismatch") << "the order is another user's";
    request.set_user_id(other.ToString());
    EXPECT_EQ(Verdict(request), "user_context_required");
    context_ = UserContext(other);
    EXPECT_EQ(Verdict(request), "unknown_wallet") << "the wallet is not this user's";
}

TEST_F(Messages, WaitWhileTheirWalletIsPaused) {
    v1::PauseRequest pause;
    pause.set_user_id(user_.ToString());
    pause.set_wallet_id(wallet_.id.ToString());
    ASSERT_TRUE(wallets_->Pause(pause, context_));
    EXPECT_EQ(Verdict("eip191", "hello"), "paused");
    auto wanted = RequestOf("eip712", TypedData("Vote"));
    *wanted.mutable_proof() = Proof();
    EXPECT_EQ(Verdict(wanted), "paused");
    EXPECT_EQ(Events(), "");
    v1::ResumeRequest resume;
    resume.set_user_id(user_.ToString());
    resume.set_wallet_id(wallet_.id.ToString());
    *resume.mutable_proof() = Proof();
    ASSERT_TRUE(wallets_->Resume(resume, context_));
    EXPECT_EQ(Verdict("eip191", "hello"), "signed");
}

TEST_F(Messages, AreLimitedAMinute) {
    for (int i = 0; i < 30; ++i) {
        ASSERT_EQ(Verdict("eip191", "hello " + std::to_string(i)), "signed");
    }
    const auto refused = Ask(RequestOf("eip191", "one more"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().reason, "rate_limited");
    EXPECT_TRUE(refused.error().retry_after.has_value());
}

TEST_F(Messages, OfTypedDataAreDeniedUntilTheirTypeIsAllowedForADay) {
    const std::string vote = TypedData("Vote");
    EXPECT_EQ(Verdict("eip712", vote), "approval_needed");
    const auto added = Allow("Vote");
    ASSERT_TRUE(added) << added.error().detail;
    EXPECT_EQ(added->type().contract(), kContract);
    EXPECT_EQ(added->type().effective_at().seconds() - added->type().created_at().seconds(),
              24 * 3600);
    EXPECT_EQ(Verdict("eip712", vote), "approval_needed") << "a loosening waits";
    EXPECT_EQ(Allow("Vote")->type().id(), added->type().id()) << "asked again, it waits no longer";
    stack_.postgres.Sql("UPDATE message_types SET effective_at = now() WHERE id = '" +
                        added->type().id() + "'");
    EXPECT_EQ(Verdict("eip712", vote), "signed");
    EXPECT_EQ(Verdict("eip712", TypedData("Order")), "approval_needed") << "another type";
    EXPECT_EQ(Verdict("eip712", TypedData("Vote", false)), "approval_needed") << "no contract";

    v1::ListMessageTypesRequest list;
    list.set_user_id(user_.ToString());
    ASSERT_EQ(wallets_->ListMessageTypes(list, context_)->types_size(), 1);
    v1::ForbidMessageTypeRequest forbid;
    forbid.set_user_id(user_.ToString());
    forbid.set_id(added->type().id());
    ASSERT_TRUE(wallets_->ForbidMessageType(forbid, context_));
    EXPECT_EQ(wallets_->ForbidMessageType(forbid, context_).error().reason, "unknown_message_type");
    forbid.set_id("no id");
    EXPECT_EQ(wallets_->ForbidMessageType(forbid, context_).error().reason, "unknown_message_type");
    EXPECT_EQ(Verdict("eip712", vote), "approval_needed");
    EXPECT_EQ(stack_.postgres.Sql("SELECT string_agg(kind, ' ' ORDER BY seq) FROM wallet_events "
                                  "WHERE kind LIKE 'message_type%' AND wallet_id = '" +
                                  wallet_.id.ToString() + "'"),
              "message_type_allowed message_type_allowed message_type_forbidden");
}

TEST_F(Messages, OfOneUserAreNotAllowedByAnother) {
    ASSERT_TRUE(Allow("Vote"));
    stack_.postgres.Sql("UPDATE message_types SET effective_at = now()");
    const base::UserId other = NewUser();
    v1::ListMessageTypesRequest list;
    list.set_user_id(other.ToString());
    EXPECT_EQ(wallets_->ListMessageTypes(list, UserContext(other))->types_size(), 0);
    v1::ForbidMessageTypeRequest forbid;
    forbid.set_user_id(other.ToString());
    forbid.set_id(Allow("Vote")->type().id());
    EXPECT_EQ(wallets_->ForbidMessageType(forbid, UserContext(other)).error().reason,
              "unknown_message_type");
    EXPECT_EQ(Verdict("eip712", TypedData("Vote")), "signed");
}

TEST_F(Messages, OfTypedDataAreSignedWhereTheirUserWantsExactlyThem) {
    auto request = RequestOf("eip712", TypedData("Vote", false));
    *request.mutable_proof() = Proof();
    EXPECT_EQ(Verdict(request), "signed");
    request = RequestOf("eip712", TypedData("Vote"));
    request.mutable_proof()->set_password("wrong horse");
    EXPECT_EQ(Verdict(request), "bad_credentials");
    *request.mutable_proof() = Proof();
    context_.user->caller = "api_key";
    EXPECT_EQ(Verdict(request), "session_required") << "a key is nobody at a keyboard";
    EXPECT_EQ(Events(),
              "message_signing " +
                  base::HexEncode(crypto::Sha256(base::AsBytes(TypedData("Vote", false)))));
}

TEST_F(Messages, ThatPermitAreNeverSigned) {
    for (const char* type : {"Permit", "PermitSingle", "TransferWithAuthorization"}) {
        EXPECT_EQ(Allow(type).error().reason, "permit_refused") << type;
        auto request = RequestOf("eip712", TypedData(type));
        *request.mutable_proof() = Proof();
        EXPECT_EQ(Verdict(request), "permit_refused") << type;
        stack_.postgres.Sql(
            "INSERT INTO message_types (id, user_id, network, contract, "
            "primary_type, effective_at) VALUES (gen_random_uuid(), '" +
            user_.ToString() + "', '" + kNetwork + "', '" + kContract + "', '" + type +
            "', now())");
        EXPECT_EQ(Verdict("eip712", TypedData(type)), "permit_refused") << "listed behind our back";
    }
    EXPECT_EQ(Events(), "");
}

TEST_F(Messages, TypesAreChecked) {
    EXPECT_EQ(Allow("Vote", "solana").error().reason, "invalid_request");
    EXPECT_EQ(Allow("Vote", "dogecoin").error().reason, "unknown_chain");
    EXPECT_EQ(Allow("").error().reason, "text_too_long");
    EXPECT_EQ(Allow(std::string(101, 'V')).error().reason, "text_too_long");
    v1::AllowMessageTypeRequest request;
    request.set_user_id(user_.ToString());
    request.set_chain("ethereum");
    request.set_contract(kContract);
    request.set_primary_type("Vote");
    EXPECT_EQ(wallets_->AllowMessageType(request, context_).error().reason, "proof_required");
    request.set_contract("0x12");
    EXPECT_EQ(wallets_->AllowMessageType(request, context_).error().reason, "bad_address");
}

TEST_F(Messages, TypesAreBounded) {
    stack_.postgres.Sql(
        "INSERT INTO message_types (id, user_id, network, contract, primary_type) "
        "SELECT gen_random_uuid(), '" +
        user_.ToString() + "', '" + kNetwork + "', '" + kContract +
        "', 'Vote' || i FROM generate_series(1, 100) i");
    EXPECT_EQ(Allow("Vote").error().reason, "too_many_message_types");
}

}  // namespace

}  // namespace wallet_test
