#include "crypto/bcrypt.h"

#include <gtest/gtest.h>
#include <string>

namespace {

constexpr unsigned kCost = crypto::kBcryptCostMin;

secret::String Password(std::string_view text) {
    return secret::String(text);
}

TEST(Bcrypt, VerifiesWhatItHashed) {
    const auto password = Password("correct horse");
    const std::string hash = crypto::BcryptHash(password, kCost).value();
    EXPECT_EQ(hash.size(), 60U);
    EXPECT_EQ(hash.substr(0, 7), "$2b$04$");
    EXPECT_TRUE(crypto::BcryptVerify(password, hash).value());
    EXPECT_FALSE(crypto::BcryptVerify(Password("correct horsf"), hash).value());
    EXPECT_FALSE(crypto::BcryptVerify(Password(""), hash).value());
    EXPECT_EQ(crypto::BcryptCost(hash).value(), kCost);
}

TEST(Bcrypt, SaltsEveryHash) {
    const auto password = Password("correct horse");
    EXPECT_NE(crypto::BcryptHash(password, kCost).value(),
              crypto::BcryptHash(password, kCost).value());
}

// A hash of "U*U" by Openwall's crypt_blowfish test.
TEST(Bcrypt, TakesTheOlderPrefixes) {
    const std::string tail = "05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    for (const char* const prefix : {"$2a$", "$2b$", "$2y$"}) {
        EXPECT_TRUE(crypto::BcryptVerify(Password("U*U"), prefix + tail).value()) << prefix;
    }
}

TEST(Bcrypt, RefusesPasswordsItWouldCut) {
    const std::string hash = crypto::BcryptHash(Password("short"), kCost).value();
    for (const std::string& text :
         {std::string(73, 'a'), std::string("short\0tail", 10), std::string("\0", 1)}) {
        const auto password = Password(text);
        EXPECT_EQ(crypto::BcryptHash(password, kCost).error().reason, "bad_password");
        EXPECT_EQ(crypto::BcryptVerify(password, hash).error().reason, "bad_password");
        EXPECT_EQ(crypto::BcryptVerifyNobody(password, kCost).error().reason, "bad_password");
    }
    EXPECT_TRUE(crypto::BcryptHash(Password(std::string(72, 'a')), kCost).has_value());
}

TEST(Bcrypt, CountsAll72Bytes) {
    const std::string longest(72, 'a');
    const std::string hash = crypto::BcryptHash(Password(longest), kCost).value();
    EXPECT_FALSE(crypto::BcryptVerify(Password(longest.substr(1)), hash).value());
    EXPECT_FALSE(crypto::BcryptVerify(Password(longest.substr(1) + "b"), hash).value());
}

TEST(Bcrypt, RefusesCostsOutOfRange) {
    for (const unsigned cost : {0U, 3U, 17U, 31U, 99U}) {
        EXPECT_EQ(crypto::BcryptHash(Password("p"), cost).error().reason, "bad_cost");
        EXPECT_EQ(crypto::BcryptVerifyNobody(Password("p"), cost).error().reason, "bad_cost");
    }
}

TEST(Bcrypt, RefusesWhatIsNoHash) {
    const std::string good = crypto::BcryptHash(Password("p"), kCost).value();
    const auto changed = [&good](std::size_t position, char letter) {
        std::string hash = good;
        hash[position] = letter;
        return hash;
    };
    for (const std::string& hash : {std::string(),
                                    good.substr(0, 59),
                                    good + ".",
                                    changed(0, '_'),
                                    changed(1, '1'),
                                    changed(2, 'x'),
                                    changed(3, '.'),
                                    changed(4, '3'),  // cost 34
                                    changed(5, '3'),  // cost 3
                                    changed(5, 'x'),
                                    changed(6, '.'),
                                    changed(20, '$'),
                                    changed(40, '+')}) {
        EXPECT_EQ(crypto::BcryptVerify(Password("p"), hash).error().reason, "bad_password_hash")
            << hash;
        EXPECT_EQ(crypto::BcryptCost(hash).error().reason, "bad_password_hash");
    }
    EXPECT_EQ(crypto::BcryptHashWith(Password("p"), good).error().reason, "bad_password_hash");
    EXPECT_EQ(crypto::BcryptHashWith(Password("p"), good.substr(0, 29)).value(), good);
}

TEST(Bcrypt, NobodyNeverMatches) {
    EXPECT_FALSE(crypto::BcryptVerifyNobody(Password("p"), kCost).value());
}

}  // namespace
