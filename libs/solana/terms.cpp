#include "solana/terms.h"

#include <limits>

#include "solana/answers.h"

namespace solana {

namespace {

base::Error BadTerms() {
    return base::Internal("the stored terms of a payment cannot be read");
}

base::Result<std::uint64_t> ReadField(const Json& object, std::string_view key) {
    const auto number = ReadNumber(Member(object, key), key);
    return number ? number : BadTerms();
}

}  // namespace

std::string WriteTerms(const Terms& terms) {
    const Json json = {{"compute_limit", terms.compute_limit},
                       {"compute_price", terms.compute_price},
                       {"creates_account", terms.creates_account},
                       {"rent", terms.rent},
                       {"blockhash", terms.blockhash.ToString()},
                       {"last_valid_height", terms.last_valid_height},
                       {"payer_lamports", terms.payer.amount.ToDecimal()},
                       {"payer_slot", terms.payer.block_height}};
    return json.dump();
}

base::Result<Terms> ReadTerms(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    Terms terms;
    BASE_ASSIGN_OR_RETURN(const auto limit, ReadField(json, "compute_limit"));
    if (limit > std::numeric_limits<std::uint32_t>::max()) {
        return BadTerms();
    }
    terms.compute_limit = static_cast<std::uint32_t>(limit);
    BASE_ASSIGN_OR_RETURN(terms.compute_price, ReadField(json, "compute_price"));
    terms.creates_account = Member(json, "creates_account") == true;
    BASE_ASSIGN_OR_RETURN(terms.rent, ReadField(json, "rent"));
    BASE_ASSIGN_OR_RETURN(terms.last_valid_height, ReadField(json, "last_valid_height"));
    BASE_ASSIGN_OR_RETURN(terms.payer.block_height, ReadField(json, "payer_slot"));
    BASE_ASSIGN_OR_RETURN(const auto lamports, ReadField(json, "payer_lamports"));
    terms.payer.amount = money::UInt256(lamports);
    const auto blockhash = ReadKey(Member(json, "blockhash"), "blockhash");
    if (!blockhash) {
        return BadTerms();
    }
    terms.blockhash = *blockhash;
    return terms;
}

}  // namespace solana
