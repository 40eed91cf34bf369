// What can be asked of the signer and what it answers. Plain data; nothing here is trusted before
// the signer has checked it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "secret/secret.h"

namespace signer {

// A wallet's sealed key and whose it is: the envelope opens under exactly these names.
struct KeyRef {
    std::string wallet_id;
    std::string user_id;
    std::string network;  // CAIP-2
    std::string address;
    std::string envelope;
};

// An order as it travels: exact bytes and the gateway's signature. Empty bytes = none.
struct OrderBytes {
    std::string order;
    std::string signature;
};

// A new mnemonic for a user, sealed.
struct CreateSeed {
    std::string user_id;
    std::uint32_t kek_version = 0;
};

// The key at the chain's standard path with this index, out of the user's sealed mnemonic.
struct DeriveKey {
    std::string user_id;
    std::string seed_envelope;
    std::string wallet_id;
    std::string network;
    std::uint32_t index = 0;
    std::uint32_t kek_version = 0;
};

enum class ImportForm : std::uint8_t { kPrivateKey = 1, kMnemonic = 2, kWif = 3 };

// A key that the user brings.
struct ImportKey {
    std::string user_id;
    std::string wallet_id;
    std::string network;
    std::uint8_t form = 0;  // ImportForm
    secret::String key;
    secret::String passphrase;  // of a mnemonic
    std::string path;           // of a mnemonic; empty = the chain's standard one
    std::uint32_t kek_version = 0;
};

// Hands a wallet's private key out.
struct ExportKey {
    KeyRef key;
};

// Hands a user's mnemonic out.
struct ExportSeed {
    std::string user_id;
    std::string seed_envelope;
};

// Signs one attempt of an order.
struct SignTransaction {
    KeyRef key;
    OrderBytes order;
    OrderBytes first_order;  // the payment, where `order` is a speed-up or cancel
    base::Bytes unsigned_tx;
    base::Bytes first_signed_tx;  // of the first attempt, for every later one
    std::string amount_max;       // mode ALL: what was authorised, base units of the asset
    // UTXO: of the wallet's further addresses, those whose coins are spent.
    std::vector<KeyRef> further_keys{};
};

// Signs 0 to self.
struct SignFill {
    KeyRef key;
    base::Bytes unsigned_tx;
};

// Wraps a wallet's key (or, with empty wallet, network and address, a user's mnemonic) with another
// key-encryption key, and proves that it still opens.
struct RewrapKey {
    KeyRef key;
    std::uint32_t kek_version = 0;
};

// Which key-encryption keys there are, with their check values.
struct ListKeks {};

// A message of a wallet, not a transaction.
struct SignMessage {
    KeyRef key;
    OrderBytes order;
    base::Bytes content;  // whose digest the order names
};

using Request = std::variant<CreateSeed,
                             DeriveKey,
                             ImportKey,
                             ExportKey,
                             ExportSeed,
                             SignTransaction,
                             SignFill,
                             RewrapKey,
                             ListKeks,
                             SignMessage>;

struct SealedSeed {
    std::string envelope;
};

struct SealedKey {
    std::string address;  // canonical
    std::string path;     // empty where the key has none
    std::string envelope;
};

struct ExportedSecret {
    secret::String text;
};

struct SignedBytes {
    base::Bytes signed_tx;
    std::string tx_hash;
};

struct RewrappedKey {
    std::string envelope;
};

struct Kek {
    std::uint32_t version = 0;
    base::Bytes check_value;
};

struct KekList {
    std::vector<Kek> keks;
};

struct MessageSignature {
    std::string text;
};

using Reply = std::variant<SealedSeed,
                           SealedKey,
                           ExportedSecret,
                           SignedBytes,
                           RewrappedKey,
                           KekList,
                           MessageSignature>;

[[nodiscard]] secret::Bytes EncodeRequest(const Request& request);

// Errors: `bad_message`.
[[nodiscard]] base::Result<Request> DecodeRequest(base::ByteView bytes);

// An error's kind, reason, detail, remedy and pointer travel.
[[nodiscard]] secret::Bytes EncodeReply(const base::Result<Reply>& reply);

// Errors: the encoded one, or `bad_message`.
[[nodiscard]] base::Result<Reply> DecodeReply(base::ByteView bytes);

}  // namespace signer
