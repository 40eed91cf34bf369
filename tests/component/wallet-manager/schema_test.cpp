// What the tables of 0020_wallets.sql themselves refuse, whoever asks.
#include <gtest/gtest.h>
#include <string>

#include "support/private_postgres.h"

namespace {

constexpr const char* kFixture = R"(
INSERT INTO users (id, email, password_hash, api_key)
    VALUES ('00000000-0000-4000-8000-000000000001', 'a@example.org', 'x', 'none:a');
INSERT INTO wallets (id, user_id, chain, network, address, encrypted_private_key, kind, path,
                     is_default, address_epoch)
    VALUES ('00000000-0000-4000-8000-0000000000aa', '00000000-0000-4000-8000-000000000001',
            'ethereum', 'eip155:31337', '0xA', 'v1.1.a.b.c', 'hd', 'm', true, 1);
)";

class WalletSchema : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        server_ = new support::PrivatePostgres({.fsync = false});
        server_->Sql(kFixture);
    }

    static void TearDownTestSuite() {
        delete server_;
        server_ = nullptr;
    }

    // The server's complaint; empty where there is none.
    static std::string Refusal(const std::string& statements) {
        try {
            server_->Sql(statements);
            return "";
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

    static std::string AsRole(const std::string& role, const std::string& statement) {
        return Refusal("SET ROLE " + role + "; " + statement);
    }

    static support::PrivatePostgres* server_;
};

support::PrivatePostgres* WalletSchema::server_ = nullptr;

TEST_F(WalletSchema, OnlyWalletManagerReadsKeys) {
    EXPECT_EQ(AsRole("wallet_manager", "SELECT encrypted_private_key FROM wallets"), "");
    for (const std::string role : {"api_gateway", "ethereum_service", "binance_service"}) {
        for (const std::string table : {"wallets",
                                        "wallet_seeds",
                                        "gate_attempts",
                                        "policies",
                                        "message_types",
                                        "message_orders"}) {
            EXPECT_NE(AsRole(role, "SELECT 1 FROM " + table).find("permission denied"),
                      std::string::npos)
                << role << " " << table;
        }
    }
}

TEST_F(WalletSchema, WalletManagerDeletesNoHistory) {
    for (const std::string table : {"wallets",
                                    "wallet_seeds",
                                    "wallet_events",
                                    "gate_attempts",
                                    "gate_intents",
                                    "gate_fills",
                                    "approvals",
                                    "message_orders"}) {
        EXPECT_NE(AsRole("wallet_manager", "DELETE FROM " + table).find("permission denied"),
                  std::string::npos)
            << table;
    }
}

TEST_F(WalletSchema, AWaitingTimeIsNotShortened) {
    for (const std::string change : {"UPDATE message_types SET effective_at = now()",
                                     "UPDATE message_orders SET kind = 'eip191'"}) {
        EXPECT_NE(AsRole("wallet_manager", change).find("permission denied"), std::string::npos)
            << change;
    }
}

TEST_F(WalletSchema, OneDefaultWalletAUserAndNetwork) {
    EXPECT_NE(Refusal(R"(INSERT INTO wallets (id, user_id, chain, network, address,
                             encrypted_private_key, kind, path, is_default, address_epoch)
                         VALUES (gen_random_uuid(), '00000000-0000-4000-8000-000000000001',
                             'ethereum', 'eip155:31337', '0xB', 'v', 'hd', 'm2', true, 2))")
                  .find("wallets_one_default"),
              std::string::npos);
}

TEST_F(WalletSchema, EventsFormAChainThatNobodyEdits) {
    EXPECT_EQ(AsRole("wallet_manager", R"(
        SELECT append_wallet_event('00000000-0000-4000-8000-0000000000aa', 'created', '{}');
        SELECT append_wallet_event('00000000-0000-4000-8000-0000000000aa', 'paused', '{}');)"),
              "");
    const std::string fault =
        "SELECT wallet_chain_fault('00000000-0000-4000-8000-0000000000aa') IS NULL";
    EXPECT_EQ(server_->Sql(fault).substr(0, 1), "t");
    EXPECT_NE(Refusal("UPDATE wallet_events SET detail = '{\"a\":1}'")
                  .find("wallet_events is append-only"),
              std::string::npos);
    server_->Sql(
        "ALTER TABLE wallet_events DISABLE TRIGGER wallet_events_append_only;"
        "UPDATE wallet_events SET detail = '{\"a\":1}' WHERE seq = 1;"
        "ALTER TABLE wallet_events ENABLE TRIGGER wallet_events_append_only;");
    EXPECT_EQ(server_->Sql(fault).substr(0, 1), "f");
}

TEST_F(WalletSchema, AnIntentIsVoidedOrSignedNeverBoth) {
    const std::string row = R"(INSERT INTO gate_intents (intent_id, network, signed_at, voided_at)
                               VALUES (gen_random_uuid(), 'eip155:31337', )";
    EXPECT_EQ(Refusal(row + "now(), NULL)"), "");
    EXPECT_EQ(Refusal(row + "NULL, now())"), "");
    EXPECT_NE(Refusal(row + "now(), now())").find("gate_intents_voided_or_signed"),
              std::string::npos);
}

TEST_F(WalletSchema, SignedBytesNeverChange) {
    server_->Sql(R"(
        INSERT INTO gate_intents (intent_id, network)
            VALUES ('00000000-0000-4000-8000-0000000000ee', 'eip155:31337');
        INSERT INTO gate_attempts (intent_id, attempt, network, order_digest, unsigned_tx)
            VALUES ('00000000-0000-4000-8000-0000000000ee', 1, 'eip155:31337', 'd', 'u');
        UPDATE gate_attempts SET signed_tx = 's', tx_hash = 'h', signed_at = now()
            WHERE intent_id = '00000000-0000-4000-8000-0000000000ee';)");
    EXPECT_NE(Refusal("UPDATE gate_attempts SET signed_tx = 't'").find("signed bytes never change"),
              std::string::npos);
    EXPECT_NE(Refusal("UPDATE gate_attempts SET signed_tx = NULL, tx_hash = NULL, signed_at = NULL")
                  .find("signed bytes never change"),
              std::string::npos);
}

TEST_F(WalletSchema, ANonceServesOneIntent) {
    server_->Sql(R"(
        INSERT INTO gate_intents (intent_id, network) VALUES
            ('00000000-0000-4000-8000-0000000000e1', 'eip155:31337'),
            ('00000000-0000-4000-8000-0000000000e2', 'eip155:31337');
        INSERT INTO gate_slots VALUES
            ('eip155:31337', '0xA', 5, '00000000-0000-4000-8000-0000000000e1');)");
    EXPECT_NE(Refusal(R"(INSERT INTO gate_slots VALUES ('eip155:31337', '0xA', 5,
                             '00000000-0000-4000-8000-0000000000e2'))")
                  .find("gate_slots_pkey"),
              std::string::npos);
    EXPECT_NE(Refusal(R"(INSERT INTO gate_slots VALUES ('eip155:31337', '0xA', 6,
                             '00000000-0000-4000-8000-0000000000e1'))")
                  .find("gate_slots_intent_id_key"),
              std::string::npos);
}

}  // namespace
