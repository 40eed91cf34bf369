// What a fuzz target offers. It ends the process (BASE_CHECK) where a property does not hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

// Inputs to begin with; at least one.
[[nodiscard]] std::vector<base::Bytes> FuzzExamples();
