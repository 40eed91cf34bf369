#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fixture.h"
#include "support/dev_certs.h"
#include "support/files.h"
#include "support/private_postgres.h"
#include "support/process.h"
#include "support/temp_dir.h"

namespace gateway_test {
namespace {

namespace fs = std::filesystem;

// The program as a user runs it, against a gateway in this process.
class Cryptoctl : public GatewayTest {
protected:
    void SetUp() override { Stack::Get().chain().Set({}); }

    support::CommandResult Run(std::vector<std::string> arguments,
                               std::map<std::string, std::string> environment = {}) {
        arguments.insert(arguments.begin(), CRYPTOCTL);
        environment.emplace("XDG_CONFIG_HOME", folder_.path().string());
        environment.emplace("CRYPTOCTL_API", gateway().Url());
        environment.emplace("CRYPTOCTL_PASSWORD", kPassword);
        return support::RunCommand(std::move(arguments), std::move(environment));
    }

    // What --json printed.
    static Json Parse(const support::CommandResult& result) {
        return Json::parse(result.output, nullptr, /*allow_exceptions=*/false);
    }

    void Register() {
        const auto result = Run({"register", NewEmail()});
        ASSERT_EQ(result.exit_code, 0) << result.output;
    }

    fs::path Store() const { return folder_.path() / "cryptoctl" / "credentials.json"; }

