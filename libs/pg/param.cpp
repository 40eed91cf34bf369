#include "pg/param.h"

#include "base/hex.h"

namespace pg {

Param::Param(base::ByteView bytes) : text_("\\x" + base::HexEncode(bytes)) {}

Param Param::ArrayLiteral(const std::vector<Param>& values) {
    std::string literal = "{";
    for (const Param& value : values) {
        if (literal.size() > 1) {
            literal += ',';
        }
        if (!value.text_) {
            literal += "NULL";
            continue;
        }
        literal += '"';
        for (const char letter : *value.text_) {
            if (letter == '"' || letter == '\\') {
                literal += '\\';
            }
            literal += letter;
        }
        literal += '"';
    }
    return literal + "}";
}

}  // namespace pg
