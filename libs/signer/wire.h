// How messages to and from the signer are written: integers big-endian, texts and byte strings with
// a 32-bit length before them. Frames are [payload size: 4][id: 8][payload]. Buffers are secret
// memory, because some messages carry keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "secret/secret.h"

namespace signer {

inline constexpr std::size_t kFrameSizeMax = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t kFrameHeaderSize = 12;

class Writer {
public:
    void operator()(std::uint8_t value) { Number(value, 1); }

    void operator()(std::uint32_t value) { Number(value, 4); }

    void operator()(std::uint64_t value) { Number(value, 8); }

    void operator()(bool value) { Number(value ? 1 : 0, 1); }

    void operator()(std::string_view text) { Block(base::AsBytes(text)); }

    void operator()(const base::Bytes& bytes) { Block(bytes); }

    void operator()(const secret::Bytes& bytes) { Block(bytes.Expose()); }

    void operator()(const secret::String& text) { (*this)(text.Expose()); }

    [[nodiscard]] secret::Bytes Take();

private:
    void Number(std::uint64_t value, int size);
    void Block(base::ByteView bytes);
    void Put(base::ByteView bytes);

    secret::Bytes buffer_;
    std::size_t size_ = 0;
};

// Answers zeros and empty values once anything has been missing; look at Complete() at the end.
class Reader {
public:
    explicit Reader(base::ByteView message) : rest_(message) {}

    void operator()(std::uint8_t& value) { value = static_cast<std::uint8_t>(Number(1)); }

    void operator()(std::uint32_t& value) { value = static_cast<std::uint32_t>(Number(4)); }

    void operator()(std::uint64_t& value) { value = Number(8); }

    void operator()(bool& value) { value = Number(1) != 0; }

    void operator()(std::string& text) { text = base::ToText(Block()); }

    void operator()(base::Bytes& bytes) { bytes = base::ToBytes(Block()); }

    void operator()(secret::Bytes& bytes) { bytes = secret::Bytes::Copy(Block()); }

    void operator()(secret::String& text) { text = secret::String(base::AsText(Block())); }

    // Everything was there and nothing is left over.
    [[nodiscard]] bool Complete() const { return !failed_ && rest_.empty(); }

private:
    [[nodiscard]] std::uint64_t Number(std::size_t size);
    [[nodiscard]] base::ByteView Block();

    base::ByteView rest_;
    bool failed_ = false;
};

struct FrameHeader {
    std::uint32_t size = 0;  // of the payload
    std::uint64_t id = 0;
};

[[nodiscard]] base::ByteArray<kFrameHeaderSize> EncodeFrameHeader(const FrameHeader& header);
[[nodiscard]] FrameHeader DecodeFrameHeader(const base::ByteArray<kFrameHeaderSize>& bytes);

}  // namespace signer