    support::TempDir folder_;
};

TEST_F(Cryptoctl, SignsInAndKeepsTheTokensForTheOwnerAlone) {
    const std::string email = NewEmail();
    const auto registered = Run({"register", email});
    ASSERT_EQ(registered.exit_code, 0) << registered.output;
    EXPECT_NE(registered.output.find("signed in as " + email), std::string::npos);
    EXPECT_EQ(registered.output.find("eyJ"), std::string::npos);

    struct stat status {};

    ASSERT_EQ(stat(Store().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_NE(Run({"me"}).output.find(email), std::string::npos);

    chmod(Store().c_str(), 0644);
    const auto open = Run({"me"});
    EXPECT_EQ(open.exit_code, 1);
    EXPECT_NE(open.output.find("chmod 600"), std::string::npos);
    chmod(Store().c_str(), 0600);

    EXPECT_EQ(Run({"logout"}).exit_code, 0);
    EXPECT_FALSE(fs::exists(Store()));
    EXPECT_EQ(Run({"me"}).exit_code, 3);
    EXPECT_EQ(Run({"login", email}, {{"CRYPTOCTL_PASSWORD", "WrongPassword1!"}}).exit_code, 3);
    const auto login = Run({"--json", "login", email});
    EXPECT_EQ(login.exit_code, 0);
    EXPECT_EQ(Parse(login)["email"], email);
    EXPECT_FALSE(Parse(login).contains("token"));
}

TEST_F(Cryptoctl, RefreshesAStaleTokenByItself) {
    Register();
    Json stored = support::ReadJson(Store());
    const std::string former = stored["refresh_token"];
    stored["token"] = "stale";
    std::ofstream(Store()) << stored.dump();
    EXPECT_EQ(Run({"me"}).exit_code, 0);
    EXPECT_NE(support::ReadJson(Store())["refresh_token"], former);
}

TEST_F(Cryptoctl, TakesAnApiKeyFromTheEnvironment) {
    const User user = NewUser();
    const Reply made =
        gateway().Call("POST",
                       "/api/v1/api-keys",
                       {{"name", "ci"}, {"scopes", {"read"}}, {"password", kPassword}},
                       user.Auth());
    const auto me = Run({"me"}, {{"CRYPTOCTL_TOKEN", made.body.value("key", "")}});
    EXPECT_EQ(me.exit_code, 0) << me.output;
    EXPECT_NE(me.output.find(user.email), std::string::npos);
}

TEST_F(Cryptoctl, ShowsWalletsAndBalances) {
    Register();
    const auto balances = Run({"wallet", "balances"});
    EXPECT_EQ(balances.exit_code, 0) << balances.output;
    EXPECT_NE(balances.output.find("1.23456789"), std::string::npos);
    EXPECT_EQ(Parse(Run({"--json", "wallet", "balances"}))["ethereum"]["currency"], "ETH");
    EXPECT_EQ(Run({"wallet", "list"}).exit_code, 0);
    EXPECT_EQ(Run({"wallet", "create", "ethereum", "--label", "mine"}).exit_code, 0);
    EXPECT_EQ(Run({"wallet", "export", "ethereum"}).output, "0xsecret\n");
    EXPECT_EQ(Run({"wallet", "faucet", "ethereum", "0.5"}).exit_code, 0);
}

TEST_F(Cryptoctl, SendsWithAKeyAndShowsThePayment) {
    Register();
    const auto dry = Run({"send", "ethereum", kRecipient, "0.1", "--dry-run"});
    EXPECT_EQ(dry.exit_code, 0) << dry.output;
    EXPECT_NE(dry.output.find("0.000063"), std::string::npos);
    const auto sent = Run({"--json", "send", "ethereum", kRecipient, "0.1", "--memo", "rent"});
    ASSERT_EQ(sent.exit_code, 0) << sent.output;
    EXPECT_EQ(Parse(sent)["value"], "0.1");
    EXPECT_EQ(Parse(sent)["memo"], "rent");
    // Each call has a key of its own: the same words again are a new payment.
    const auto again = Run({"--json", "send", "ethereum", kRecipient, "0.1", "--memo", "rent"});
    EXPECT_NE(Parse(again)["id"], Parse(sent)["id"]);
    const auto keyed = [&] {
        return Run({"--json", "send", "ethereum", kRecipient, "0.1", "--key", "mine"});
    };
    EXPECT_EQ(Parse(keyed())["id"], Parse(keyed())["id"]);
    const auto by_hash = Run({"tx", Parse(sent)["tx_hash"], "--chain", "ethereum"});
    EXPECT_EQ(by_hash.exit_code, 0) << by_hash.output;
    EXPECT_EQ(Run({"tx", "--list", "--status", "final"}).exit_code, 0);
}

TEST_F(Cryptoctl, SignsAndVerifiesMessages) {
    Register();
    EXPECT_EQ(Run({"message", "sign", "ethereum", "hello"}).output, "0xsigned\n");
    EXPECT_EQ(Run({"message", "sign", "ethereum", "--hex", "ff00"}).exit_code, 0);
    // ethereum/eth-account, tests/core/test_accounts.py.
    const std::string signature =
        "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b80018642"
        "2fc2da167c747ef045e5d18a5f5d4300f8e1a0291c";
    const std::string signer = "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23";
    const auto valid = Run({"message", "verify", "ethereum", signer, signature, "Some data"});
    EXPECT_EQ(valid.exit_code, 0) << valid.output;
    EXPECT_NE(valid.output.find("valid: signed by " + signer), std::string::npos);
    const auto other = Run({"message", "verify", "ethereum", signer, signature, "Other data"});
    EXPECT_EQ(other.exit_code, 1);
    EXPECT_NE(other.output.find("not_signed_by"), std::string::npos) << other.output;

    const fs::path file = folder_.path() / "typed.json";
    std::ofstream(file) << R"({"types": {"EIP712Domain": [{"name": "chainId", "type": "uint256"}],
        "Vote": [{"name": "choice", "type": "uint256"}]}, "primaryType": "Vote",
        "domain": {"chainId": 31337}, "message": {"choice": 1}})";
    EXPECT_EQ(Run({"message", "sign", "ethereum", "--typed-data", file}).exit_code, 4);
    EXPECT_EQ(Run({"message", "sign", "ethereum", "--typed-data", file, "--wanted"}).output,
              "0xsigned\n");
    EXPECT_EQ(Run({"message", "allow", "ethereum", kRecipient, "Vote"}).exit_code, 0);
    const auto types = Run({"message", "types"});
    EXPECT_NE(types.output.find("Vote"), std::string::npos) << types.output;
    EXPECT_EQ(Run({"message", "forbid", "mty_11111111-2222-4333-8444-555555555555"}).exit_code, 0);
    std::ofstream(file) << "no json";
    EXPECT_EQ(Run({"message", "sign", "ethereum", "--typed-data", file}).exit_code, 1);
}

TEST_F(Cryptoctl, ExitCodesSayWhatHappened) {
    Register();
    EXPECT_EQ(Run({"send", "ethereum", kRecipient, "1e3"}).exit_code, 7);
    EXPECT_EQ(Run({"send", "dogecoin", kRecipient, "1"}).exit_code, 5);
    EXPECT_EQ(Run({"tx", "tx_550e8400-e29b-41d4-a716-446655440000"}).exit_code, 5);
    EXPECT_EQ(Run({"tx", "0xabc"}).exit_code, 1);
    EXPECT_EQ(Run({"me"}, {{"CRYPTOCTL_API", "http://127.0.0.1:1"}}).exit_code, 9);
    EXPECT_EQ(Run({"fly"}).exit_code, 2);
    EXPECT_EQ(Run({}).exit_code, 2);
    EXPECT_EQ(Run({"--version"}).exit_code, 0);
    const auto help = Run({"--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_NE(help.output.find("9 unavailable"), std::string::npos);
    Stack::Get().chain().Set(
        {.after_storing = base::Unavailable("service_unavailable", "the reply was lost")});
    const auto lost = Run({"send", "ethereum", kRecipient, "0.7"});
    EXPECT_EQ(lost.exit_code, 9);
    EXPECT_NE(lost.output.find("--key"), std::string::npos);
}

TEST_F(Cryptoctl, ChecksTheConfigurationOfEveryDaemon) {
    const fs::path file = folder_.path() / "env";
    std::ofstream(file) << "JWT_TTL=never\n";
    const auto checked = Run({"--json", "config", "check", "--env-file", file.string()});
    EXPECT_EQ(checked.exit_code, 1);
    const Json report = Parse(checked);
    EXPECT_NE(report["api-gateway"].dump().find("JWT_TTL"), std::string::npos);
    EXPECT_NE(report["wallet-manager"].dump().find("ENCRYPTION_KEY"), std::string::npos);
    EXPECT_EQ(Run({"config", "check", "--env-file", "/nowhere"}).exit_code, 1);
}

TEST_F(Cryptoctl, MakesTheFirstAdmin) {
    const std::string email = NewEmail();
    const std::map<std::string, std::string> environment{
        {"API_GATEWAY_DATABASE_URL", Stack::Get().postgres().Url("api_gateway")}};
    const auto made = Run({"admin", "create", email}, environment);
    ASSERT_EQ(made.exit_code, 0) << made.output;
    const std::string password = Parse(made)["one_time_password"];
    const auto login = Run({"login", email}, {{"CRYPTOCTL_PASSWORD", password}});
    EXPECT_EQ(login.exit_code, 0);
    EXPECT_NE(login.output.find("cryptoctl password"), std::string::npos);
    EXPECT_EQ(Run({"wallet", "list"}).exit_code, 4);
    EXPECT_EQ(Run({"password"},
                  {{"CRYPTOCTL_PASSWORD", password}, {"CRYPTOCTL_NEW_PASSWORD", "NewAdminPass1!"}})
                  .exit_code,
              0);
    EXPECT_EQ(Run({"wallet", "list"}).exit_code, 0);
    EXPECT_EQ(Run({"admin", "create", email}, environment).exit_code, 1);
}

TEST_F(Cryptoctl, ShowsAChangedFinalBlockAndAcceptsTheNodes) {
    const User admin = NewUserOfRole("admin");
    ASSERT_EQ(Run({"login", admin.email}).exit_code, 0);
    chain_v1::GetFinalBlockResponse block;
    block.set_network(kNetwork);
    block.set_height(97);
    block.set_hash("0xold");
    block.set_sends_stopped_reason("block 97 was final and has changed");
    block.mutable_node()->set_block_height(130);
    block.mutable_node()->set_final_height(128);
    block.mutable_node()->set_hash("0xnew");
    block.add_lost()->set_intent_id("550e8400-e29b-41d4-a716-446655440000");
    Stack::Get().chain().Set({.final_block = block});
    const auto shown = Run({"final-block", "show", "ethereum"});
    EXPECT_EQ(shown.exit_code, 0) << shown.output;
    EXPECT_NE(shown.output.find("tx_550e8400"), std::string::npos);
    const std::string command =
        "cryptoctl final-block accept ethereum --network eip155:31337 --hash 0xnew";
    EXPECT_NE(shown.output.find(command), std::string::npos) << shown.output;
    EXPECT_EQ(Run({"final-block", "accept", "ethereum", "--hash", "0xnew"}).exit_code, 2);
    const std::vector<std::string> accept{
        "final-block", "accept", "ethereum", "--network", kNetwork, "--hash"};
    const auto with = [&](const char* hash) {
        auto arguments = accept;
        arguments.emplace_back(hash);
        return Run(arguments);
    };
    const auto wrong = with("0xold");
    EXPECT_NE(wrong.exit_code, 0);
    EXPECT_NE(wrong.output.find("block_mismatch"), std::string::npos);
    const auto accepted = with("0xnew");
    EXPECT_EQ(accepted.exit_code, 0) << accepted.output;
    EXPECT_NE(accepted.output.find("open"), std::string::npos);
    EXPECT_EQ(accepted.output.find("final-block accept"), std::string::npos);
    EXPECT_NE(with("0xnew").exit_code, 0);
}

TEST_F(Cryptoctl, SpeaksGrpcWithAnIdentity) {
    const auto list = Run({"grpc", "list"});
    EXPECT_NE(list.output.find("platform.chain.v1.ChainService/GetFees"), std::string::npos);
    const std::string address = gateway().config().chain_addresses.at("ethereum");
    const std::vector<std::string> call{
        "grpc", "call", "ethereum-service", address, "platform.chain.v1.ChainService/GetFees"};
    EXPECT_EQ(Run(call).exit_code, 1);  // no identity
    const auto as_gateway =
        Run(call, {{"MTLS_DIR", (support::DevCerts() / "api-gateway").string()}});
    EXPECT_EQ(as_gateway.exit_code, 0) << as_gateway.output;
    EXPECT_NE(as_gateway.output.find("63000000000000"), std::string::npos);
    const auto as_other = Run(call, {{"MTLS_DIR", (support::DevCerts() / "cryptoctl").string()}});
    EXPECT_EQ(as_other.exit_code, 1);
    EXPECT_NE(as_other.output.find("cryptoctl"), std::string::npos);
}

}  // namespace
}  // namespace gateway_test
