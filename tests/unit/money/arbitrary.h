// Generator of money::UInt256 values of every magnitude, the edges among them.
#pragma once

#include <cstdint>
#include <rapidcheck.h>
#include <vector>

#include "money/uint256.h"

namespace rc {

template <>
struct Arbitrary<money::UInt256> {
    static Gen<money::UInt256> arbitrary() {
        const auto any_size = gen::mapcat(gen::inRange<std::size_t>(0, 33), [](std::size_t size) {
            return gen::container<std::vector<std::uint8_t>>(
                size, gen::resize(100, gen::arbitrary<std::uint8_t>()));
        });
        const auto value = gen::map(any_size, [](const std::vector<std::uint8_t>& bytes) {
            return money::UInt256::FromBigEndian(bytes).value();
        });
        return gen::weightedOneOf<money::UInt256>(
            {{8, value}, {1, gen::just(money::UInt256::Max())}, {1, gen::just(money::UInt256())}});
    }
};

}  // namespace rc
