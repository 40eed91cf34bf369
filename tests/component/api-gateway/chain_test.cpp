#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fake_wallets.h"
#include "component/api-gateway/fixture.h"

namespace gateway_test {
namespace {

class ChainTest : public GatewayTest {
protected:
    void SetUp() override {
        Stack::Get().chain().Set({});
        user_ = NewUser();
    }

    Reply Get(const std::string& path) {
        return gateway().Call("GET", "/api/v1/ethereum/" + path, nullptr, user_.Auth());
    }

    Reply Post(const std::string& path, const Json& body = nullptr) {
        return gateway().Call("POST", "/api/v1/ethereum/" + path, body, user_.Auth());
    }

    User user_;
};

TEST_F(ChainTest, AddressAndItsCheck) {
    Reply own = Get("address");
    EXPECT_EQ(own.body["address"], kSender);
    EXPECT_EQ(own.body["qr_uri"], std::string("ethereum:") + kSender);
    EXPECT_EQ(Get(std::string("address/validate?address=") + kRecipient).body["valid"], true);
    Reply wrong = Get("address/validate?address=0x12");
    EXPECT_EQ(wrong.status, 200);
    EXPECT_EQ(wrong.body["valid"], false);
    EXPECT_EQ(Get("address/validate").Code(), "missing_field");
    EXPECT_EQ(Get("address/validate?address=" + std::string(201, 'a')).status, 400);
}

TEST_F(ChainTest, BalancesAreExactInBothUnits) {
    Reply balance = Get("balance");
    EXPECT_EQ(balance.body["balance"], "1.23456789");
    EXPECT_EQ(balance.body["balance_atomic"], "1234567890000000000");
    EXPECT_EQ(balance.body["spendable"], "1");
    EXPECT_EQ(balance.body["pending"], "-0.23456789");
    EXPECT_EQ(balance.body["block"], 42);
    EXPECT_EQ(Get("balance?address=0xabc").body["address"], "0xabc");
}

TEST_F(ChainTest, TokensFeesAndStatus) {
    EXPECT_EQ(Get("tokens").body["data"], Json::array());
    EXPECT_EQ(Get("tokens/0xdAC17F958D2ee523a2206206994597C13D831ec7").body["decimals"], 6);
    Reply fees = Get("fees");
    EXPECT_EQ(fees.body["fast"]["price"]["max_fee_gwei"], "3");
    EXPECT_EQ(fees.body["fast"]["cost"], "0.000063");
    EXPECT_EQ(Get("status").body["height"], 42);
}

TEST_F(ChainTest, TransactionsAndHistory) {
    Reply sent = Post("send", {{"to", kRecipient}, {"amount", "0.1"}});
    const std::string hash = sent.body["tx_hash"];
    Reply own = Get("tx/" + hash);
    EXPECT_EQ(own.body["transaction"]["id"], sent.body["id"]);
    EXPECT_EQ(Get("history").body["data"][0]["id"], sent.body["id"]);
    const User stranger = NewUser();
    Reply seen = gateway().Call("GET", "/api/v1/ethereum/tx/" + hash, nullptr, stranger.Auth());
    EXPECT_EQ(seen.status, 200);
    EXPECT_EQ(seen.body["transaction"], nullptr);
    EXPECT_EQ(Get("tx/0x00").Code(), "unknown_tx");
}

TEST_F(ChainTest, FaucetGivesTheAmountAskedFor) {
    EXPECT_EQ(Post("faucet").body["amount"], "1");
    Reply half = Post("faucet", {{"amount", "0.5"}});
    EXPECT_EQ(half.body["amount"], "0.5");
    EXPECT_EQ(half.body["address"], kSender);
    EXPECT_EQ(Post("faucet", {{"amount", 1}}).Code(), "wrong_type");
}

TEST_F(ChainTest, WalletsAreMadeImportedExportedAndRemoved) {
    Reply made = Post("wallet", {{"label", "savings"}});
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.body["label"], "savings");
    EXPECT_EQ(made.body["backup_due"], true);

    const Json key{{"private_key", "0x01"}, {"password", "pass\xcc\x81word-x"}};
    Reply imported = Post("wallet/import", key);
    EXPECT_EQ(imported.status, 201) << imported.text;
    EXPECT_EQ(imported.text.find("0x01"), std::string::npos);
    // What wallet-manager hashes is the normal form.
    EXPECT_EQ(Stack::Get().wallets().proof(), "pas\xc5\x9bword-x");
    Json both = key;
    both["mnemonic"] = "test test";
    EXPECT_EQ(Post("wallet/import", both).Code(), "invalid_request");
    EXPECT_EQ(Post("wallet/import", {{"password", kPassword}}).Code(), "invalid_request");

    Reply exported = Post("wallet/export", {{"password", kPassword}});
    EXPECT_EQ(exported.body["private_key"], "0xsecret");
    EXPECT_EQ(exported.headers.at("cache-control"), "no-store");
    EXPECT_EQ(Post("wallet/export", {{"password", kPassword}, {"format", "pdf"}}).Code(),
              "invalid_request");

    const auto remove = [&](const std::string& confirm) {
        return gateway().Call("DELETE",
                              "/api/v1/ethereum/wallet",
                              {{"confirm", confirm}, {"password", kPassword}},
                              user_.Auth());
    };
    EXPECT_EQ(remove("0x12").Code(), "address_mismatch");
    EXPECT_EQ(remove(kSender).status, 204);
}

}  // namespace
}  // namespace gateway_test
