#include "base/ids.h"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "base/hex.h"

namespace base {

boost::uuids::uuid RandomUuid() {
    thread_local boost::uuids::random_generator_pure generator;
    return generator();
}

std::string FormatUuid(const boost::uuids::uuid& value) {
    return boost::uuids::to_string(value);
}

Result<boost::uuids::uuid> ParseUuid(std::string_view text) {
    const auto bad = [] { return InvalidArgument("bad_id", "an id is a UUID of 36 characters"); };
    if (text.size() != 36) {
        return bad();
    }
    std::string digits;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash_here = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash_here != (text[i] == '-')) {
            return bad();
        }
        if (!dash_here) {
            digits.push_back(text[i]);
        }
    }
    const auto bytes = HexDecode(digits);
    if (!bytes) {
        return bad();
    }
    boost::uuids::uuid value{};
    std::copy(bytes->begin(), bytes->end(), value.begin());
    return value;
}

}  // namespace base
