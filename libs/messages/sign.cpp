#include <utility>

#include "base/hex.h"
#include "crypto/base58.h"
#include "evm/message.h"
#include "messages/message.h"
#include "messages/parts.h"
#include "solana/offchain_message.h"
#include "utxo/ground.h"
#include "utxo/signed_message.h"

namespace messages {

namespace {

base::Result<std::string> SignText(const Message& message, const secret::Bytes& key) {
    BASE_ASSIGN_OR_RETURN(const auto signature, evm::SignPersonalMessage(message.content, key));
    return base::HexEncodePrefixed(signature);
}

base::Result<std::string> SignTypedData(const Message& message, const secret::Bytes& key) {
    BASE_ASSIGN_OR_RETURN(const nlohmann::json json, ParseTypedData(message.content));
    BASE_ASSIGN_OR_RETURN(const auto signature, evm::SignTypedData(json, key));
    return base::HexEncodePrefixed(signature);
}

base::Result<std::string> SignForScript(const Message& message,
                                        const std::string& address,
                                        const secret::Bytes& key) {
    BASE_ASSIGN_OR_RETURN(const utxo::Ground ground, utxo::GroundOf(message.network));
    BASE_ASSIGN_OR_RETURN(const utxo::Address parsed,
                          ground.format->ParseAddress(address, ground.network));
    if (message.kind == Kind::kBip322) {
        return utxo::SignBip322(parsed.script, message.content, key);
    }
    return utxo::SignWithHeader(*ground.format, parsed.script, message.content, key);
}

base::Result<std::string> MakeSignature(const Message& message,
                                        const std::string& address,
                                        const secret::Bytes& key) {
    switch (message.kind) {
        case Kind::kPersonal:
            return SignText(message, key);
        case Kind::kTypedData:
            return SignTypedData(message, key);
        case Kind::kBitcoinLegacy:
        case Kind::kBip322:
        case Kind::kZcashLegacy:
            return SignForScript(message, address, key);
        case Kind::kSolanaOffchain: {
            BASE_ASSIGN_OR_RETURN(const auto signature,
                                  solana::SignOffchainMessage(message.content, key));
            return crypto::Base58Encode(signature);
        }
    }
    return base::Internal("unknown kind of message");
}

}  // namespace

base::Result<std::string> Sign(const Message& message,
                               const std::string& address,
                               const secret::Bytes& key) {
    BASE_RETURN_IF_ERROR(CheckSignable(message));
    BASE_ASSIGN_OR_RETURN(std::string signature, MakeSignature(message, address, key));
    BASE_ASSIGN_OR_RETURN(
        const Verdict verdict,
        Verify({message.kind, message.network, message.content, address, signature}));
    if (!verdict.valid) {
        return base::Internal("a signature of a message did not verify");
    }
    return signature;
}

}  // namespace messages
