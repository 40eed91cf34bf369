#include "evm/transaction.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "evm/keys.h"
#include "evm/rlp.h"

namespace {

using evm::Transaction;
using evm::TxType;
using money::UInt256;

secret::Bytes Key() {
    return *evm::ImportPrivateKey(secret::String(std::string(64, '1')));
}

Transaction Payment(TxType type) {
    Transaction transaction;
    transaction.type = type;
    transaction.chain_id = 31337;
    transaction.nonce = 5;
    transaction.gas_limit = 21000;
    transaction.to = *evm::Address::Parse("0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045");
    transaction.value = UInt256(1000);
    if (type == TxType::kDynamicFee) {
        transaction.max_fee_per_gas = UInt256(30);
        transaction.max_priority_fee_per_gas = UInt256(2);
    } else {
        transaction.gas_price = UInt256(30);
    }
    if (type == TxType::kAccessList) {
        transaction.access_list.push_back({*transaction.to, {base::ByteArray<32>{1}}});
    }
    return transaction;
}

constexpr std::array kTypes = {TxType::kLegacy, TxType::kAccessList, TxType::kDynamicFee};

TEST(Transaction, UnsignedPayloadReadsBack) {
    for (const TxType type : kTypes) {
        const Transaction transaction = Payment(type);
        const auto payload = evm::EncodeUnsigned(transaction);
        ASSERT_TRUE(payload.has_value());
        EXPECT_EQ(*evm::DecodeUnsigned(*payload), transaction);
    }
}

TEST(Transaction, SignedOneTellsItsSenderAndHash) {
    for (const TxType type : kTypes) {
        const auto result = evm::SignTransaction(Payment(type), Key());
        ASSERT_TRUE(result.has_value());
        EXPECT_EQ(result->from, *evm::AddressOfKey(Key()));
        EXPECT_EQ(result->hash, crypto::Keccak256(result->raw));
        EXPECT_EQ(evm::DecodeSigned(result->raw)->transaction, Payment(type));
    }
}

TEST(Transaction, BeforeEip155IsReadButNeverSignedForAWallet) {
    Transaction transaction = Payment(TxType::kLegacy);
    transaction.chain_id.reset();
    const auto payload = evm::EncodeUnsigned(transaction);
    ASSERT_TRUE(payload.has_value());
    EXPECT_EQ(evm::DecodeUnsigned(*payload).error().reason, "bad_tx");
    const auto result = evm::SignTransaction(transaction, Key());
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(evm::DecodeSigned(result->raw)->transaction, transaction);
}

TEST(DecodeUnsigned, RefusesContractCreation) {
    Transaction transaction = Payment(TxType::kDynamicFee);
    transaction.to.reset();
    const auto payload = evm::EncodeUnsigned(transaction);
    ASSERT_TRUE(payload.has_value());
    EXPECT_EQ(evm::DecodeUnsigned(*payload).error().reason, "bad_tx");
    EXPECT_TRUE(evm::SignTransaction(transaction, Key()).has_value());
}

TEST(DecodeUnsigned, RefusesBlobsDelegationsAndUnknownTypes) {
    for (const unsigned type : {0U, 3U, 4U, 5U, 0x7fU, 0xbfU}) {
        const base::Bytes payload{static_cast<std::uint8_t>(type), 0xc0};
        EXPECT_EQ(evm::DecodeUnsigned(payload).error().reason, "unsupported_tx_type");
        EXPECT_EQ(evm::DecodeSigned(payload).error().reason, "unsupported_tx_type");
    }
}

TEST(DecodeUnsigned, RefusesEmptyHugeAndForeignShapes) {
    EXPECT_EQ(evm::DecodeUnsigned({}).error().reason, "bad_tx");
    EXPECT_EQ(evm::DecodeUnsigned(base::Bytes(evm::kTransactionSizeMax + 1, 0xc0)).error().reason,
              "bad_tx");
    EXPECT_EQ(evm::DecodeUnsigned(base::Bytes{0x02, 0x80}).error().reason, "bad_tx");
    EXPECT_EQ(evm::DecodeUnsigned(base::Bytes{0xc0}).error().reason, "bad_tx");
    EXPECT_EQ(evm::DecodeUnsigned(base::Bytes{0x02, 0xc0}).error().reason, "bad_tx");
    EXPECT_EQ(evm::DecodeUnsigned(base::Bytes{0xc1}).error().reason, "bad_rlp");
}

// The payload with one field of its list replaced.
base::Bytes With(const Transaction& transaction, std::size_t field, const evm::RlpItem& item) {
    const auto payload = evm::EncodeUnsigned(transaction);
    const bool legacy = transaction.type == TxType::kLegacy;
    auto list = evm::DecodeRlp(base::ByteView(*payload).subspan(legacy ? 0 : 1));
    list->items[field] = item;
    base::Bytes changed(payload->begin(), payload->begin() + (legacy ? 0 : 1));
    base::Append(changed, evm::EncodeRlp(*list));
    return changed;
}

TEST(DecodeUnsigned, RefusesEveryFieldOfAnotherShape) {
    const Transaction dynamic = Payment(TxType::kDynamicFee);
    const evm::RlpItem list = evm::RlpList({});
    for (std::size_t field = 0; field < 8; ++field) {
        EXPECT_TRUE(evm::DecodeUnsigned(With(dynamic, field, list)).has_error()) << field;
    }
    EXPECT_TRUE(evm::DecodeUnsigned(With(dynamic, 8, evm::RlpString({}))).has_error());
    const evm::RlpItem padded = evm::RlpString(base::Bytes{0, 1});
    for (const std::size_t field : {0, 1, 2, 3, 4, 6}) {
        EXPECT_EQ(evm::DecodeUnsigned(With(dynamic, field, padded)).error().reason, "bad_rlp");
    }
    EXPECT_EQ(evm::DecodeUnsigned(With(dynamic, 5, padded)).error().reason, "bad_address");
}

TEST(DecodeUnsigned, RefusesALegacySignatureInThePayload) {
    const Transaction legacy = Payment(TxType::kLegacy);
    const evm::RlpItem one = evm::RlpUint(UInt256(1));
    EXPECT_EQ(evm::DecodeUnsigned(With(legacy, 7, one)).error().reason, "bad_tx");
    EXPECT_EQ(evm::DecodeUnsigned(With(legacy, 8, one)).error().reason, "bad_tx");
    EXPECT_EQ(evm::DecodeUnsigned(With(legacy, 6, evm::RlpUint(UInt256()))).error().reason,
              "bad_tx");
}

TEST(DecodeUnsigned, RefusesBadAccessLists) {
    const Transaction transaction = Payment(TxType::kAccessList);
    const evm::RlpItem address = evm::RlpString(base::Bytes(20));
    const evm::RlpItem key = evm::RlpString(base::Bytes(32));
    const std::vector<evm::RlpItem> entries = {
        evm::RlpString({}),
        evm::RlpList({address}),
        evm::RlpList({address, key}),
        evm::RlpList({evm::RlpList({}), evm::RlpList({key})}),
        evm::RlpList({evm::RlpString(base::Bytes(19)), evm::RlpList({key})}),
        evm::RlpList({address, evm::RlpList({evm::RlpString(base::Bytes(31))})}),
        evm::RlpList({address, evm::RlpList({evm::RlpList({})})}),
    };
    for (const evm::RlpItem& entry : entries) {
        EXPECT_TRUE(evm::DecodeUnsigned(With(transaction, 7, evm::RlpList({entry}))).has_error());
    }
}

TEST(CheckTransaction, RefusesWhatNoNodeTakes) {
    std::vector<Transaction> bad(8, Payment(TxType::kDynamicFee));
    bad[0].chain_id.reset();
    bad[1].chain_id = 0;
    bad[2].nonce = ~std::uint64_t{0};
    bad[3].max_priority_fee_per_gas = UInt256(31);
    bad[4].gas_price = UInt256(1);
    bad[5].max_fee_per_gas = UInt256::Max();
    bad[6] = Payment(TxType::kLegacy);
    bad[6].chain_id = ~std::uint64_t{0};
    bad[7] = Payment(TxType::kLegacy);
    bad[7].max_fee_per_gas = UInt256(1);
    Transaction listed = Payment(TxType::kLegacy);
    listed.access_list.push_back({});
    bad.push_back(listed);
    for (std::size_t i = 0; i < bad.size(); ++i) {
        EXPECT_EQ(evm::CheckTransaction(bad[i]).error().reason, "bad_tx") << i;
        EXPECT_EQ(evm::EncodeUnsigned(bad[i]).error().reason, "bad_tx") << i;
        EXPECT_EQ(evm::SignTransaction(bad[i], Key()).error().reason, "bad_tx") << i;
    }
}

TEST(DecodeSigned, RefusesEveryFlippedBit) {
    const auto result = evm::SignTransaction(Payment(TxType::kDynamicFee), Key());
    for (std::size_t bit = 0; bit < result->raw.size() * 8; ++bit) {
        base::Bytes changed = result->raw;
        changed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        const auto decoded = evm::DecodeSigned(changed);
        EXPECT_TRUE(!decoded || decoded->from != result->from) << bit;
    }
}

RC_GTEST_PROP(Transaction, WhateverDecodesIsCanonical, (base::Bytes garbage)) {
    const auto payload = evm::EncodeUnsigned(Payment(TxType::kDynamicFee));
    base::Bytes bytes = *payload;
    for (std::size_t i = 0; i + 1 < garbage.size(); i += 2) {
        bytes[garbage[i] % bytes.size()] = garbage[i + 1];
    }
    const auto decoded = evm::DecodeUnsigned(bytes);
    if (decoded) {
        RC_ASSERT(*evm::EncodeUnsigned(*decoded) == bytes);
    }
}

}  // namespace
