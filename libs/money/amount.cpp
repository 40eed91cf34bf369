#include "money/amount.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/text.h"

namespace money {

namespace {

// Digits of 2^256 - 1 with 255 decimals and a point, rounded up: nothing longer can be an amount.
constexpr std::size_t kTextMax = 340;

base::Error Bad(std::string detail) {
    return base::InvalidArgument("bad_amount", std::move(detail));
}

// Says what the first character is that has no place in an amount.
std::string Describe(char letter, std::size_t position) {
    const std::string where = " at position " + std::to_string(position);
    switch (letter) {
        case '-':
        case '+':
            return "an amount has no sign, found one" + where;
        case 'e':
        case 'E':
            return "an amount has no exponent, found one" + where;
        case 'x':
        case 'X':
            return "an amount is decimal, not hexadecimal: letter x" + where;
        case ',':
        case '_':
        case '\'':
            return "an amount has no digit grouping, and its decimal point is a dot: separator" +
                   where;
        case ' ':
        case '\t':
        case '\r':
        case '\n':
            return "an amount has no blanks, found one" + where;
        default:
            break;
    }
    if (static_cast<unsigned char>(letter) >= 0x80) {
        return "an amount has ASCII digits alone, found another character" + where;
    }
    return "not a decimal digit" + where;
}

base::Result<> CheckCharacters(std::string_view text) {
    if (text.empty()) {
        return Bad("the amount is empty");
    }
    if (text.size() > kTextMax) {
        return Bad("the amount has " + std::to_string(text.size()) + " characters, at most " +
                   std::to_string(kTextMax) + " are read");
    }
    bool point_seen = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '.' && !point_seen) {
            point_seen = true;
        } else if (text[i] == '.') {
            return Bad("the amount has two decimal points");
        } else if (!base::IsDigit(text[i])) {
            return Bad(Describe(text[i], i));
        }
    }
    return {};
}

base::Result<> CheckSameAsset(const Asset& left, const Asset& right) {
    if (!IsSameAsset(left, right)) {
        return base::InvalidArgument("asset_mismatch",
                                     "cannot combine " + left.symbol + " with " + right.symbol);
    }
    return {};
}

}  // namespace

bool IsSameAsset(const Asset& left, const Asset& right) {
    return left.network == right.network && left.contract == right.contract &&
           left.program == right.program && left.decimals == right.decimals;
}

base::Result<UInt256> ParseDecimal(std::string_view text, unsigned decimals, const UInt256& max) {
    BASE_RETURN_IF_ERROR(CheckCharacters(text));
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    if (whole.empty()) {
        return Bad("a digit is missing before the decimal point");
    }
    if (whole.size() > 1 && whole.front() == '0') {
        return Bad("the amount has a leading zero");
    }
    std::string_view fraction;
    if (point != std::string_view::npos) {
        fraction = text.substr(point + 1);
        if (fraction.empty()) {
            return Bad("a digit is missing after the decimal point");
        }
    }
    if (fraction.size() > decimals) {
        return base::InvalidArgument("amount_precision",
                                     "the amount has " + std::to_string(fraction.size()) +
                                         " fraction digits, this asset has " +
                                         std::to_string(decimals));
    }
    std::string digits(whole);
    digits += fraction;
    digits.append(decimals - fraction.size(), '0');
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    BASE_ASSIGN_OR_RETURN(const UInt256 units, UInt256::Parse(digits));
    if (units > max) {
        return Bad("the amount is above the largest allowed, " + FormatDecimal(max, decimals));
    }
    return units;
}

std::string FormatDecimal(const UInt256& units, unsigned decimals) {
    std::string digits = units.ToDecimal();
    if (digits.size() <= decimals) {
        digits.insert(0, decimals + 1 - digits.size(), '0');
    }
    const std::size_t point = digits.size() - decimals;
    std::string fraction = digits.substr(point);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    digits.resize(point);
    return fraction.empty() ? digits : digits + "." + fraction;
}

base::Result<Amount> ParseAmount(std::string_view text, const Asset& asset) {
    BASE_ASSIGN_OR_RETURN(const UInt256 units, ParseDecimal(text, asset.decimals));
    return Amount{units, asset};
}

std::string FormatAmount(const Amount& amount) {
    return FormatDecimal(amount.units, amount.asset.decimals) + " " + amount.asset.symbol;
}

base::Result<Amount> CheckedAdd(const Amount& left, const Amount& right) {
    BASE_RETURN_IF_ERROR(CheckSameAsset(left.asset, right.asset));
    BASE_ASSIGN_OR_RETURN(const UInt256 units, CheckedAdd(left.units, right.units));
    return Amount{units, left.asset};
}

base::Result<Amount> CheckedSub(const Amount& left, const Amount& right) {
    BASE_RETURN_IF_ERROR(CheckSameAsset(left.asset, right.asset));
    BASE_ASSIGN_OR_RETURN(const UInt256 units, CheckedSub(left.units, right.units));
    return Amount{units, left.asset};
}

}  // namespace money
