#include "secret/secret.h"

#include <gtest/gtest.h>
#include <type_traits>

namespace {

static_assert(!std::is_copy_constructible_v<secret::Bytes>);
static_assert(!std::is_copy_constructible_v<secret::String>);

TEST(SecretBytes, MovesWithoutLeavingACopy) {
    secret::Bytes first = secret::Bytes::Copy(base::AsBytes("key"));
    const secret::Bytes second = std::move(first);
    EXPECT_EQ(base::AsText(second.Expose()), "key");
    EXPECT_TRUE(first.empty());
}

TEST(SecretBytes, ShrinkWipesTheTail) {
    secret::Bytes bytes = secret::Bytes::Copy(base::AsBytes("abcdef"));
    const std::uint8_t* tail = bytes.Expose().data() + 2;
    bytes.Shrink(2);
    EXPECT_EQ(base::AsText(bytes.Expose()), "ab");
    EXPECT_EQ(tail[0], 0);
    EXPECT_EQ(tail[3], 0);
}

TEST(Wipe, ClearsTextAndItsSpareCapacity) {
    std::string text = "correct horse battery staple";
    const char* memory = text.data();
    secret::Wipe(text);
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(memory[5], '\0');
}

TEST(ConstantTimeEqual, ComparesLengthAndContent) {
    EXPECT_TRUE(secret::ConstantTimeEqual(base::AsBytes("a"), base::AsBytes("a")));
    EXPECT_FALSE(secret::ConstantTimeEqual(base::AsBytes("a"), base::AsBytes("b")));
    EXPECT_FALSE(secret::ConstantTimeEqual(base::AsBytes("a"), base::AsBytes("ab")));
}

}  // namespace
