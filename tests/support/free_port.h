// A port for a server of one test.
#pragma once

#include <cstdint>

namespace support {

// A TCP port of 127.0.0.1 on which nobody listens at this moment.
[[nodiscard]] std::uint16_t FreePort();

}  // namespace support
