// Whatever the ABI decoder takes can be encoded and reads back as the same values.
#include <array>

#include "base/check.h"
#include "evm/abi.h"
#include "fuzz/target.h"

namespace {

constexpr std::array kSignatures = {"f(uint256,bool,address)",
                                    "f(string,bytes)",
                                    "f(uint8[],bytes4[2])",
                                    "f((string,int64[3])[],bytes)",
                                    "f(uint16[][2][])"};

base::Bytes Words(std::initializer_list<std::uint64_t> values) {
    base::Bytes data;
    for (const std::uint64_t value : values) {
        base::Append(data, money::UInt256(value).ToBigEndian());
    }
    return data;
}

}  // namespace

// The first byte chooses the signature.
std::vector<base::Bytes> FuzzExamples() {
    std::vector<base::Bytes> examples = {Words({7, 1, 9}),
                                         Words({64, 96, 0, 0}),
                                         Words({96, 0, 0, 2, 1, 2}),
                                         Words({64, 224, 1, 32, 128, 1, 2, 3, 0, 0}),
                                         Words({32, 1, 64, 96, 0, 1, 5})};
    for (std::size_t i = 0; i < examples.size(); ++i) {
        examples[i].insert(examples[i].begin(), static_cast<std::uint8_t>(i));
    }
    return examples;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    const char* const signature = kSignatures[data[0] % kSignatures.size()];
    const auto function = evm::ParseAbiFunction(signature);
    BASE_CHECK(function.has_value());
    const auto values = evm::DecodeAbi(function->inputs, base::ByteView(data, size).subspan(1));
    if (values) {
        const auto call = evm::EncodeCall(signature, *values);
        BASE_CHECK(call.has_value());
        const auto again = evm::DecodeAbi(function->inputs, base::ByteView(*call).subspan(4));
        BASE_CHECK(again.has_value());
        BASE_CHECK(*evm::EncodeCall(signature, *again) == *call);
    }
    return 0;
}
