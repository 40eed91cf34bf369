#include "solana/token_data.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "solana/params.h"

namespace solana {

namespace {

// Layouts of the Token program; Token-2022 begins with the same bytes.
constexpr std::size_t kMintSize = 82;
constexpr std::size_t kMintDecimalsAt = 44;
constexpr std::size_t kMintInitialisedAt = 45;
constexpr std::size_t kAccountAmountAt = 64;
constexpr std::size_t kAccountStateAt = 108;
constexpr std::uint8_t kStateInitialised = 1;
constexpr std::uint8_t kStateFrozen = 2;

// Token-2022: the kind of account follows the longest base layout, then come the extensions, each
// with type and length (16 bits, little-endian).
constexpr std::size_t kKindAt = kTokenAccountSize;
constexpr std::uint8_t kKindMint = 1;
constexpr std::uint8_t kKindAccount = 2;
constexpr std::size_t kExtensionHeader = 4;

struct Extension {
    std::uint16_t type = 0;
    std::string_view name;
};

constexpr std::uint16_t kTokenMetadata = 19;

// Those that leave a plain transfer what it is.
constexpr std::array kHarmless = {Extension{3, "mint close authority"},
                                  Extension{4, "confidential transfers"},
                                  Extension{18, "metadata pointer"},
                                  Extension{kTokenMetadata, "metadata"},
                                  Extension{20, "group pointer"},
                                  Extension{21, "group"},
                                  Extension{22, "group member pointer"},
                                  Extension{23, "group member"}};

// Known ones that do not, for the sake of the message.
constexpr std::array kRefused = {Extension{1, "transfer fee"},
                                 Extension{6, "default account state"},
                                 Extension{9, "non-transferable"},
                                 Extension{10, "interest"},
                                 Extension{12, "permanent delegate"},
                                 Extension{14, "transfer hook"},
                                 Extension{16, "confidential transfer fee"},
                                 Extension{25, "scaled amounts"},
                                 Extension{26, "pausable"}};

template <class List>
std::optional<std::string_view> NameIn(const List& list, std::uint16_t type) {
    const auto found = std::find_if(
        list.begin(), list.end(), [type](const Extension& known) { return known.type == type; });
    return found == list.end() ? std::nullopt : std::optional(found->name);
}

base::Error NotSupported(std::string detail) {
    return base::FailedPrecondition("token_not_supported", std::move(detail));
}

base::Error NoMint() {
    return base::NotFound("unknown_token", "there is no token at this address");
}

std::uint64_t Number(base::ByteView bytes, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
        value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    }
    return value;
}

// A text with its length (32 bits) before it, cut to what is printable and short.
std::string TakeText(base::ByteView& rest) {
    constexpr std::size_t kTextMax = 32;
    if (rest.size() < 4) {
        return {};
    }
    const auto size = static_cast<std::size_t>(Number(rest, 4));
    rest = rest.subspan(4);
    if (size > rest.size()) {
        rest = {};
        return {};
    }
    std::string text;
    for (const char letter : base::AsText(rest.first(std::min(size, kTextMax)))) {
        if (letter > ' ' && letter < 0x7f) {
            text += letter;
        } else if (letter == ' ' && !text.empty()) {
            text += letter;
        }
    }
    rest = rest.subspan(size);
    return text;
}

// TokenMetadata: update authority and mint (32 bytes each), name, symbol, URI.
void ReadMetadata(base::ByteView value, Mint& mint) {
    constexpr std::size_t kKeys = 64;
    if (value.size() < kKeys) {
        return;
    }
    base::ByteView rest = value.subspan(kKeys);
    mint.name = TakeText(rest);
    mint.symbol = TakeText(rest);
}

base::Result<> ReadExtensions(base::ByteView rest, Mint& mint) {
    while (rest.size() >= kExtensionHeader) {
        const auto type = static_cast<std::uint16_t>(Number(rest, 2));
        const auto size = static_cast<std::size_t>(Number(rest.subspan(2), 2));
        if (type == 0) {
            return {};  // padding
        }
        if (size > rest.size() - kExtensionHeader) {
            return NotSupported("the token's extensions cannot be read");
        }
        if (!NameIn(kHarmless, type)) {
            const auto name = NameIn(kRefused, type);
            return NotSupported("the token has the extension " +
                                (name ? std::string(*name) : std::to_string(type)) +
                                ", which changes what a transfer does");
        }
        if (type == kTokenMetadata) {
            ReadMetadata(rest.subspan(kExtensionHeader, size), mint);
        }
        rest = rest.subspan(kExtensionHeader + size);
    }
    return {};
}

}  // namespace

base::Result<Mint> ReadMint(const NodeAccount& account) {
    const base::Bytes& data = account.data;
    const bool extended =
        account.owner == Token2022Program() && data.size() > kKindAt && data[kKindAt] == kKindMint;
    if (!IsTokenProgram(account.owner) || (data.size() != kMintSize && !extended) ||
        data[kMintInitialisedAt] != 1) {
        return NoMint();
    }
    Mint mint;
    mint.decimals = data[kMintDecimalsAt];
    if (extended) {
        BASE_RETURN_IF_ERROR(ReadExtensions(base::ByteView(data).subspan(kKindAt + 1), mint));
    }
    return mint;
}

bool IsAbsent(const std::optional<NodeAccount>& account) {
    return !account || (account->owner == SystemProgram() && account->data.empty());
}

base::Result<TokenAccount> ReadTokenAccount(const NodeAccount& account) {
    const base::Bytes& data = account.data;
    const bool extended = account.owner == Token2022Program() && data.size() > kKindAt &&
                          data[kKindAt] == kKindAccount;
    if (!IsTokenProgram(account.owner) || (data.size() != kTokenAccountSize && !extended) ||
        (data[kAccountStateAt] != kStateInitialised && data[kAccountStateAt] != kStateFrozen)) {
        return NotSupported("there is no token account at the wallet's token address");
    }
    TokenAccount token;
    const base::ByteView bytes(data);
    token.mint = Pubkey{base::ToArray<32>(bytes.first(32))};
    token.owner = Pubkey{base::ToArray<32>(bytes.subspan(32, 32))};
    token.amount = Number(bytes.subspan(kAccountAmountAt), 8);
    token.frozen = data[kAccountStateAt] == kStateFrozen;
    return token;
}

}  // namespace solana
