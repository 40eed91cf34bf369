#include "signer/messages.h"

#include <cstddef>
#include <type_traits>

#include "signer/wire.h"
#include "utxo/coin_selection.h"

namespace signer {

namespace {

constexpr std::size_t kKekCountMax = 64;
constexpr std::size_t kFurtherKeysMax = utxo::kInputsMax;

template <std::size_t max, class Entry>
void List(Writer& writer, const std::vector<Entry>& list);
template <std::size_t max, class Entry>
void List(Reader& reader, std::vector<Entry>& list);

// One list of fields a message, used for writing (Message is const) and for reading.
template <class Archive, class Message>
void Fields(Archive& archive, Message& message) {
    using Type = std::remove_const_t<Message>;
    if constexpr (std::is_same_v<Type, KeyRef>) {
        archive(message.wallet_id);
        archive(message.user_id);
        archive(message.network);
        archive(message.address);
        archive(message.envelope);
    } else if constexpr (std::is_same_v<Type, OrderBytes>) {
        archive(message.order);
        archive(message.signature);
    } else if constexpr (std::is_same_v<Type, CreateSeed>) {
        archive(message.user_id);
        archive(message.kek_version);
    } else if constexpr (std::is_same_v<Type, DeriveKey>) {
        archive(message.user_id);
        archive(message.seed_envelope);
        archive(message.wallet_id);
        archive(message.network);
        archive(message.index);
        archive(message.kek_version);
    } else if constexpr (std::is_same_v<Type, ImportKey>) {
        archive(message.user_id);
        archive(message.wallet_id);
        archive(message.network);
        archive(message.form);
        archive(message.key);
        archive(message.passphrase);
        archive(message.path);
        archive(message.kek_version);
    } else if constexpr (std::is_same_v<Type, ExportKey>) {
        Fields(archive, message.key);
    } else if constexpr (std::is_same_v<Type, ExportSeed>) {
        archive(message.user_id);
        archive(message.seed_envelope);
    } else if constexpr (std::is_same_v<Type, SignTransaction>) {
        Fields(archive, message.key);
        Fields(archive, message.order);
        Fields(archive, message.first_order);
        archive(message.unsigned_tx);
        archive(message.first_signed_tx);
        archive(message.amount_max);
        List<kFurtherKeysMax>(archive, message.further_keys);
    } else if constexpr (std::is_same_v<Type, SignFill>) {
        Fields(archive, message.key);
        archive(message.unsigned_tx);
    } else if constexpr (std::is_same_v<Type, SignMessage>) {
        Fields(archive, message.key);
        Fields(archive, message.order);
        archive(message.content);
    } else if constexpr (std::is_same_v<Type, RewrapKey>) {
        Fields(archive, message.key);
        archive(message.kek_version);
    } else if constexpr (std::is_same_v<Type, SealedSeed> || std::is_same_v<Type, RewrappedKey>) {
        archive(message.envelope);
    } else if constexpr (std::is_same_v<Type, SealedKey>) {
        archive(message.address);
        archive(message.path);
        archive(message.envelope);
    } else if constexpr (std::is_same_v<Type, ExportedSecret>) {
        archive(message.text);
    } else if constexpr (std::is_same_v<Type, SignedBytes>) {
        archive(message.signed_tx);
        archive(message.tx_hash);
    } else {
        static_assert(std::is_same_v<Type, Kek>);
        archive(message.version);
        archive(message.check_value);
    }
}

void Fields(Writer& /*writer*/, const ListKeks& /*message*/) {}

void Fields(Reader& /*reader*/, ListKeks& /*message*/) {}

void Fields(Writer& writer, const MessageSignature& message) {
    writer(message.text);
}

void Fields(Reader& reader, MessageSignature& message) {
    reader(message.text);
}

template <std::size_t max, class Entry>
void List(Writer& writer, const std::vector<Entry>& list) {
    writer(static_cast<std::uint32_t>(list.size()));
    for (const Entry& entry : list) {
        Fields(writer, entry);
    }
}

// A longer list leaves something over, so that the message does not decode.
template <std::size_t max, class Entry>
void List(Reader& reader, std::vector<Entry>& list) {
    std::uint32_t count = 0;
    reader(count);
    for (std::uint32_t i = 0; i < count && i < max; ++i) {
        Fields(reader, list.emplace_back());
    }
}

void Fields(Writer& writer, const KekList& message) {
    List<kKekCountMax>(writer, message.keks);
}

void Fields(Reader& reader, KekList& message) {
    List<kKekCountMax>(reader, message.keks);
}

base::Error BadMessage() {
    return base::InvalidArgument("bad_message", "the message does not decode");
}

template <class Variant>
void WriteVariant(Writer& writer, const Variant& message) {
    writer(static_cast<std::uint8_t>(message.index()));
    std::visit([&](const auto& value) { Fields(writer, value); }, message);
}

template <class Variant, std::size_t index = 0>
bool ReadVariant(Reader& reader, std::size_t wanted, Variant& message) {
    if constexpr (index == std::variant_size_v<Variant>) {
        return false;
    } else {
        if (wanted == index) {
            Fields(reader, message.template emplace<index>());
            return reader.Complete();
        }
        return ReadVariant<Variant, index + 1>(reader, wanted, message);
    }
}

constexpr std::uint8_t kErrorTag = 0xff;

void WriteError(Writer& writer, const base::Error& error) {
    writer(kErrorTag);
    writer(static_cast<std::uint8_t>(error.kind));
    writer(error.reason);
    writer(error.detail);
    writer(error.remedy);
    writer(error.pointer);
}

base::Error ReadError(Reader& reader) {
    base::Error error;
    std::uint8_t kind = 0;
    reader(kind);
    reader(error.reason);
    reader(error.detail);
    reader(error.remedy);
    reader(error.pointer);
    if (!reader.Complete() || kind > static_cast<std::uint8_t>(base::ErrorKind::kInternal)) {
        return BadMessage();
    }
    error.kind = static_cast<base::ErrorKind>(kind);
    return error;
}

}  // namespace

secret::Bytes EncodeRequest(const Request& request) {
    Writer writer;
    WriteVariant(writer, request);
    return writer.Take();
}

base::Result<Request> DecodeRequest(base::ByteView bytes) {
    Reader reader(bytes);
    std::uint8_t tag = 0;
    reader(tag);
    Request request;
    if (!ReadVariant(reader, tag, request)) {
        return BadMessage();
    }
    return request;
}

secret::Bytes EncodeReply(const base::Result<Reply>& reply) {
    Writer writer;
    if (reply) {
        WriteVariant(writer, *reply);
    } else {
        WriteError(writer, reply.error());
    }
    return writer.Take();
}

base::Result<Reply> DecodeReply(base::ByteView bytes) {
    Reader reader(bytes);
    std::uint8_t tag = 0;
    reader(tag);
    if (tag == kErrorTag) {
        return ReadError(reader);
    }
    Reply reply;
    if (!ReadVariant(reader, tag, reply)) {
        return BadMessage();
    }
    return reply;
}

}  // namespace signer
