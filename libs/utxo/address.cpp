#include "utxo/address.h"

#include "utxo/address_text.h"

namespace utxo {

std::string_view AddressTypeName(const Address& address) {
    switch (address.form) {
        case AddressForm::kTex:
            return "tex";
        case AddressForm::kUnified:
            return "unified";
        case AddressForm::kPlain:
            break;
    }
    return ScriptTypeName(TypeOfScript(address.script));
}

base::Result<> CheckPayable(const Address& address) {
    const ScriptType type = TypeOfScript(address.script);
    if (type == ScriptType::kWitness) {
        return BadAddress("this witness version has no meaning yet: anybody could take the money");
    }
    if (type == ScriptType::kP2tr) {
        // BIP-341: the program is an x coordinate; without a point nobody can ever spend it.
        base::Bytes point{0x02};
        base::Append(point, base::ByteView(address.script).subspan(2));
        if (!crypto::Secp256k1PublicKey::Parse(point)) {
            return BadAddress("this taproot address has no key: the money would be lost");
        }
    }
    return {};
}

}  // namespace utxo
