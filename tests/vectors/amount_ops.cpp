#include <array>

#include "money/amount.h"
#include "vectors/oracle.h"

namespace oracle {

namespace {

Answer Parse(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto max, money::UInt256::Parse(Text(in, "max")));
    BASE_ASSIGN_OR_RETURN(
        const auto units,
        money::ParseDecimal(Text(in, "text"), in.at("decimals").get<unsigned>(), max));
    return Ok({{"units", units.ToDecimal()}});
}

Answer Format(const Json& in) {
    BASE_ASSIGN_OR_RETURN(const auto units, money::UInt256::Parse(Text(in, "units")));
    return Ok({{"text", money::FormatDecimal(units, in.at("decimals").get<unsigned>())}});
}

}  // namespace

std::span<const Operation> AmountOperations() {
    static constexpr auto table = std::to_array<Operation>({
        {"amount.parse", Parse},
        {"amount.format", Format},
    });
    return table;
}

}  // namespace oracle
