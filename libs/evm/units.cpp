#include "evm/units.h"

#include "money/amount.h"

namespace evm {

namespace {

constexpr unsigned kGweiDecimals = 9;

}  // namespace

base::Result<money::UInt256> ParseGwei(std::string_view text) {
    return money::ParseDecimal(text, kGweiDecimals);
}

std::string FormatGwei(const money::UInt256& wei) {
    return money::FormatDecimal(wei, kGweiDecimals);
}

}  // namespace evm
