#include "secret/arena.h"

#include <gtest/gtest.h>
#include <vector>

#include "secret/secret.h"

namespace {

// One arena a process, so one test walks through its life.
TEST(Arena, HoldsSecretsWhileItHasRoomAndWipesThem) {
    EXPECT_EQ(secret::AllocateInArena(32), nullptr);
    ASSERT_TRUE(secret::LockArena());

    const std::uint8_t* memory = nullptr;
    {
        secret::Bytes key = secret::Bytes::Copy(base::AsBytes("a key of the arena"));
        memory = key.Expose().data();
        const secret::Bytes moved = std::move(key);
        EXPECT_EQ(moved.Expose().data(), memory);
    }
    EXPECT_EQ(memory[0], 0);
    EXPECT_EQ(memory[17], 0);
    EXPECT_EQ(secret::Bytes(18).Expose().data(), memory);

    std::vector<secret::Bytes> many;
    for (std::size_t i = 0; i < 2 * secret::kArenaSize / 1000; ++i) {
        many.emplace_back(1000);
        many.back().Fill()[999] = static_cast<std::uint8_t>(i);
    }
    for (std::size_t i = 0; i < many.size(); ++i) {
        EXPECT_EQ(many[i].Expose()[999], static_cast<std::uint8_t>(i));
        EXPECT_EQ(many[i].Expose()[0], 0);
    }
    EXPECT_EQ(secret::AllocateInArena(1000), nullptr);
    many.clear();
    std::uint8_t* whole = secret::AllocateInArena(secret::kArenaSize);
    EXPECT_NE(whole, nullptr);
    EXPECT_TRUE(secret::ReleaseInArena(whole, secret::kArenaSize));

    std::uint8_t foreign = 1;
    EXPECT_FALSE(secret::ReleaseInArena(&foreign, 1));
}

}  // namespace
