// Runs LLVMFuzzerTestOneInput without libFuzzer: FUZZER RUNS SEED. Inputs are the target's own
// examples, cut, spliced and mutated; the same seed gives the same inputs. With PLATFORM_FUZZER the
// targets link with -fsanitize=fuzzer instead of this file.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

#include "fuzz/target.h"

namespace {

using Random = std::mt19937_64;

std::size_t Below(Random& random, std::size_t limit) {
    return limit == 0 ? 0 : static_cast<std::size_t>(random() % limit);
}

// Values at which lengths and integers change their form.
constexpr std::uint8_t kEdges[] = {0x00,
                                   0x01,
                                   0x1f,
                                   0x20,
                                   0x37,
                                   0x38,
                                   0x7f,
                                   0x80,
                                   0x81,
                                   0xb7,
                                   0xb8,
                                   0xbf,
                                   0xc0,
                                   0xc1,
                                   0xf7,
                                   0xf8,
                                   0xfe,
                                   0xff};

void MutateOnce(base::Bytes& input, const std::vector<base::Bytes>& examples, Random& random) {
    const std::size_t place = Below(random, input.size());
    const auto at = input.begin() + static_cast<std::ptrdiff_t>(place);
    switch (Below(random, 6)) {
        case 0:
            input.insert(at, kEdges[Below(random, std::size(kEdges))]);
            return;
        case 1:
            input.resize(place);
            return;
        case 2: {
            const base::Bytes& other = examples[Below(random, examples.size())];
            const std::size_t from = Below(random, other.size());
            input.insert(at, other.begin() + static_cast<std::ptrdiff_t>(from), other.end());
            return;
        }
        default:
            break;
    }
    if (input.empty()) {
        return;
    }
    if (Below(random, 4) == 0) {
        input.erase(at);
    } else {
        *at = Below(random, 2) == 0 ? kEdges[Below(random, std::size(kEdges))]
                                    : static_cast<std::uint8_t>(random());
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: FUZZER RUNS SEED\n";
        return 2;
    }
    const std::uint64_t runs = std::strtoull(argv[1], nullptr, 10);
    Random random(std::strtoull(argv[2], nullptr, 10));
    const std::vector<base::Bytes> examples = FuzzExamples();
    for (const base::Bytes& example : examples) {
        LLVMFuzzerTestOneInput(example.data(), example.size());
    }
    for (std::uint64_t run = 0; run < runs; ++run) {
        base::Bytes input = examples[Below(random, examples.size())];
        for (std::size_t count = 1 + Below(random, 6); count > 0; --count) {
            MutateOnce(input, examples, random);
        }
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::cout << examples.size() << " examples, " << runs << " mutations\n";
    return 0;
}
