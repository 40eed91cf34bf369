// How long these tests wait for what must come.
#pragma once

#include <chrono>

namespace redis_test {

inline constexpr std::chrono::seconds kPatience{10};

}  // namespace redis_test
