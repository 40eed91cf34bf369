// Unsigned transactions out of selections, and the check of signed ones.
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/hex.h"
#include "crypto/random.h"
#include "utxo/address.h"
#include "utxo/sign.h"
#include "utxo/spendable.h"
#include "utxo/utxo_chain.h"

namespace utxo {

namespace {

base::Result<base::Bytes> ReadTerms(const std::string& terms) {
    const Json object = Json::parse(terms, nullptr, false);
    const auto found = object.find("tx");
    if (!object.is_object() || found == object.end() || !found->is_string()) {
        return base::MakeError(base::ErrorKind::kDataLoss, "bad_record", "terms without their tx");
    }
    return base::HexDecode(found->get<std::string>());
}

// Any place but a fixed one: which output is the change is nobody's business.
std::uint32_t RandomPosition(std::size_t outputs) {
    const auto dice = crypto::RandomArray<4>();
    std::uint32_t number = 0;
    for (const std::uint8_t byte : dice) {
        number = number << 8U | byte;
    }
    return number % static_cast<std::uint32_t>(outputs + 1);
}

}  // namespace

PaymentRules UtxoChain::RulesFor(const std::string& address) const {
    PaymentRules rules;
    rules.network = params_.network;
    const auto ceiling = params_.common.fee_ceiling.ToUint64();
    rules.fee_ceiling = ceiling ? *ceiling : 0;
    const auto own = params_.format->ParseAddress(address, params_.network);
    rules.is_own = [script = own ? own->script : base::Bytes()](base::ByteView output,
                                                                const KeyHint& hint) {
        return !hint.place && base::Equal(output, script);
    };
    return rules;
}

base::Result<chain::Unsigned> UtxoChain::Describe(const UnsignedTx& unsigned_tx) const {
    chain::Unsigned result;
    BASE_ASSIGN_OR_RETURN(result.payload, params_.format->EncodeUnsigned(unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t fee, FeeOf(unsigned_tx));
    result.fee_max = money::UInt256(fee);
    result.terms = Json{{"tx", base::HexEncode(result.payload)}}.dump();
    for (std::size_t i = 0; i < unsigned_tx.inputs.size(); ++i) {
        result.coins.push_back(
            WriteCoin(unsigned_tx.transaction.inputs[i].prevout, unsigned_tx.inputs[i].spent));
    }
    return result;
}

base::Result<chain::Unsigned> UtxoChain::Pack(const Selection& selection,
                                              const TxTerms& terms) const {
    const ChangeOutput change{std::nullopt, RandomPosition(selection.recipients.size())};
    UnsignedTx unsigned_tx = AssemblePayment(selection, terms, change);
    if (params_.format->NeedsProofs(unsigned_tx.transaction, SpentOutputs(unsigned_tx))) {
        PreviousTransactions previous;
        for (const Coin& coin : selection.coins) {
            if (!previous.contains(coin.prevout.tx_hash)) {
                BASE_ASSIGN_OR_RETURN(previous[coin.prevout.tx_hash],
                                      ledger_.SourceOf(TxHashText(coin.prevout.tx_hash)));
            }
        }
        BASE_RETURN_IF_ERROR(AttachProofs(*params_.format, previous, unsigned_tx));
    }
    return Describe(unsigned_tx);
}

base::Result<chain::Unsigned> UtxoChain::Build(const chain::Plan& plan,
                                               const chain::Quote& quote,
                                               const chain::Slot& /*slot*/) const {
    BASE_ASSIGN_OR_RETURN(const base::Bytes payload, ReadTerms(quote.terms));
    BASE_ASSIGN_OR_RETURN(const UnsignedTx unsigned_tx, params_.format->DecodeUnsigned(payload));
    // The signer's own check: a transaction that it would refuse is not even stored.
    BASE_RETURN_IF_ERROR(CheckPayment(*params_.format, unsigned_tx, plan, RulesFor(plan.from)));
    return Describe(unsigned_tx);
}

base::Result<chain::Signed> UtxoChain::Inspect(base::ByteView signed_tx,
                                               base::ByteView unsigned_tx) const {
    BASE_ASSIGN_OR_RETURN(const UnsignedTx expected, params_.format->DecodeUnsigned(unsigned_tx));
    BASE_ASSIGN_OR_RETURN(const SignedTx made,
                          MatchSigned(*params_.format, signed_tx, expected.transaction));
    chain::Signed result;
    result.payload = made.raw;
    result.tx_hash = TxHashText(made.hash);
    // All inputs of a payment are one wallet's: what pays one of their scripts comes back to it.
    const auto& outputs = made.transaction.outputs;
    for (std::uint32_t i = 0; i < outputs.size(); ++i) {
        for (const UnsignedInput& input : expected.inputs) {
            if (input.spent.script == outputs[i].script) {
                BASE_ASSIGN_OR_RETURN(
                    std::string address,
                    params_.format->AddressOf(outputs[i].script, params_.network));
                result.change.push_back({{result.tx_hash, i, money::UInt256(outputs[i].amount)},
                                         std::move(address),
                                         false});
                break;
            }
        }
    }
    return result;
}

}  // namespace utxo
