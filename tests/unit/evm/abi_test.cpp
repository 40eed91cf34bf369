#include "evm/abi.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "evm/abi_json.h"

namespace {

using evm::AbiValue;
using money::UInt256;
using Json = nlohmann::json;

Json Roundtrip(std::string_view type_text, const Json& json) {
    const auto type = evm::ParseAbiType(type_text);
    const auto value = evm::AbiValueFromJson(*type, json);
    if (!value) {
        return value.error().reason;
    }
    const auto data = evm::EncodeCall("f(" + std::string(type_text) + ")", {*value});
    const auto again = evm::DecodeAbi(std::array{*type}, base::ByteView(*data).subspan(4));
    if (!again) {
        return again.error().reason;
    }
    const auto twice = evm::EncodeCall("f(" + std::string(type_text) + ")", *again);
    return *twice == *data ? "same" : "other";
}

TEST(AbiType, RefusesWhatIsNoCanonicalType) {
    for (const std::string_view text : {"",
                                        "uint",
                                        "int",
                                        "uint0",
                                        "uint7",
                                        "uint264",
                                        "uint08",
                                        "bytes0",
                                        "bytes33",
                                        "bytes01",
                                        "Address",
                                        "uint256[",
                                        "uint256]",
                                        "uint256[0]",
                                        "uint256[01]",
                                        "uint256[-1]",
                                        "uint256[5000]",
                                        "(uint256",
                                        "uint256)",
                                        "((uint256)",
                                        "(uint256,)",
                                        "(,)",
                                        "byte",
                                        "function",
                                        "fixed128x18",
                                        "uint256 ",
                                        "()x",
                                        "uint256[1]]"}) {
        const auto type = evm::ParseAbiType(text);
        ASSERT_TRUE(type.has_error()) << text;
        EXPECT_EQ(type.error().reason, "bad_abi_type") << text;
    }
}

TEST(AbiType, RefusesDeepNesting) {
    std::string text = "uint8";
    for (int i = 0; i < 20; ++i) {
        text += "[]";
    }
    EXPECT_EQ(evm::ParseAbiType(text).error().reason, "bad_abi_type");
}

TEST(AbiFunction, RefusesBadNames) {
    for (const std::string_view text :
         {"", "(uint256)", "f", "f(", "1f()", "f g()", "f()x", "f(a)", "f(uint256))"}) {
        EXPECT_TRUE(evm::ParseAbiFunction(text).has_error()) << text;
    }
    EXPECT_EQ(base::HexEncode(evm::ParseAbiFunction("transfer(address,uint256)")->selector),
              "a9059cbb");
}

TEST(Abi, EncodesEveryKindAndReadsItBack) {
    EXPECT_EQ(Roundtrip("uint8", 255), "same");
    EXPECT_EQ(Roundtrip("uint8", "0xff"), "same");
    EXPECT_EQ(Roundtrip("uint256", "0xabc"), "same");
    EXPECT_EQ(Roundtrip("int8", -128), "same");
    EXPECT_EQ(Roundtrip("int256", "-1"), "same");
    EXPECT_EQ(Roundtrip("int256", "-0"), "same");
    EXPECT_EQ(Roundtrip("bool", true), "same");
    EXPECT_EQ(Roundtrip("bytes3", "0x010203"), "same");
    EXPECT_EQ(Roundtrip("address", "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"), "same");
    EXPECT_EQ(Roundtrip("string", "h\u00e9llo"), "same");
    EXPECT_EQ(Roundtrip("bytes", "0x"), "same");
    EXPECT_EQ(Roundtrip("uint16[2][]", Json::parse("[[1,2],[3,4],[5,6]]")), "same");
    EXPECT_EQ(Roundtrip("string[2]", Json::parse(R"(["a","b"])")), "same");
    EXPECT_EQ(Roundtrip("(uint8,(string,bytes2)[],bool)",
                        Json::parse(R"([7,[["x","0x0102"],["y","0x0304"]],false])")),
              "same");
    EXPECT_EQ(Roundtrip("()", Json::array()), "same");
}

TEST(Abi, RefusesValuesOutsideTheirType) {
    const std::vector<std::pair<std::string_view, Json>> cases = {
        {"uint8", 256},        {"uint8", -1},     {"uint8", "-1"},      {"uint8", 1.5},
        {"uint8", true},       {"uint8", ""},     {"uint8", "0x"},      {"uint8", "1e3"},
        {"uint8", "0xzz"},     {"int8", 128},     {"int8", -129},       {"int8", "--1"},
        {"bool", 1},           {"bool", "true"},  {"bytes3", "0x0102"}, {"bytes3", "010203"},
        {"bytes3", 5},         {"bytes", 5},      {"bytes", "0x1"},     {"string", 5},
        {"address", 5},        {"uint8[2]", {1}}, {"uint8[]", 1},       {"(uint8,bool)", {1}},
        {"uint8[]", {1, "x"}},
    };
    for (const auto& [type, json] : cases) {
        EXPECT_EQ(Roundtrip(type, json), "bad_abi_value") << type << " " << json;
    }
    EXPECT_EQ(Roundtrip("address", "0x00"), "bad_address");
}

TEST(EncodeCall, RefusesAValueOfAnotherKind) {
    const AbiValue number{UInt256(1)};
    const AbiValue text{std::string("1")};
    for (const std::string signature : {"f(address)",
                                        "f(bool)",
                                        "f(bytes4)",
                                        "f(bytes)",
                                        "f(string)",
                                        "f(uint8[])",
                                        "f((uint8))"}) {
        EXPECT_EQ(evm::EncodeCall(signature, {number}).error().reason, "bad_abi_value")
            << signature;
    }
    EXPECT_EQ(evm::EncodeCall("f(uint8)", {text}).error().reason, "bad_abi_value");
    EXPECT_EQ(evm::EncodeCall("f(uint8)", {}).error().reason, "bad_abi_value");
    EXPECT_EQ(evm::EncodeCall("f(uint8)", {number, number}).error().reason, "bad_abi_value");
}

TEST(EncodeAbiWord, RefusesTypesOfSeveralWords) {
    const auto type = evm::ParseAbiType("bytes");
    EXPECT_EQ(evm::EncodeAbiWord(*type, AbiValue{base::Bytes()}).error().reason, "bad_abi_value");
}

base::Result<evm::AbiList> Decode(std::string_view type_text, const base::Bytes& data) {
    return evm::DecodeAbi(std::array{*evm::ParseAbiType(type_text)}, data);
}

base::Bytes Words(std::initializer_list<std::uint64_t> values) {
    base::Bytes data;
    for (const std::uint64_t value : values) {
        base::Append(data, UInt256(value).ToBigEndian());
    }
    return data;
}

TEST(DecodeAbi, RefusesWordsThatAreNoValue) {
    EXPECT_EQ(Decode("bool", Words({2})).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("uint8", Words({256})).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("int8", Words({255})).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("address", base::Bytes(32, 0xff)).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("bytes4", base::Bytes(32, 0xff)).error().reason, "bad_abi_data");
}

TEST(DecodeAbi, RefusesDataThatEndsEarlyOrPointsAway) {
    EXPECT_EQ(Decode("uint8", {}).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("uint8", base::Bytes(31)).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("string", Words({64, 5})).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("string", Words({32, 5})).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("string", Words({~std::uint64_t{0}, 5})).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("string", base::Bytes(64, 0xff)).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("uint8[]", Words({32, 3, 1, 2})).error().reason, "bad_abi_data");
}

TEST(DecodeAbi, BoundsWhatHostileOffsetsCanMake) {
    // Every element of a list points at the one list of the next level: 1000^4 values.
    base::Bytes data = Words({32});
    for (int level = 0; level < 4; ++level) {
        base::Append(data, Words({1000}));
        for (int i = 0; i < 1000; ++i) {
            base::Append(data, Words({32000}));
        }
    }
    EXPECT_EQ(Decode("uint8[][][][]", data).error().reason, "bad_abi_data");
    base::Bytes huge(32 * 70000);
    const base::Bytes head = Words({32, 69000});
    std::copy(head.begin(), head.end(), huge.begin());
    EXPECT_EQ(Decode("uint8[]", huge).error().reason, "bad_abi_data");
    EXPECT_EQ(Decode("()[]", huge).error().reason, "bad_abi_data");
}

RC_GTEST_PROP(Abi, DecodesNumbersExactly, (base::Bytes bytes)) {
    bytes.resize(32);
    const auto value = UInt256::FromBigEndian(bytes);
    const auto data = evm::EncodeCall("f(uint256)", {AbiValue{*value}});
    const auto again = Decode("uint256", base::ToBytes(base::ByteView(*data).subspan(4)));
    RC_ASSERT(std::get<UInt256>(again->front().value) == *value);
}

RC_GTEST_PROP(Abi, NeverCrashesOnGarbage, (base::Bytes bytes)) {
    for (const std::string_view type : {"(uint8,string)[]", "bytes[2]", "int64[3][]", "address"}) {
        const auto values = Decode(type, bytes);
        RC_ASSERT((values.has_value() || values.error().reason == "bad_abi_data"));
    }
}

}  // namespace
