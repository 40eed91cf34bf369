// Keys and instructions for the tests of solana.
#pragma once

#include <string>
#include <vector>

#include "base/hex.h"
#include "solana/instructions.h"
#include "solana/keys.h"
#include "solana/message.h"
#include "solana/transaction.h"

namespace samples {

inline secret::Bytes Seed(std::uint8_t number) {
    return secret::Bytes::Copy(base::Bytes(32, number));
}

// The account of that seed.
inline solana::Pubkey KeyOf(std::uint8_t number) {
    return solana::AddressOfKey(Seed(number)).value();
}

// A key that nobody has.
inline solana::Pubkey Plain(std::uint8_t number) {
    solana::Pubkey key;
    key.bytes.fill(number);
    return key;
}

// Key 1 pays key 2.
inline solana::MessageParts Transfer(solana::MessageVersion version) {
    solana::MessageParts parts;
    parts.version = version;
    parts.payer = KeyOf(1);
    parts.recent_blockhash = Plain(9);
    parts.instructions = {solana::SetComputeUnitLimit(450),
                          solana::TransferLamports({KeyOf(1), KeyOf(2), 5'000})};
    return parts;
}

template <class T>
std::string ReasonOf(const base::Result<T>& result) {
    return result ? "" : result.error().reason;
}

}  // namespace samples
