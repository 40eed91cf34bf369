// What a hostile ethereum-service or solana-service could ask the gate to sign.
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "component/wallet-manager/gate_hostile.h"
#include "crypto/hash.h"
#include "evm/address.h"
#include "evm/erc20.h"
#include "evm/transaction.h"
#include "orders/order_plan.h"
#include "solana/instructions.h"
#include "solana/keys.h"
#include "solana/params.h"
#include "solana/payment.h"
#include "solana/transaction.h"

namespace wallet_test {

namespace {

constexpr const char* kMemo = "rent for May";

std::string MemoHash(std::string_view memo) {
    return base::ToText(crypto::Sha256(base::AsBytes(memo)));
}

class HostileEthereum : public HostileDaemon {
protected:
    using Edit = std::function<void(evm::Transaction&)>;

    static constexpr const char* kToken = "0x5FbDB2315678afecb367f032d93F642f64180aa3";

    void SetUp() override {
        HostileDaemon::SetUp();
        Serve("ethereum");
    }

    // 1000 wei.
    [[nodiscard]] common::Order Native() const {
        return OrderFor({kRecipient, "1000", "100000000000000"});
    }

    [[nodiscard]] evm::Transaction NativeTx() const {
        evm::Transaction transaction;
        transaction.chain_id = 31337;
        transaction.nonce = nonce_;
        transaction.max_fee_per_gas = money::UInt256(1'000'000'000);
        transaction.gas_limit = 60'000;
        transaction.to = *evm::Address::Parse(kRecipient);
        transaction.value = money::UInt256(1000);
        return transaction;
    }

    // 1000 of a token's base units.
    [[nodiscard]] common::Order Token() const {
        common::Order order = Native();
        order.mutable_asset()->set_contract(kToken);
        order.mutable_asset()->set_decimals(6);
        return order;
    }

    [[nodiscard]] evm::Transaction TokenTx() const {
        evm::Transaction transaction = NativeTx();
        transaction.to = *evm::Address::Parse(kToken);
        transaction.value = money::UInt256();
        transaction.data =
            evm::EncodeErc20Transfer(*evm::Address::Parse(kRecipient), money::UInt256(1000));
        return transaction;
    }

    [[nodiscard]] static base::Bytes Encode(const evm::Transaction& transaction) {
        const auto encoded = evm::EncodeUnsigned(transaction);
        EXPECT_TRUE(encoded) << encoded.error().detail;
        return *encoded;
    }

    // Each case spends the next nonce in the end.
    void Refuses(const std::string& reason, const Edit& edit) {
        RefusesOf(Native(), NativeTx(), reason, edit);
    }

    void RefusesOfToken(const std::string& reason, const Edit& edit) {
        RefusesOf(Token(), TokenTx(), reason, edit);
    }

    void RefusesOf(const common::Order& order,
                   const evm::Transaction& honest,
                   const std::string& reason,
                   const Edit& edit) {
        evm::Transaction hostile = honest;
        edit(hostile);
        ExpectRefusalOfTheEdit(order, {Encode(hostile), reason}, Encode(honest));
        ++nonce_;
    }

    const evm::Address stranger_ = *evm::Address::Parse(kStranger);
    std::uint64_t nonce_ = 0;
};

TEST_F(HostileEthereum, GetsWhatWasOrderedSigned) {
    for (const auto& [order, transaction] :
         {std::pair(Native(), NativeTx()), std::pair(Token(), TokenTx())}) {
        evm::Transaction wanted = transaction;
        wanted.nonce = nonce_++;
        const auto read = evm::DecodeSigned(ExpectSignature(Allow(order), Encode(wanted)));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->from.ToString(), wallet_.address);
        EXPECT_EQ(read->transaction, wanted);
    }
}

TEST_F(HostileEthereum, PaysNobodyElseAndNoOtherAmount) {
    Refuses("tx_mismatch", [&](auto& made) { made.to = stranger_; });
    Refuses("tx_mismatch", [](auto& made) { made.value = money::UInt256(1001); });
    Refuses("tx_mismatch", [](auto& made) { made.chain_id = 1; });
}

TEST_F(HostileEthereum, AddsNoCalldataToAPlainTransfer) {
    const auto drain = evm::EncodeErc20Approve(stranger_, money::UInt256::Max());
    Refuses("tx_mismatch", [&](auto& made) { made.data = drain; });
    Refuses("tx_mismatch", [&](auto& made) { made.access_list.push_back({stranger_, {}}); });
    // A memo is stored, never sent.
    common::Order order = Native();
    order.set_memo_hash(MemoHash(kMemo));
    const base::Bytes memo = base::ToBytes(base::AsBytes(kMemo));
    RefusesOf(order, NativeTx(), "tx_mismatch", [&](auto& made) { made.data = memo; });
    RefusesOf(order, NativeTx(), "tx_mismatch", [&](auto& made) {
        made.data = memo;
        base::Append(made.data, drain);
    });
}

TEST_F(HostileEthereum, CallsNothingButTheOrderedTransfer) {
    const auto recipient = *evm::Address::Parse(kRecipient);
    for (const base::Bytes& data : {evm::EncodeErc20Transfer(stranger_, money::UInt256(1000)),
                                    evm::EncodeErc20Transfer(recipient, money::UInt256(1001)),
                                    evm::EncodeErc20Approve(recipient, money::UInt256(1000)),
                                    evm::EncodeErc20Approve(stranger_, money::UInt256::Max())}) {
        RefusesOfToken("tx_mismatch", [&](auto& made) { made.data = data; });
    }
    RefusesOfToken("tx_mismatch", [](auto& made) { made.data.push_back(0); });
    RefusesOfToken("tx_mismatch", [](auto& made) { made.value = money::UInt256(1); });
    RefusesOfToken("tx_mismatch", [&](auto& made) { made.to = stranger_; });
}

TEST_F(HostileEthereum, MovesNoTokenForTheCoinAndNoCoinForAToken) {
    Refuses("tx_mismatch", [&](auto& made) { made = TokenTx(); });
    RefusesOfToken("tx_mismatch", [&](auto& made) { made = NativeTx(); });
}

TEST_F(HostileEthereum, CostsNoMoreThanTheOrderAllows) {
    Refuses("fee_cap_exceeded",
            [](auto& made) { made.max_fee_per_gas = money::UInt256(1'666'666'667); });
    Refuses("fee_cap_exceeded", [](auto& made) { made.gas_limit = 100'001; });
    RefusesOfToken("fee_cap_exceeded", [](auto& made) { made.gas_limit = 30'000'000; });
}

TEST_F(HostileEthereum, MakesNoContractAndNoBlobs) {
    Refuses("bad_tx", [](auto& made) {
        made.to.reset();
        made.data = {0x60, 0x00};
    });
    for (const std::uint8_t type : base::Bytes{0x03, 0x04}) {
        base::Bytes hostile = Encode(NativeTx());
        hostile[0] = type;
        ExpectRefusalOfTheEdit(Native(), {hostile, "unsupported_tx_type"}, Encode(NativeTx()));
        ++nonce_;
    }
}

TEST_F(HostileEthereum, TakesNoNonceOfASignedPayment) {
    ExpectSignature(Allow(Native()), Encode(NativeTx()));
    ++nonce_;
    Refuses("nonce_taken", [](auto& made) { made.nonce = 0; });
}

TEST_F(HostileEthereum, RaisesTheFeeOfASignedPaymentAndNothingElse) {
    const Allowed allowed = Allow(Native());
    const evm::Transaction first = NativeTx();
    ExpectSignature(allowed, Encode(first));
    evm::Transaction later = first;
    later.max_fee_per_gas = money::UInt256(1'200'000'000);
    const auto refuses = [&](const std::string& reason, const Edit& edit) {
        evm::Transaction hostile = later;
        edit(hostile);
        ExpectRefusal(allowed, {Encode(hostile), reason, 2});
    };
    refuses("slot_mismatch", [](auto& made) { made.nonce = 1; });
    refuses("tx_mismatch", [&](auto& made) { made.to = stranger_; });
    refuses("fee_cap_exceeded", [](auto& made) { made.gas_limit = 100'000; });
    EXPECT_TRUE(Ask(allowed, Encode(later), 2));
}

TEST_F(HostileEthereum, ServesItsOwnChain) {
    ExpectItsOwnDaemonAlone(Native(), Encode(NativeTx()));
}

class HostileSolana : public HostileDaemon {
protected:
    using Edit = std::function<void(solana::MessageParts&)>;

    void SetUp() override {
        HostileDaemon::SetUp();
        Serve("solana");
        self_ = *solana::Pubkey::Parse(wallet_.address);
    }

    [[nodiscard]] static solana::Pubkey KeyOf(std::uint8_t number) {
        return *solana::AddressOfKey(secret::Bytes::Copy(base::Bytes(32, number)));
    }

    // An account of its own, without a private key that anybody has.
    [[nodiscard]] static solana::Pubkey Plain(std::uint8_t number) {
        solana::Pubkey key;
        key.bytes.fill(number);
        return key;
    }

    // 1,000,000 lamports.
    [[nodiscard]] common::Order Native() const {
        return OrderFor({recipient_.ToString(), "1000000", "10000"});
    }

    // 1,000,000 of a token's base units.
    [[nodiscard]] common::Order Token() const {
        common::Order order = Native();
        order.mutable_asset()->set_contract(Plain(55).ToString());
        order.mutable_asset()->set_program(solana::TokenProgram().ToString());
        order.mutable_asset()->set_decimals(6);
        return order;
    }

    [[nodiscard]] static base::Bytes Compile(const solana::MessageParts& parts) {
        const auto message = solana::CompileMessage(parts);
        EXPECT_TRUE(message) << message.error().detail;
        return solana::SerializeMessage(*message);
    }

    // Of a block of its own: two equal messages would be one transaction.
    [[nodiscard]] solana::MessageParts NativeParts() {
        solana::MessageParts parts;
        parts.payer = self_;
        parts.recent_blockhash = NextBlockhash();
        parts.instructions = {solana::SetComputeUnitLimit(800),
                              solana::SetComputeUnitPrice(1'000),
                              solana::TransferLamports({self_, recipient_, 1'000'000})};
        return parts;
    }

    [[nodiscard]] solana::Pubkey NextBlockhash() { return Plain(++blocks_); }

    // As the chain's own core makes it.
    [[nodiscard]] static base::Bytes Composed(const common::Order& order,
                                              const solana::Pubkey& blockhash) {
        solana::PaymentFigures figures;
        figures.compute_limit = 800;
        figures.compute_price = 1'000;
        figures.amount = 1'000'000;
        figures.blockhash = blockhash;
        return solana::SerializeMessage(*solana::ComposePayment(*orders::PlanOf(order), figures));
    }

    void Refuses(const std::string& reason, const Edit& edit) {
        RefusesOf(Native(), reason, {NativeParts(), edit});
    }

    struct Edited {
        solana::MessageParts honest;
        Edit edit;
    };

    void RefusesOf(const common::Order& order, const std::string& reason, const Edited& edited) {
        solana::MessageParts hostile = edited.honest;
        edited.edit(hostile);
        ExpectRefusalOfTheEdit(order, {Compile(hostile), reason}, Compile(edited.honest));
    }

    solana::Pubkey self_;
    std::uint8_t blocks_ = 0;
    const solana::Pubkey recipient_ = KeyOf(2);
    const solana::Pubkey stranger_ = KeyOf(3);
};

TEST_F(HostileSolana, GetsWhatWasOrderedSigned) {
    for (const auto& order : {Native(), Token()}) {
        const base::Bytes message = Composed(order, NextBlockhash());
        const auto read = solana::ParseTransaction(ExpectSignature(Allow(order), message));
        ASSERT_TRUE(read);
        EXPECT_TRUE(solana::AllSignaturesValid(*read));
        EXPECT_EQ(solana::SerializeMessage(read->message), message);
    }
}

TEST_F(HostileSolana, PaysNobodyElseAndNoOtherAmount) {
    Refuses("tx_mismatch", [&](auto& parts) {
        parts.instructions.back() = solana::TransferLamports({self_, stranger_, 1'000'000});
    });
    Refuses("tx_mismatch", [&](auto& parts) {
        parts.instructions.back() = solana::TransferLamports({self_, recipient_, 1'000'001});
    });
}

TEST_F(HostileSolana, AddsNoInstruction) {
    for (const solana::Instruction& more :
         {solana::TransferLamports({self_, stranger_, 1}),
          solana::TransferToken(
              {solana::TokenProgram(), Plain(50), Plain(51), Plain(52), self_, 1'000'000, 6}),
          *solana::CreateTokenAccount(self_, {stranger_, Plain(55), solana::TokenProgram()}),
          solana::Instruction{Plain(70), {{self_, true, true}}, {1}}}) {
        Refuses("tx_mismatch", [&](auto& parts) { parts.instructions.push_back(more); });
        Refuses("tx_mismatch",
                [&](auto& parts) { parts.instructions.insert(parts.instructions.begin(), more); });
    }
    Refuses("tx_mismatch", [](auto& parts) { parts.version = solana::MessageVersion::kV0; });
}

TEST_F(HostileSolana, MovesNoTokenForTheCoinAndNoCoinForAToken) {
    Refuses("tx_mismatch", [&](auto& parts) {
        parts.instructions.back() = solana::TransferToken(
            {solana::TokenProgram(), Plain(50), Plain(51), Plain(52), self_, 1'000'000, 9});
    });
    common::Order other = Token();
    other.mutable_asset()->set_contract(Plain(56).ToString());
    for (const auto& [ordered, asked] :
         {std::pair(Native(), Token()), std::pair(Token(), Native()), std::pair(Token(), other)}) {
        const solana::Pubkey block = NextBlockhash();
        ExpectRefusalOfTheEdit(
            ordered, {Composed(asked, block), "tx_mismatch"}, Composed(ordered, block));
    }
}

TEST_F(HostileSolana, NeverLastsBeyondItsBlockhash) {
    // System.AdvanceNonceAccount before all else makes the message good for ever.
    const solana::Instruction advance{
        solana::SystemProgram(),
        {{Plain(60), false, true}, {Plain(61), false, false}, {self_, true, false}},
        {4, 0, 0, 0}};
    Refuses("tx_mismatch",
            [&](auto& parts) { parts.instructions.insert(parts.instructions.begin(), advance); });
    // In the place of the compute limit, so that the number of instructions is right.
    Refuses("tx_mismatch", [&](auto& parts) { parts.instructions.front() = advance; });
}

TEST_F(HostileSolana, IsPaidForAndSignedByTheWalletAlone) {
    Refuses("tx_mismatch", [&](auto& parts) { parts.payer = stranger_; });
    Refuses("tx_mismatch", [&](auto& parts) {
        parts.instructions.back().accounts.push_back({stranger_, true, false});
    });
}

TEST_F(HostileSolana, CarriesNoMemoButTheOrders) {
    const auto transfer = [](solana::MessageParts& parts) { return parts.instructions.end() - 1; };
    const solana::Instruction memo = solana::Memo(kMemo, {self_});
    Refuses("tx_mismatch", [&](auto& parts) { parts.instructions.insert(transfer(parts), memo); });
    common::Order order = Native();
    order.set_memo_hash(MemoHash(kMemo));
    const auto refuses = [&](const Edit& edit) {
        solana::MessageParts honest = NativeParts();
        honest.instructions.insert(transfer(honest), memo);
        RefusesOf(order, "tx_mismatch", {honest, edit});
    };
    refuses([&](auto& parts) { *(transfer(parts) - 1) = solana::Memo("rent for June", {self_}); });
    refuses([&](auto& parts) { parts.instructions.erase(transfer(parts) - 1); });
}

TEST_F(HostileSolana, CostsNoMoreThanTheOrderAllows) {
    Refuses("fee_cap_exceeded", [](auto& parts) {
        parts.instructions[1] = solana::SetComputeUnitPrice(solana::kComputePriceMax);
    });
    Refuses("fee_cap_exceeded", [](auto& parts) {
        parts.instructions[0] = solana::SetComputeUnitLimit(1'400'000);
        parts.instructions[1] = solana::SetComputeUnitPrice(3'572);
    });
}

TEST_F(HostileSolana, ServesItsOwnChain) {
    ExpectItsOwnDaemonAlone(Native(), Compile(NativeParts()));
}

}  // namespace

}  // namespace wallet_test
