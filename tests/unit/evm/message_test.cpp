#include "evm/message.h"

#include <gtest/gtest.h>

#include "base/hex.h"
#include "evm/keys.h"

namespace {

using Json = nlohmann::json;

// The example of EIP-712 itself.
Json Mail() {
    return Json::parse(R"({
        "types": {
            "EIP712Domain": [{"name": "name", "type": "string"},
                             {"name": "version", "type": "string"},
                             {"name": "chainId", "type": "uint256"},
                             {"name": "verifyingContract", "type": "address"}],
            "Person": [{"name": "name", "type": "string"}, {"name": "wallet", "type": "address"}],
            "Mail": [{"name": "from", "type": "Person"}, {"name": "to", "type": "Person"},
                     {"name": "contents", "type": "string"}]},
        "primaryType": "Mail",
        "domain": {"name": "Ether Mail", "version": "1", "chainId": 1,
                   "verifyingContract": "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
        "message": {
            "from": {"name": "Cow", "wallet": "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
            "to": {"name": "Bob", "wallet": "0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},
            "contents": "Hello, Bob!"}})");
}

std::string ReasonOf(const Json& typed_data) {
    const auto data = evm::ReadTypedData(typed_data);
    return data ? "" : data.error().reason;
}

TEST(TypedData, GivesTheFiguresOfTheStandard) {
    const auto data = evm::ReadTypedData(Mail());
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(data->encode_type,
              "Mail(Person from,Person to,string contents)Person(string name,address wallet)");
    EXPECT_EQ(base::HexEncode(data->domain_separator),
              "f2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f");
    EXPECT_EQ(base::HexEncode(data->struct_hash),
              "c52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e");
    EXPECT_EQ(base::HexEncode(data->digest),
              "be609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2");
    EXPECT_EQ(data->chain_id, money::UInt256(1));
    EXPECT_EQ(data->verifying_contract->ToString(), "0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC");
    const auto key = crypto::Keccak256(base::AsBytes("cow"));
    const auto signature = evm::SignTypedData(Mail(), secret::Bytes::Copy(key));
    ASSERT_TRUE(signature.has_value());
    EXPECT_EQ(base::HexEncode(*signature),
              "4355c47d63924e8a72e509b65029052eb6c299d53a04e167c5775fd466751c9d"
              "07299936d304c153f6443dfa05f40ff007d72911b6f72307f996231605b915621c");
}

TEST(TypedData, DoesNotSignUndeclaredFields) {
    Json more = Mail();
    more["message"]["extra"] = 1;
    EXPECT_EQ(evm::ReadTypedData(more)->digest, evm::ReadTypedData(Mail())->digest);
}

TEST(TypedData, HashesStructsInLists) {
    Json group = Mail();
    group["types"]["Group"] = Json::parse(R"([{"name": "members", "type": "Person[]"}])");
    group["primaryType"] = "Group";
    group["message"] = {{"members", {group["message"]["from"], group["message"]["to"]}}};
    const auto two = evm::ReadTypedData(group);
    ASSERT_TRUE(two.has_value());
    EXPECT_EQ(two->encode_type, "Group(Person[] members)Person(string name,address wallet)");
    group["types"]["Group"][0]["type"] = "Person[2]";
    EXPECT_NE(evm::ReadTypedData(group)->digest, two->digest);
    group["types"]["Group"][0]["type"] = "Person[3]";
    EXPECT_EQ(ReasonOf(group), "bad_typed_data");
}

TEST(TypedData, TakesAMessageThatIsOnlyADomain) {
    Json domain = Mail();
    domain["primaryType"] = "EIP712Domain";
    domain["message"] = Json::object();
    const auto data = evm::ReadTypedData(domain);
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(data->struct_hash, crypto::Hash256{});
}

TEST(TypedData, RefusesWhatIsMissing) {
    for (const char* key : {"types", "primaryType", "domain", "message"}) {
        Json less = Mail();
        less.erase(key);
        EXPECT_EQ(ReasonOf(less), "bad_typed_data") << key;
    }
    EXPECT_EQ(ReasonOf(Json()), "bad_typed_data");
    Json less = Mail();
    less["message"]["to"].erase("wallet");
    EXPECT_EQ(ReasonOf(less), "bad_typed_data");
    less = Mail();
    less["types"].erase("EIP712Domain");
    EXPECT_EQ(ReasonOf(less), "bad_typed_data");
    less = Mail();
    less["primaryType"] = "Letter";
    EXPECT_EQ(ReasonOf(less), "bad_typed_data");
}

TEST(TypedData, RefusesTypesThatDeceive) {
    for (const char* name : {"address", "uint256", "Person[]", "Per son", "A(uint256 b)"}) {
        Json types = Mail();
        types["types"][name] = types["types"]["Person"];
        EXPECT_EQ(ReasonOf(types), "bad_typed_data") << name;
    }
    Json twice = Mail();
    twice["types"]["Person"].push_back(twice["types"]["Person"][0]);
    EXPECT_EQ(ReasonOf(twice), "bad_typed_data");
    Json tuple = Mail();
    tuple["types"]["Mail"][2]["type"] = "(uint256)";
    EXPECT_EQ(ReasonOf(tuple), "bad_typed_data");
    Json chain = Mail();
    chain["types"]["EIP712Domain"][2]["type"] = "string";
    chain["domain"]["chainId"] = "1";
    EXPECT_EQ(ReasonOf(chain), "bad_typed_data");
}

TEST(TypedData, RefusesWrongValuesAndShapes) {
    Json wrong = Mail();
    wrong["message"]["contents"] = 5;
    EXPECT_EQ(ReasonOf(wrong), "bad_abi_value");
    wrong = Mail();
    wrong["message"]["to"] = "Bob";
    EXPECT_EQ(ReasonOf(wrong), "bad_typed_data");
    wrong = Mail();
    wrong["types"]["Mail"][2]["type"] = "text";
    EXPECT_EQ(ReasonOf(wrong), "bad_abi_type");
    for (const char* type : {"uint256[]", "uint256]"}) {
        wrong = Mail();
        wrong["types"]["Mail"][2]["type"] = type;
        EXPECT_EQ(ReasonOf(wrong), "bad_typed_data") << type;
    }
    wrong = Mail();
    wrong["types"]["Person"] = "none";
    EXPECT_EQ(ReasonOf(wrong), "bad_typed_data");
    wrong = Mail();
    wrong["types"]["Person"][0].erase("type");
    EXPECT_EQ(ReasonOf(wrong), "bad_typed_data");
}

TEST(TypedData, RefusesEndlessNesting) {
    Json deep = Mail();
    deep["types"]["Node"] = Json::parse(R"([{"name": "next", "type": "Node[]"}])");
    deep["primaryType"] = "Node";
    Json message = {{"next", Json::array()}};
    for (int i = 0; i < 20; ++i) {
        message = {{"next", Json::array({message})}};
    }
    deep["message"] = message;
    EXPECT_EQ(ReasonOf(deep), "bad_typed_data");
}

TEST(PersonalMessage, RecoversItsSigner) {
    const auto key = evm::ImportPrivateKey(secret::String(std::string(64, '1')));
    const auto message = base::AsBytes("login 44");
    auto signature = evm::SignPersonalMessage(message, *key);
    ASSERT_TRUE(signature.has_value());
    EXPECT_EQ(*evm::RecoverPersonalMessage(message, *signature), *evm::AddressOfKey(*key));
    signature->back() = static_cast<std::uint8_t>(signature->back() - 27);
    EXPECT_EQ(*evm::RecoverPersonalMessage(message, *signature), *evm::AddressOfKey(*key));
    EXPECT_NE(*evm::RecoverPersonalMessage(base::AsBytes("login 45"), *signature),
              *evm::AddressOfKey(*key));
}

TEST(PersonalMessage, RefusesMalleatedSignatures) {
    const auto key = evm::ImportPrivateKey(secret::String(std::string(64, '1')));
    const auto signature = evm::SignPersonalMessage({}, *key);
    base::Bytes high_s = base::ToBytes(*signature);
    std::fill(high_s.begin() + 32, high_s.begin() + 36, std::uint8_t{0xff});
    EXPECT_EQ(evm::RecoverPersonalMessage({}, high_s).error().reason, "bad_signature");
    base::Bytes bad_v = base::ToBytes(*signature);
    bad_v.back() = 29;
    EXPECT_EQ(evm::RecoverPersonalMessage({}, bad_v).error().reason, "bad_signature");
    EXPECT_EQ(evm::RecoverPersonalMessage({}, base::Bytes(64)).error().reason, "bad_signature");
    EXPECT_EQ(evm::SignPersonalMessage({}, secret::Bytes(32)).error().reason, "bad_private_key");
    EXPECT_EQ(evm::SignTypedData(Json(), *key).error().reason, "bad_typed_data");
}

TEST(TypedData, TellsItsSigner) {
    const auto key = crypto::Keccak256(base::AsBytes("cow"));
    const auto signature = evm::SignTypedData(Mail(), secret::Bytes::Copy(key));
    const auto data = evm::ReadTypedData(Mail());
    EXPECT_EQ(evm::RecoverTypedData(*data, *signature)->ToString(),
              "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826");
    Json other = Mail();
    other["message"]["contents"] = "Hello, Eve!";
    EXPECT_NE(evm::RecoverTypedData(*evm::ReadTypedData(other), *signature)->ToString(),
              "0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826");
    EXPECT_EQ(evm::RecoverTypedData(*data, base::Bytes(64)).error().reason, "bad_signature");
}

TEST(TypedData, RefusesFieldsWhoseTextWouldPassForTwo) {
    for (const char* name : {"a,address spender", "a)Permit(address spender", "a b"}) {
        Json odd = Mail();
        odd["types"]["Mail"][2]["name"] = name;
        odd["message"][name] = "x";
        EXPECT_EQ(ReasonOf(odd), "bad_typed_data") << name;
    }
    Json odd = Mail();
    odd["types"]["Mail"].push_back({{"name", "more"}, {"type", "uint256 x)Permit(uint256[]"}});
    odd["message"]["more"] = Json::array();
    EXPECT_EQ(ReasonOf(odd), "bad_typed_data");
}

// A domain of a contract and a struct with these fields, nested below "Outer" where asked.
evm::TypedData DataOf(const std::string& name, const Json& fields, bool nested = false) {
    Json data = Mail();
    data["types"][name] = fields;
    data["types"]["Outer"] = Json::parse(R"([{"name": "inner", "type": ")" + name + R"([]"}])");
    data["primaryType"] = nested ? "Outer" : name;
    data["message"] = {{"inner", Json::array()}};
    for (const Json& field : fields) {
        data["message"][field["name"].get<std::string>()] =
            field["type"] == "address" ? Json("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")
                                       : Json(1);
    }
    const auto read = evm::ReadTypedData(data);
    EXPECT_TRUE(read.has_value()) << name << " " << read.error().detail;
    return *read;
}

TEST(TokenPermit, IsKnownByNamesOfTypesAndFields) {
    const Json permit = Json::parse(R"([{"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"}, {"name": "value", "type": "uint256"},
        {"name": "nonce", "type": "uint256"}, {"name": "deadline", "type": "uint256"}])");
    const Json amount = Json::parse(R"([{"name": "amount", "type": "uint256"}])");
    EXPECT_TRUE(evm::IsTokenPermit(DataOf("Permit", permit)));
    EXPECT_TRUE(evm::IsTokenPermit(DataOf("Innocent", permit))) << "it names a spender";
    EXPECT_TRUE(evm::IsTokenPermit(DataOf("Innocent", permit, true))) << "below the primary type";
    for (const char* name : {"PermitSingle",
                             "PermitBatchTransferFrom",
                             "PermitWitnessTransferFrom",
                             "TokenPermissions",
                             "TransferWithAuthorization",
                             "ReceiveWithAuthorization",
                             "mypermit"}) {
        EXPECT_TRUE(evm::IsTokenPermit(DataOf(name, amount))) << name;
        EXPECT_TRUE(evm::IsTokenPermit(DataOf(name, amount, true))) << name;
    }
    EXPECT_FALSE(evm::IsTokenPermit(DataOf("Vote", amount)));
    EXPECT_FALSE(evm::IsTokenPermit(DataOf("Vote", amount, true)));
    EXPECT_FALSE(evm::IsTokenPermit(*evm::ReadTypedData(Mail())));
}

TEST(TokenPermit, IsAllThatPermit2Takes) {
    Json mail = Mail();
    mail["domain"]["verifyingContract"] = "0x000000000022D473030F116dDEE9F6B43aC78BA3";
    EXPECT_TRUE(evm::IsTokenPermit(*evm::ReadTypedData(mail)));
}

}  // namespace
