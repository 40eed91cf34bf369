// Whatever the decoders of coins' transactions take is canonical: the same bytes come out again.
#include "base/check.h"
#include "fuzz/target.h"
#include "unit/utxo/samples.h"
#include "utxo/zcash_transaction.h"

std::vector<base::Bytes> FuzzExamples() {
    using utxo::ScriptType;
    std::vector<base::Bytes> examples;
    for (const std::vector<ScriptType>& types :
         {std::vector{ScriptType::kP2wpkh, ScriptType::kP2tr},
          std::vector{ScriptType::kP2pkh},
          std::vector{ScriptType::kP2tr, ScriptType::kP2tr}}) {
        utxo::UnsignedTx unsigned_tx = samples::Unsigned(types);
        unsigned_tx.inputs[0].key.place = utxo::KeyPlace{0, 7};
        examples.push_back(utxo::EncodePsbt(unsigned_tx).value());
        examples.push_back(
            utxo::SignTransaction(utxo::BitcoinFormat(), unsigned_tx, samples::KeyNumber(1))->raw);
    }
    for (const std::uint32_t version : {utxo::kZcashVersion4, utxo::kZcashVersion5}) {
        const utxo::UnsignedTx unsigned_tx = samples::UnsignedZcash(version);
        examples.push_back(utxo::EncodeZcashUnsigned(unsigned_tx).value());
        examples.push_back(
            utxo::SignTransaction(utxo::ZcashFormat(), unsigned_tx, samples::KeyNumber(1))->raw);
    }
    return examples;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::ByteView input(data, size);
    for (const utxo::TxFormat* format : {&utxo::BitcoinFormat(), &utxo::ZcashFormat()}) {
        if (const auto unsigned_tx = format->DecodeUnsigned(input)) {
            const auto encoded = format->EncodeUnsigned(*unsigned_tx);
            BASE_CHECK(encoded.has_value() && base::Equal(*encoded, input));
            // Nothing is paid that is not spent.
            BASE_CHECK(utxo::FeeOf(*unsigned_tx).has_value());
        }
        if (const auto transaction = format->Parse(input)) {
            BASE_CHECK(base::Equal(format->Serialize(*transaction), input));
        }
    }
    if (const auto parsed = utxo::ParseZcash(input)) {
        BASE_CHECK(parsed->has_shielded || parsed->hash == utxo::ZcashTxHash(parsed->transparent));
    }
    if (const auto proven = utxo::ReadProvenOutputs(input)) {
        BASE_CHECK(proven->hash == crypto::DoubleSha256(input));
    }
    return 0;
}
