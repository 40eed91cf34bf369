// Whatever the transaction decoders take is canonical: the same bytes come out again.
#include "base/check.h"
#include "base/hex.h"
#include "evm/keys.h"
#include "evm/transaction.h"
#include "fuzz/target.h"

std::vector<base::Bytes> FuzzExamples() {
    const auto key = evm::ImportPrivateKey(secret::String(std::string(64, '1')));
    std::vector<base::Bytes> examples;
    for (const auto type :
         {evm::TxType::kLegacy, evm::TxType::kAccessList, evm::TxType::kDynamicFee}) {
        evm::Transaction transaction;
        transaction.type = type;
        transaction.chain_id = 31337;
        transaction.nonce = 300;
        transaction.gas_limit = 21000;
        transaction.to = evm::Address(base::ByteArray<20>{1, 2, 3});
        transaction.value = money::UInt256(1000000);
        transaction.data = {1, 2, 3};
        if (type == evm::TxType::kDynamicFee) {
            transaction.max_fee_per_gas = money::UInt256(30);
        } else {
            transaction.gas_price = money::UInt256(30);
        }
        if (type != evm::TxType::kLegacy) {
            transaction.access_list.push_back({*transaction.to, {base::ByteArray<32>{9}}});
        }
        examples.push_back(*evm::EncodeUnsigned(transaction));
        examples.push_back(evm::SignTransaction(transaction, *key)->raw);
    }
    return examples;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::ByteView input(data, size);
    if (const auto transaction = evm::DecodeUnsigned(input)) {
        const auto payload = evm::EncodeUnsigned(*transaction);
        BASE_CHECK(payload.has_value() && base::Equal(*payload, input));
        BASE_CHECK(transaction->to.has_value() && transaction->chain_id.has_value());
    }
    if (const auto signed_tx = evm::DecodeSigned(input)) {
        BASE_CHECK(base::Equal(signed_tx->raw, input));
        BASE_CHECK(crypto::IsLowS(signed_tx->signature.s));
        BASE_CHECK(evm::CheckTransaction(signed_tx->transaction).has_value());
    }
    return 0;
}
