#include "net/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace {

using nlohmann::json;
using testing::ElementsAre;

TEST(ParseJson, BuildsTheTree) {
    const auto value = net::ParseJson(R"({"a":[1,-2,3.5,true,null,"x"],"b":{"c":{}},"d":[]})");
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, json::parse(R"({"a":[1,-2,3.5,true,null,"x"],"b":{"c":{}},"d":[]})"));
    EXPECT_EQ(*net::ParseJson("\"x\""), json("x"));
}

TEST(ParseJson, RefusesWhatIsNotOneValue) {
    for (const char* text : {"",
                             " ",
                             "{",
                             "{\"a\":1",
                             "{\"a\":1}x",
                             "{} {}",
                             "{a:1}",
                             "{'a':1}",
                             "[1,]",
                             "{\"a\":1,}",
                             "NaN",
                             "01",
                             "+1",
                             "/* */1",
                             "\"\xff\"",
                             "\"\n\"",
                             "\"\\ud800\""}) {
        const auto value = net::ParseJson(text);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().reason, "bad_json") << text;
    }
}

TEST(ParseJson, BoundsTheDepth) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(net::ParseJson(nested(32)));
    EXPECT_EQ(net::ParseJson(nested(33)).error().reason, "json_too_deep");
    EXPECT_EQ(net::ParseJson(std::string(60'000, '[')).error().reason, "json_too_deep");
    std::string objects;
    for (int i = 0; i < 33; ++i) {
        objects += "{\"a\":";
    }
    EXPECT_EQ(net::ParseJson(objects).error().reason, "json_too_deep");
}

TEST(ParseJson, RefusesARepeatedFieldAndNamesIt) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {R"({"a":1,"a":1})", "/a"},
        {R"({"a":1,"\u0061":2})", "/a"},
        {R"({"x":{"to":"1","amount":"2","to":"3"}})", "/x/to"},
        {R"([0,{"l":[{},{"b/c":1,"b/c":2}]}])", "/1/l/1/b~1c"}};
    for (const auto& [text, pointer] : cases) {
        const auto value = net::ParseJson(text);
        ASSERT_FALSE(value) << text;
        EXPECT_EQ(value.error().reason, "repeated_field");
        EXPECT_EQ(value.error().pointer, pointer);
    }
    EXPECT_TRUE(net::ParseJson(R"([{"a":1},{"a":2,"b":{"a":3}}])"));
}

TEST(ParseJson, KeepsTheDigitsOfNumbersWhereAsked) {
    const auto value = net::ParseJson(
        R"({"a":0.10000000000000000001,"b":18446744073709551616,"c":-7,"d":12,"e":1e3})",
        {.numbers_as_text = true});
    ASSERT_TRUE(value);
    EXPECT_EQ((*value)["a"], "0.10000000000000000001");
    EXPECT_EQ((*value)["b"], "18446744073709551616");
    EXPECT_EQ((*value)["c"], "-7");
    EXPECT_EQ((*value)["d"], "12");
    EXPECT_EQ((*value)["e"], "1e3");
}

TEST(WriteJson, NeverFailsOnForeignBytes) {
    EXPECT_EQ(net::WriteJson("\xff"), "\"\xEF\xBF\xBD\"");
    EXPECT_EQ(net::WriteJson({{"a", 1}}), R"({"a":1})");
}

class ObjectReader : public testing::Test {
protected:
    static json Parse(const char* text) { return *net::ParseJson(text); }
};

TEST_F(ObjectReader, ReadsEveryType) {
    const json body = Parse(
        R"({"to":"0x1","count":5,"dry_run":true,"tags":["a","b"],"fee":{"x":1},"password":"p","any":null})");
    net::ObjectReader reader(body);
    EXPECT_EQ(reader.Text("to", net::kNeeded), "0x1");
    EXPECT_EQ(reader.Integer("count", 1, 5), 5);
    EXPECT_EQ(reader.Flag("dry_run"), true);
    EXPECT_THAT(*reader.TextList("tags"), ElementsAre("a", "b"));
    ASSERT_NE(reader.Object("fee"), nullptr);
    EXPECT_EQ(reader.Secret("password", net::kNeeded).Expose(), "p");
    EXPECT_NE(reader.Any("any"), nullptr);
    EXPECT_FALSE(reader.Text("memo"));
    EXPECT_FALSE(reader.Flag("absent"));
    EXPECT_FALSE(reader.Integer("none", 0, 1));
    EXPECT_FALSE(reader.TextList("list"));
    EXPECT_EQ(reader.Object("object"), nullptr);
    EXPECT_TRUE(reader.Finish());
}

TEST_F(ObjectReader, CollectsEveryFault) {
    const json body = Parse(
        R"({"amount":1,"flag":"true","count":9,"big":18446744073709551615,"list":["a",1],"long":"xxxxx","role":"admin"})");
    net::ObjectReader reader(body, "/payment");
    (void)reader.Text("to", net::kNeeded);
    (void)reader.Text("amount", net::kNeeded);
    (void)reader.Flag("flag");
    (void)reader.Integer("count", 0, 5);
    (void)reader.Integer("big", 0, 5);
    (void)reader.TextList("list");
    (void)reader.Text("long", 4);
    const auto finished = reader.Finish();
    ASSERT_FALSE(finished);
    std::vector<std::pair<std::string, std::string>> faults;
    for (const base::Error& error : reader.errors()) {
        faults.emplace_back(error.pointer, error.reason);
    }
    using testing::Pair;
    EXPECT_THAT(faults,
                ElementsAre(Pair("/payment/to", "missing_field"),
                            Pair("/payment/amount", "wrong_type"),
                            Pair("/payment/flag", "wrong_type"),
                            Pair("/payment/count", "number_out_of_range"),
                            Pair("/payment/big", "number_out_of_range"),
                            Pair("/payment/list", "wrong_type"),
                            Pair("/payment/long", "text_too_long"),
                            Pair("/payment/role", "unknown_field")));
    EXPECT_EQ(finished.error().pointer, "/payment/to");
}

TEST_F(ObjectReader, NamesTheNearestField) {
    const json body = Parse(R"({"amuont":"1"})");
    net::ObjectReader reader(body);
    (void)reader.Text("amount");
    const auto finished = reader.Finish();
    ASSERT_FALSE(finished);
    EXPECT_EQ(finished.error().reason, "unknown_field");
    EXPECT_EQ(finished.error().pointer, "/amuont");
    EXPECT_EQ(finished.error().remedy, "did you mean `amount`?");
}

TEST_F(ObjectReader, RefusesNullAndFractions) {
    const json body = Parse(R"({"to":null,"count":1.0,"object":[]})");
    net::ObjectReader reader(body);
    (void)reader.Text("to", net::kNeeded);
    (void)reader.Integer("count", 0, 5);
    (void)reader.Object("object");
    EXPECT_FALSE(reader.Finish());
    EXPECT_EQ(reader.errors().size(), 3U);
}

TEST_F(ObjectReader, RefusesWhatIsNoObject) {
    for (const char* text : {"[]", "\"x\"", "1", "null"}) {
        const json body = Parse(text);
        net::ObjectReader reader(body);
        (void)reader.Text("to", net::kNeeded);
        const auto finished = reader.Finish();
        ASSERT_FALSE(finished) << text;
        EXPECT_EQ(finished.error().reason, "wrong_type");
        EXPECT_EQ(reader.errors().size(), 1U);
    }
}

}  // namespace
