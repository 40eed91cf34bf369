// vector-oracle: operations of the test vectors, answered from our libraries. One table a topic.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/result.h"
#include "secret/secret.h"

namespace oracle {

using Json = nlohmann::json;
using Answer = base::Result<Json>;

struct Operation {
    std::string_view name;
    Answer (*run)(const Json& in);
};

// The tables.
[[nodiscard]] std::span<const Operation> AmountOperations();
[[nodiscard]] std::span<const Operation> BipOperations();
[[nodiscard]] std::span<const Operation> BtcOperations();
[[nodiscard]] std::span<const Operation> CryptoOperations();
[[nodiscard]] std::span<const Operation> EncodingOperations();
[[nodiscard]] std::span<const Operation> EthOperations();
[[nodiscard]] std::span<const Operation> JwtOperations();
[[nodiscard]] std::span<const Operation> SolOperations();
[[nodiscard]] std::span<const Operation> ZcashOperations();

// The operation of that name, or null.
[[nodiscard]] const Operation* FindOperation(std::string_view name);

// The results of an operation. (A Json converts to too much to be returned as an Answer directly.)
[[nodiscard]] Answer Ok(Json out);

// Inputs. An absent or mistyped key throws nlohmann::json::exception, which main answers as a bad
// request. Hex may have a 0x prefix and either case.
[[nodiscard]] std::string Text(const Json& in, const char* key);
[[nodiscard]] std::string TextOr(const Json& in, const char* key, std::string_view fallback);
[[nodiscard]] base::Result<base::Bytes> Hex(const Json& in, const char* key);
[[nodiscard]] base::Result<secret::Bytes> SecretHex(const Json& in, const char* key);
[[nodiscard]] secret::String SecretText(const Json& in, const char* key);

// A master key's seed: `seed`, or `mnemonic` with an optional `passphrase`.
[[nodiscard]] base::Result<secret::Bytes> SeedIn(const Json& in);

// Bytes of exactly N. Errors: `bad_size`.
[[nodiscard]] base::Error BadSize(const char* key, std::size_t size);

template <std::size_t N>
[[nodiscard]] base::Result<base::ByteArray<N>> HexArray(const Json& in, const char* key) {
    BASE_ASSIGN_OR_RETURN(const base::Bytes bytes, Hex(in, key));
    if (bytes.size() != N) {
        return BadSize(key, N);
    }
    return base::ToArray<N>(bytes);
}

}  // namespace oracle
