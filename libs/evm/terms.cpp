#include "evm/terms.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "evm/answers.h"

namespace evm {

namespace {

base::Error BadTerms() {
    return base::Internal("the stored terms of a payment cannot be read");
}

base::Result<money::UInt256> ReadDecimal(const Json& object, std::string_view key) {
    const auto* text = Member(object, key).get_ptr<const Json::string_t*>();
    return text == nullptr ? BadTerms() : money::UInt256::Parse(*text);
}

}  // namespace

std::string WriteTerms(const Terms& terms) {
    Json json = {{"gas", std::to_string(terms.gas)}};
    if (terms.figures.type == TxType::kDynamicFee) {
        json["type"] = "eip1559";
        json["max_fee"] = terms.figures.max_fee.ToDecimal();
        json["tip"] = terms.figures.tip.ToDecimal();
    } else {
        json["type"] = "legacy";
        json["gas_price"] = terms.figures.gas_price.ToDecimal();
    }
    return json.dump();
}

base::Result<Terms> ReadTerms(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    Terms terms;
    BASE_ASSIGN_OR_RETURN(const money::UInt256 gas, ReadDecimal(json, "gas"));
    BASE_ASSIGN_OR_RETURN(terms.gas, gas.ToUint64());
    if (Member(json, "type") == "legacy") {
        terms.figures.type = TxType::kLegacy;
        BASE_ASSIGN_OR_RETURN(terms.figures.gas_price, ReadDecimal(json, "gas_price"));
        return terms;
    }
    if (Member(json, "type") != "eip1559") {
        return BadTerms();
    }
    BASE_ASSIGN_OR_RETURN(terms.figures.max_fee, ReadDecimal(json, "max_fee"));
    BASE_ASSIGN_OR_RETURN(terms.figures.tip, ReadDecimal(json, "tip"));
    return terms;
}

}  // namespace evm
