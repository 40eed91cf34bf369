// Whatever the RLP decoder takes is canonical: encoding it again gives the same bytes.
#include "base/check.h"
#include "evm/rlp.h"
#include "fuzz/target.h"

std::vector<base::Bytes> FuzzExamples() {
    const base::Bytes long_text(60, 0x41);
    const evm::RlpItem inner = evm::RlpList({evm::RlpString(long_text), evm::RlpString({})});
    return {evm::EncodeRlp(evm::RlpUint(money::UInt256(1024))),
            evm::EncodeRlp(inner),
            evm::EncodeRlp(evm::RlpList({inner, inner, evm::RlpList({inner})}))};
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const base::ByteView input(data, size);
    if (const auto item = evm::DecodeRlp(input)) {
        BASE_CHECK(base::Equal(evm::EncodeRlp(*item), input));
    }
    return 0;
}
