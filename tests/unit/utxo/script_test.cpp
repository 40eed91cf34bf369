#include "utxo/script.h"

#include <gtest/gtest.h>

#include "unit/utxo/samples.h"

namespace {

using samples::ReasonOf;
using utxo::ScriptType;

TEST(Script, TypesOfAKeyAreRecognised) {
    for (const ScriptType type : {ScriptType::kP2pk,
                                  ScriptType::kP2pkh,
                                  ScriptType::kP2sh,
                                  ScriptType::kP2wpkh,
                                  ScriptType::kP2tr}) {
        EXPECT_EQ(utxo::TypeOfScript(samples::ScriptOf(1, type)), type);
        EXPECT_EQ(utxo::ParseScriptType(utxo::ScriptTypeName(type)).value(), type);
    }
    const auto key = crypto::Secp256k1PublicKey::FromPrivate(samples::Key(1)).value();
    EXPECT_EQ(ReasonOf(utxo::ScriptOfKey(key, ScriptType::kP2wsh)), "unsupported_script_type");
    EXPECT_EQ(ReasonOf(utxo::ParseScriptType("p2xx")), "unsupported_script_type");
}

TEST(Script, OthersAreToldApart) {
    const auto type = [](std::string_view hex) {
        return utxo::TypeOfScript(base::HexDecode(hex).value());
    };
    EXPECT_EQ(utxo::TypeOfScript({}), ScriptType::kOther);
    EXPECT_EQ(type("6a"), ScriptType::kData);
    EXPECT_EQ(type("6a0568656c6c6f"), ScriptType::kData);
    EXPECT_EQ(type("51024e73"), ScriptType::kWitness);  // pay to anchor
    EXPECT_EQ(type("0002aabb"), ScriptType::kOther);    // version 0 of a wrong size
    EXPECT_EQ(type("5103aabb"), ScriptType::kOther);    // length does not fit
    EXPECT_EQ(type("61024e73"), ScriptType::kOther);    // no version
    EXPECT_EQ(utxo::TypeOfScript(utxo::PayToWitness({0, base::Bytes(32)})), ScriptType::kP2wsh);
    // A bare "key" that is no point.
    base::Bytes bare{0x21};
    bare.resize(34, 0xff);
    bare.push_back(0xac);
    EXPECT_EQ(utxo::TypeOfScript(bare), ScriptType::kOther);
}

TEST(Script, PushesWithTheShortestOpcode) {
    base::Bytes script;
    utxo::AppendPush(script, base::Bytes(75, 1));
    EXPECT_EQ(script[0], 75);
    script.clear();
    utxo::AppendPush(script, base::Bytes(76, 1));
    EXPECT_EQ(script[0], 0x4c);
    EXPECT_EQ(script[1], 76);
    EXPECT_EQ(script.size(), 78U);
}

}  // namespace
