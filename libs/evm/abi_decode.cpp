#include <algorithm>
#include <string>
#include <utility>

#include "evm/abi.h"

namespace evm {

namespace {

using money::UInt256;

// All lists together: an answer of a hostile node cannot make more values than this, however its
// offsets point at one another.
constexpr std::size_t kValuesMax = 65536;

base::Error BadData(std::string detail) {
    return base::InvalidArgument("bad_abi_data", std::move(detail));
}

class Decoder {
public:
    explicit Decoder(base::ByteView data) : data_(data) {}

    // Values whose heads begin at `start`; offsets count from there.
    base::Result<AbiList> Sequence(std::span<const AbiType* const> types, std::size_t start) {
        AbiList values;
        std::size_t head = start;
        for (const AbiType* type : types) {
            if (++value_count_ > kValuesMax) {
                return BadData("the data holds too many values");
            }
            std::size_t place = head;
            if (IsDynamic(*type)) {
                BASE_ASSIGN_OR_RETURN(const std::size_t offset, Size(head));
                place = start + offset;  // both are at most data_.size()
                head += kAbiWord;
            } else {
                head += StaticSize(*type);
            }
            BASE_ASSIGN_OR_RETURN(AbiValue value, Value(*type, place));
            values.push_back(std::move(value));
        }
        return values;
    }

private:
    static bool IsDynamic(const AbiType& type) {
        if (type.kind == AbiKind::kTuple) {
            return std::any_of(type.parts.begin(), type.parts.end(), IsDynamic);
        }
        if (type.kind == AbiKind::kArray) {
            return !type.length || IsDynamic(type.parts.front());
        }
        return type.kind == AbiKind::kBytes || type.kind == AbiKind::kString;
    }

    static std::size_t StaticSize(const AbiType& type) {
        if (type.kind == AbiKind::kArray) {
            return type.length.value_or(0) * StaticSize(type.parts.front());
        }
        if (type.kind != AbiKind::kTuple) {
            return kAbiWord;
        }
        std::size_t size = 0;
        for (const AbiType& part : type.parts) {
            size += StaticSize(part);
        }
        return size;
    }

    [[nodiscard]] base::Result<base::ByteView> Take(std::size_t start, std::size_t size) const {
        if (start > data_.size() || size > data_.size() - start) {
            return BadData("the data ends before its values");
        }
        return data_.subspan(start, size);
    }

    // An offset or a length: never above the size of the data.
    [[nodiscard]] base::Result<std::size_t> Size(std::size_t place) const {
        BASE_ASSIGN_OR_RETURN(const base::ByteView word, Take(place, kAbiWord));
        BASE_ASSIGN_OR_RETURN(const UInt256 value, UInt256::FromBigEndian(word));
        if (value > UInt256(data_.size())) {
            return BadData("an offset or a length points behind the data");
        }
        return static_cast<std::size_t>(*value.ToUint64());
    }

    [[nodiscard]] base::Result<base::Bytes> Bytes(std::size_t place) const {
        BASE_ASSIGN_OR_RETURN(const std::size_t size, Size(place));
        BASE_ASSIGN_OR_RETURN(const base::ByteView bytes, Take(place + kAbiWord, size));
        return base::ToBytes(bytes);
    }

    base::Result<AbiValue> List(const AbiType& type, std::size_t place) {
        std::vector<const AbiType*> types;
        if (type.kind == AbiKind::kTuple) {
            for (const AbiType& part : type.parts) {
                types.push_back(&part);
            }
        } else {
            std::size_t count = type.length.value_or(0);
            if (!type.length) {
                BASE_ASSIGN_OR_RETURN(count, Size(place));
                place += kAbiWord;
            }
            if (count > kValuesMax) {
                return BadData("the data holds too many values");
            }
            types.assign(count, &type.parts.front());
        }
        BASE_ASSIGN_OR_RETURN(AbiList list, Sequence(types, place));
        return AbiValue{std::move(list)};
    }

    [[nodiscard]] base::Result<AbiValue> Word(const AbiType& type, std::size_t place) const {
        BASE_ASSIGN_OR_RETURN(const base::ByteView word, Take(place, kAbiWord));
        AbiValue value;
        if (type.kind == AbiKind::kAddress) {
            value.value = Address(base::ToArray<Address::kSize>(word.subspan(12)));
        } else if (type.kind == AbiKind::kBool) {
            value.value = word.back() == 1;
        } else if (type.kind == AbiKind::kFixedBytes) {
            value.value = base::ToBytes(word.first(type.size));
        } else {
            BASE_ASSIGN_OR_RETURN(value.value, UInt256::FromBigEndian(word));
        }
        // Encoding it again finds every wrong padding and range.
        const auto again = EncodeAbiWord(type, value);
        if (!again || !base::Equal(*again, word)) {
            return BadData("a word is not a value of its type");
        }
        return value;
    }

    base::Result<AbiValue> Value(const AbiType& type, std::size_t place) {
        switch (type.kind) {
            case AbiKind::kBytes: {
                BASE_ASSIGN_OR_RETURN(base::Bytes bytes, Bytes(place));
                return AbiValue{std::move(bytes)};
            }
            case AbiKind::kString: {
                BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, Bytes(place));
                return AbiValue{base::ToText(bytes)};
            }
            case AbiKind::kArray:
            case AbiKind::kTuple:
                return List(type, place);
            case AbiKind::kUint:
            case AbiKind::kInt:
            case AbiKind::kAddress:
            case AbiKind::kBool:
            case AbiKind::kFixedBytes:
                break;
        }
        return Word(type, place);
    }

    base::ByteView data_;
    std::size_t value_count_ = 0;
};

}  // namespace

base::Result<AbiList> DecodeAbi(std::span<const AbiType> types, base::ByteView data) {
    std::vector<const AbiType*> pointers;
    for (const AbiType& type : types) {
        pointers.push_back(&type);
    }
    return Decoder(data).Sequence(pointers, 0);
}

}  // namespace evm
