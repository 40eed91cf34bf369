#include "evm/rlp.h"

#include <string>
#include <utility>

namespace evm {

namespace {

// Payloads up to this size carry their length in the first byte.
constexpr std::size_t kShortMax = 55;
constexpr std::uint8_t kStringOffset = 0x80;
constexpr std::uint8_t kListOffset = 0xc0;

base::Error BadRlp(std::string detail) {
    return base::InvalidArgument("bad_rlp", std::move(detail));
}

void AppendHeader(base::Bytes& target, std::size_t size, std::uint8_t offset) {
    if (size <= kShortMax) {
        target.push_back(static_cast<std::uint8_t>(offset + size));
        return;
    }
    const base::Bytes length = money::UInt256(size).ToMinimalBigEndian();
    target.push_back(static_cast<std::uint8_t>(offset + kShortMax + length.size()));
    base::Append(target, length);
}

struct Header {
    bool is_list = false;
    std::size_t start = 0;  // of the payload
    std::size_t size = 0;   // of the payload
};

// The length that follows a first byte of a long item.
base::Result<std::size_t> ReadLongLength(base::ByteView input, std::size_t length_size) {
    if (input.size() < 1 + length_size) {
        return BadRlp("ends inside a length");
    }
    const base::ByteView digits = input.subspan(1, length_size);
    if (digits.front() == 0) {
        return BadRlp("a length has leading zeros");
    }
    std::uint64_t size = 0;  // length_size is at most 8
    for (const std::uint8_t digit : digits) {
        size = (size << 8) | digit;
    }
    if (size <= kShortMax) {
        return BadRlp("a short length is written in the long form");
    }
    return static_cast<std::size_t>(size);
}

base::Result<Header> ReadHeader(base::ByteView input) {
    if (input.empty()) {
        return BadRlp("is empty");
    }
    const std::uint8_t first = input.front();
    if (first < kStringOffset) {
        return Header{false, 0, 1};
    }
    Header header;
    header.is_list = first >= kListOffset;
    const std::size_t code = first - (header.is_list ? kListOffset : kStringOffset);
    if (code <= kShortMax) {
        header.start = 1;
        header.size = code;
    } else {
        BASE_ASSIGN_OR_RETURN(header.size, ReadLongLength(input, code - kShortMax));
        header.start = 1 + code - kShortMax;
    }
    if (header.size > input.size() - header.start) {
        return BadRlp("ends before its length");
    }
    if (!header.is_list && header.size == 1 && input[header.start] < kStringOffset) {
        return BadRlp("a single byte below 0x80 has a length");
    }
    return header;
}

// Reads one item from the front of `input` and moves it on.
base::Result<RlpItem> ReadItem(base::ByteView& input, std::size_t depth) {
    if (depth > kRlpDepthMax) {
        return BadRlp("lists are nested too deeply");
    }
    BASE_ASSIGN_OR_RETURN(const Header header, ReadHeader(input));
    base::ByteView payload = input.subspan(header.start, header.size);
    input = input.subspan(header.start + header.size);
    if (!header.is_list) {
        return RlpString(payload);
    }
    std::vector<RlpItem> items;
    while (!payload.empty()) {
        BASE_ASSIGN_OR_RETURN(RlpItem item, ReadItem(payload, depth + 1));
        items.push_back(std::move(item));
    }
    return RlpList(std::move(items));
}

}  // namespace

RlpItem RlpString(base::ByteView bytes) {
    RlpItem item;
    item.bytes = base::ToBytes(bytes);
    return item;
}

RlpItem RlpList(std::vector<RlpItem> items) {
    RlpItem item;
    item.is_list = true;
    item.items = std::move(items);
    return item;
}

RlpItem RlpUint(const money::UInt256& value) {
    return RlpString(value.ToMinimalBigEndian());
}

base::Bytes EncodeRlp(const RlpItem& item) {
    base::Bytes encoded;
    if (!item.is_list) {
        if (item.bytes.size() != 1 || item.bytes.front() >= kStringOffset) {
            AppendHeader(encoded, item.bytes.size(), kStringOffset);
        }
        base::Append(encoded, item.bytes);
        return encoded;
    }
    base::Bytes payload;
    for (const RlpItem& part : item.items) {
        base::Append(payload, EncodeRlp(part));
    }
    AppendHeader(encoded, payload.size(), kListOffset);
    base::Append(encoded, payload);
    return encoded;
}

base::Result<RlpItem> DecodeRlp(base::ByteView encoded) {
    BASE_ASSIGN_OR_RETURN(RlpItem item, ReadItem(encoded, 1));
    if (!encoded.empty()) {
        return BadRlp("bytes follow the item");
    }
    return item;
}

base::Result<money::UInt256> RlpToUint(const RlpItem& item) {
    if (item.is_list) {
        return BadRlp("a list stands where a number belongs");
    }
    if (!item.bytes.empty() && item.bytes.front() == 0) {
        return BadRlp("a number has leading zeros");
    }
    if (item.bytes.size() > 32) {
        return BadRlp("a number has more than 256 bits");
    }
    return money::UInt256::FromBigEndian(item.bytes);
}

base::Result<std::uint64_t> RlpToUint64(const RlpItem& item) {
    BASE_ASSIGN_OR_RETURN(const money::UInt256 value, RlpToUint(item));
    const auto small = value.ToUint64();
    if (!small) {
        return BadRlp("a number has more than 64 bits");
    }
    return *small;
}

}  // namespace evm
