#include "solana/answers.h"

#include <limits>
#include <utility>

#include "base/text.h"
#include "crypto/base64.h"

namespace solana {

namespace {

constexpr std::size_t kListMax = 10'000;

}  // namespace

base::Error BadAnswer(std::string_view what) {
    return base::Unavailable("node_unavailable",
                             "the node's answer cannot be used: " + std::string(what));
}

bool IsRejected(const base::Error& error) {
    return error.reason == "node_rejected";
}

std::string UpstreamText(const base::Error& error) {
    const auto found = error.metadata.find("upstream");
    return found == error.metadata.end() ? error.detail : found->second;
}

int UpstreamCode(const base::Error& error) {
    const auto found = error.metadata.find("code");
    if (!IsRejected(error) || found == error.metadata.end() || !found->second.starts_with('-')) {
        return 0;
    }
    const auto size = base::ParseUnsigned<int>(std::string_view(found->second).substr(1), 99'999);
    return size ? -*size : 0;
}

const Json& Member(const Json& object, std::string_view key) {
    static const Json none;
    if (!object.is_object()) {
        return none;
    }
    const auto found = object.find(key);
    return found == object.end() ? none : *found;
}

base::Result<std::uint64_t> ReadNumber(const Json& value, std::string_view what) {
    if (value.is_number_unsigned()) {
        return value.get<std::uint64_t>();
    }
    if (value.is_number_integer() && value.get<std::int64_t>() >= 0) {
        return static_cast<std::uint64_t>(value.get<std::int64_t>());
    }
    const auto* text = value.get_ptr<const Json::string_t*>();
    if (text != nullptr) {
        const auto number =
            base::ParseUnsigned<std::uint64_t>(*text, std::numeric_limits<std::uint64_t>::max());
        if (number) {
            return *number;
        }
    }
    return BadAnswer(what);
}

base::Result<std::string> ReadText(const Json& value, std::string_view what) {
    const auto* text = value.get_ptr<const Json::string_t*>();
    return text == nullptr ? base::Result<std::string>(BadAnswer(what)) : *text;
}

base::Result<Pubkey> ReadKey(const Json& value, std::string_view what) {
    BASE_ASSIGN_OR_RETURN(const std::string text, ReadText(value, what));
    const auto key = Pubkey::Parse(text);
    return key ? key : BadAnswer(what);
}

base::Result<const Json*> ReadList(const Json& value, std::string_view what) {
    if (!value.is_array() || value.size() > kListMax) {
        return BadAnswer(what);
    }
    return &value;
}

base::Result<std::uint64_t> ReadContextSlot(const Json& answer) {
    return ReadNumber(Member(Member(answer, "context"), "slot"), "the slot of an answer");
}

base::Result<std::optional<NodeAccount>> ReadAccount(const Json& value) {
    if (value.is_null()) {
        return std::optional<NodeAccount>();
    }
    NodeAccount account;
    BASE_ASSIGN_OR_RETURN(account.lamports, ReadNumber(Member(value, "lamports"), "lamports"));
    BASE_ASSIGN_OR_RETURN(account.owner, ReadKey(Member(value, "owner"), "an account's owner"));
    account.executable = Member(value, "executable") == true;
    const Json& data = Member(value, "data");
    if (!data.is_array() || data.size() != 2 || data[1] != "base64") {
        return BadAnswer("an account's data");
    }
    BASE_ASSIGN_OR_RETURN(const std::string text, ReadText(data[0], "an account's data"));
    auto bytes = crypto::Base64Decode(text);
    if (!bytes) {
        return BadAnswer("an account's data");
    }
    account.data = std::move(*bytes);
    return std::optional(std::move(account));
}

}  // namespace solana
