#include "utxo/terms.h"

#include <nlohmann/json.hpp>

#include "base/hex.h"

namespace utxo {

std::string WriteTerms(base::ByteView payload) {
    return nlohmann::json{{"tx", base::HexEncode(payload)}}.dump();
}

base::Result<UnsignedTx> ReadTerms(const TxFormat& format, const std::string& terms) {
    const auto object = nlohmann::json::parse(terms, nullptr, false);
    const auto found = object.find("tx");
    if (!object.is_object() || found == object.end() || !found->is_string()) {
        return base::MakeError(base::ErrorKind::kDataLoss, "bad_record", "terms without their tx");
    }
    BASE_ASSIGN_OR_RETURN(const base::Bytes payload, base::HexDecode(found->get<std::string>()));
    return format.DecodeUnsigned(payload);
}

}  // namespace utxo
