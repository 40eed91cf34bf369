#include "crypto/bech32.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <string>

#include "base/text.h"
#include "unit/crypto/samples.h"

namespace {

using crypto::Bech32Text;
using crypto::Bech32Variant;

std::string ReasonOf(std::string_view text) {
    const auto decoded = crypto::Bech32Decode(text);
    return decoded ? "" : decoded.error().reason;
}

// BIP173's P2WPKH example.
TEST(Bech32, DecodesTheExampleAddress) {
    const std::string address = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    const auto parts = crypto::Bech32Decode(address).value();
    EXPECT_EQ(parts.hrp, "bc");
    EXPECT_EQ(parts.variant, Bech32Variant::kBech32);
    ASSERT_EQ(parts.data.at(0), 0);
    const base::ByteView program = base::ByteView(parts.data).subspan(1);
    EXPECT_EQ(samples::Hex(crypto::FromFiveBits(program).value()),
              "751e76e8199196d454941c45d1b3a323f1433bd6");
    EXPECT_EQ(crypto::Bech32Encode(parts).value(), address);
}

TEST(Bech32, TakesUpperCaseButNotBoth) {
    EXPECT_EQ(crypto::Bech32Decode("A12UEL5L").value().hrp, "a");
    EXPECT_EQ(ReasonOf("A12uEL5L"), "bad_bech32");
}

TEST(Bech32, RefusesWhatIsMalformed) {
    EXPECT_EQ(ReasonOf(""), "bad_bech32");
    EXPECT_EQ(ReasonOf("pzry9x0s0muk"), "bad_bech32");   // no separator
    EXPECT_EQ(ReasonOf("1pzry9x0s0muk"), "bad_bech32");  // no hrp
    EXPECT_EQ(ReasonOf("x1b4n0q5v"), "bad_bech32");      // letter b
    EXPECT_EQ(ReasonOf("li1dgmt3"), "bad_bech32");       // short checksum
    EXPECT_EQ(ReasonOf("\x80"
                       "1eym55h"),
              "bad_bech32");                                              // hrp not ASCII
    EXPECT_EQ(ReasonOf(std::string(84, 'a') + "1qqqqqq"), "bad_bech32");  // 91 letters
    EXPECT_EQ(ReasonOf("a12uel5m"), "bad_checksum");
}

TEST(Bech32, EncodeRefusesWhatDecodeWould) {
    const auto reason = [](Bech32Text parts) { return crypto::Bech32Encode(parts).error().reason; };
    EXPECT_EQ(reason({"", {}, Bech32Variant::kBech32}), "bad_bech32");
    EXPECT_EQ(reason({"BC", {}, Bech32Variant::kBech32}), "bad_bech32");
    EXPECT_EQ(reason({"b c", {}, Bech32Variant::kBech32}), "bad_bech32");
    EXPECT_EQ(reason({"bc", {32}, Bech32Variant::kBech32}), "bad_bech32");
    EXPECT_EQ(reason({"bc", base::Bytes(82, 0), Bech32Variant::kBech32m}), "bad_bech32");
}

TEST(Bech32, LongerTextsNeedALimitOfTheirOwn) {
    const Bech32Text parts{"u", base::Bytes(300, 7), Bech32Variant::kBech32m};
    EXPECT_FALSE(crypto::Bech32Encode(parts).has_value());
    const std::string text = crypto::Bech32Encode(parts, 400).value();
    EXPECT_FALSE(crypto::Bech32Decode(text).has_value());
    EXPECT_EQ(crypto::Bech32Decode(text, 400).value().data, parts.data);
}

TEST(FiveBits, RefusePaddingThatIsTooLongOrNotZero) {
    EXPECT_EQ(crypto::FromFiveBits(base::Bytes{0}).error().reason, "bad_bech32");
    EXPECT_EQ(crypto::FromFiveBits(base::Bytes{0, 1}).error().reason, "bad_bech32");
    EXPECT_EQ(crypto::FromFiveBits(base::Bytes{0, 0, 0}).error().reason, "bad_bech32");
    EXPECT_EQ(crypto::FromFiveBits(base::Bytes{32, 0}).error().reason, "bad_bech32");
    EXPECT_EQ(crypto::FromFiveBits(base::Bytes{31, 28}).value(), base::Bytes{0xff});
    EXPECT_TRUE(crypto::FromFiveBits({}).value().empty());
}

RC_GTEST_PROP(Bech32Property, FiveBitsRoundTrip, (const base::Bytes& data)) {
    RC_ASSERT(crypto::FromFiveBits(crypto::ToFiveBits(data)).value() == data);
}

Bech32Text AnyText() {
    Bech32Text parts;
    parts.hrp = *rc::gen::nonEmpty(
        rc::gen::container<std::string>(rc::gen::elementOf(std::string("abcz019-!~"))));
    parts.data = *rc::gen::container<base::Bytes>(rc::gen::inRange<std::uint8_t>(0, 32));
    parts.variant = *rc::gen::element(Bech32Variant::kBech32, Bech32Variant::kBech32m);
    return parts;
}

RC_GTEST_PROP(Bech32Property, RoundTrips, ()) {
    const Bech32Text parts = AnyText();
    const std::string text = crypto::Bech32Encode(parts, 1000).value();
    const auto decoded = crypto::Bech32Decode(text, 1000).value();
    RC_ASSERT(decoded.hrp == parts.hrp);
    RC_ASSERT(decoded.data == parts.data);
    RC_ASSERT(decoded.variant == parts.variant);
}

// BIP173: up to four wrong letters are always found, in texts of up to 90 letters.
RC_GTEST_PROP(Bech32Property, FindsFourWrongLetters, ()) {
    Bech32Text parts{"bc", {}, *rc::gen::element(Bech32Variant::kBech32, Bech32Variant::kBech32m)};
    parts.data = *rc::gen::container<base::Bytes>(33, rc::gen::inRange<std::uint8_t>(0, 32));
    const std::string text = crypto::Bech32Encode(parts).value();
    std::string changed = text;
    const auto places = *rc::gen::container<std::vector<std::size_t>>(
        4, rc::gen::inRange<std::size_t>(3, text.size()));
    for (const std::size_t place : places) {
        changed[place] = *rc::gen::elementOf(std::string("qpzry9x8gf2tvdw0s3jn54khce6mua7l"));
    }
    RC_PRE(changed != text);
    const auto decoded = crypto::Bech32Decode(changed);
    // The other variant's checksum is a constant away, which four letters may bridge.
    const bool found = !decoded.has_value() || decoded->variant != parts.variant;
    RC_ASSERT(found);
}

}  // namespace
