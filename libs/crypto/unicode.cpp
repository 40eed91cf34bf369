#include "crypto/unicode.h"

#include <cstdint>
#include <utf8proc.h>
#include <utility>

namespace crypto {

namespace {

base::Result<secret::String> Normalise(const secret::String& text, int options) {
    const auto flags = static_cast<utf8proc_option_t>(options);
    const base::ByteView source = base::AsBytes(text.Expose());
    const auto source_size = static_cast<utf8proc_ssize_t>(source.size());
    const utf8proc_ssize_t count =
        utf8proc_decompose(source.data(), source_size, nullptr, 0, flags);
    if (count < 0) {
        return base::InvalidArgument("bad_utf8", "the text is not valid UTF-8");
    }
    // One code point more than needed, because reencode ends its text with a zero byte. Memory from
    // operator new is aligned for code points.
    secret::Bytes buffer((static_cast<std::size_t>(count) + 1) * sizeof(utf8proc_int32_t));
    auto* const points = reinterpret_cast<utf8proc_int32_t*>(buffer.Fill().data());
    (void)utf8proc_decompose(source.data(), source_size, points, count, flags);
    const utf8proc_ssize_t size = utf8proc_reencode(points, count, flags);
    if (size < 0) {
        return base::InvalidArgument("bad_utf8", "the text is not valid UTF-8");
    }
    buffer.Shrink(static_cast<std::size_t>(size));
    return secret::String(std::move(buffer));
}

}  // namespace

base::Result<secret::String> NormaliseNfkd(const secret::String& text) {
    return Normalise(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
}

base::Result<secret::String> NormaliseNfc(const secret::String& text) {
    return Normalise(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

}  // namespace crypto
