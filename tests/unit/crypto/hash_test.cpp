#include "crypto/hash.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <string_view>

#include "unit/crypto/samples.h"

namespace {

using samples::Hex;
using samples::Secret;

base::Bytes Repeat(std::size_t count, std::uint8_t byte) {
    return base::Bytes(count, byte);
}

// FIPS 180-4 examples.
TEST(Sha2, MatchesPublishedDigests) {
    EXPECT_EQ(Hex(crypto::Sha256(base::AsBytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(Hex(crypto::Sha256({})),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(Hex(crypto::Sha512(base::AsBytes("abc"))),
              "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(DoubleSha256, HashesTheHash) {
    EXPECT_EQ(Hex(crypto::DoubleSha256(base::AsBytes("hello"))),
              "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
}

// The vectors of the RIPEMD-160 page of its authors.
TEST(Ripemd160, MatchesPublishedDigests) {
    EXPECT_EQ(Hex(crypto::Ripemd160({})), "9c1185a5c5e9fc54612808977ee8f548b2258d31");
    EXPECT_EQ(Hex(crypto::Ripemd160(base::AsBytes("abc"))),
              "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
}

// The public key of private key 1, as every Bitcoin wallet hashes it.
TEST(Hash160, IsRipemdOfSha) {
    const auto key =
        base::HexDecode("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    EXPECT_EQ(Hex(crypto::Hash160(key.value())), "751e76e8199196d454941c45d1b3a323f1433bd6");
}

TEST(Keccak256, UsesTheOriginalPadding) {
    EXPECT_EQ(Hex(crypto::Keccak256({})),
              "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(Hex(crypto::Keccak256(base::AsBytes("abc"))),
              "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
}

// The letter a repeated, around the sponge's rate of 136 bytes.
TEST(Keccak256, HandlesBlockEdges) {
    EXPECT_EQ(Hex(crypto::Keccak256(Repeat(135, 'a'))),
              "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446");
    EXPECT_EQ(Hex(crypto::Keccak256(Repeat(136, 'a'))),
              "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e");
    EXPECT_EQ(Hex(crypto::Keccak256(Repeat(137, 'a'))),
              "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39");
}

// BLAKE2b of nothing, with the personalisation of a Zcash transparent bundle without inputs and
// outputs (ZIP-244, T.2, empty case); computed with Python's hashlib.
TEST(Blake2b, TakesAPersonalisation) {
    base::ByteArray<16> personal{};
    const std::string_view name = "ZTxIdTranspaHash";
    std::copy(name.begin(), name.end(), personal.begin());
    EXPECT_EQ(Hex(crypto::Blake2b256(personal, {})),
              "c33f2e95705faab35f8d533fa61e95c3b7aaba0776b874a9f74fc12784376a59");
}

// Made with Python's hashlib.blake2b(b"abc", digest_size=..., person=...).
TEST(Blake2b, GivesAnyNumberOfBytes) {
    const auto personal =
        base::ToArray<16>(base::AsBytes(std::string_view("UA_F4Jumble_G\0\0\0", 16)));
    EXPECT_EQ(Hex(crypto::Blake2b(personal, base::AsBytes("abc"), 64)),
              "f98165e469fc3cd55d428bb8ae6c3a23599e7225da4b65ddcc37269f4c70adc6"
              "fd3f6655d101fbfe7bffd082a511e37ebdf2edadd60159f6f8f1894a73f15508");
    EXPECT_EQ(crypto::Blake2b(personal, base::AsBytes("abc"), 20).size(), 20U);
    EXPECT_NE(Hex(crypto::Blake2b(personal, base::AsBytes("abc"), 20)),
              "f98165e469fc3cd55d428bb8ae6c3a23599e7225");
}

// RFC 4231, test cases 1, 2 and 6.
TEST(Hmac, MatchesRfc4231) {
    EXPECT_EQ(
        Hex(crypto::HmacSha256(secret::Bytes::Copy(Repeat(20, 0x0b)), base::AsBytes("Hi There"))),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(Hex(crypto::HmacSha256(secret::Bytes::Copy(base::AsBytes("Jefe")),
                                     base::AsBytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const auto long_key = Repeat(131, 0xaa);
    const auto message = base::AsBytes("Test Using Larger Than Block-Size Key - Hash Key First");
    EXPECT_EQ(Hex(crypto::HmacSha256(secret::Bytes::Copy(long_key), message)),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    EXPECT_EQ(Hex(crypto::HmacSha512(long_key, message).Expose()),
              "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
              "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

// RFC 5869, appendix A.1 to A.3.
TEST(Hkdf, MatchesRfc5869) {
    EXPECT_EQ(
        Hex(crypto::HkdfSha256(Secret("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"),
                               base::HexDecode("000102030405060708090a0b0c").value(),
                               base::HexDecode("f0f1f2f3f4f5f6f7f8f9").value(),
                               42)
                .Expose()),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    base::Bytes key;
    base::Bytes salt;
    base::Bytes info;
    for (unsigned i = 0; i < 80; ++i) {
        key.push_back(static_cast<std::uint8_t>(i));
        salt.push_back(static_cast<std::uint8_t>(0x60 + i));
        info.push_back(static_cast<std::uint8_t>(0xb0 + i));
    }
    EXPECT_EQ(
        Hex(crypto::HkdfSha256(secret::Bytes::Copy(key), salt, info, 82).Expose()),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c6"
        "5e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
    EXPECT_EQ(
        Hex(crypto::HkdfSha256(Secret("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), {}, {}, 42)
                .Expose()),
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

}  // namespace
