// No text crashes the parser of ABI types, and what it takes has a selector of its own text.
#include <string>

#include "base/check.h"
#include "crypto/hash.h"
#include "evm/abi.h"
#include "fuzz/target.h"

std::vector<base::Bytes> FuzzExamples() {
    std::vector<base::Bytes> examples;
    for (const char* text : {"transfer(address,uint256)",
                             "exactInput((bytes,address,uint256,uint256))",
                             "f(uint8[3][],bytes32,(string,int256)[2])",
                             "f()"}) {
        examples.push_back(base::ToBytes(base::AsBytes(text)));
    }
    return examples;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::ByteView input(data, size);
    if (const auto function = evm::ParseAbiFunction(base::AsText(input))) {
        const auto hash = crypto::Keccak256(input);
        BASE_CHECK(base::Equal(function->selector, base::ByteView(hash).first(4)));
        BASE_CHECK(!function->name.empty());
    }
    return 0;
}
