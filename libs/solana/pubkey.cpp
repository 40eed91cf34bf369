#include "solana/pubkey.h"

#include "base/check.h"
#include "crypto/base58.h"
#include "crypto/ed25519.h"

namespace solana {

namespace {

// Only for the texts below: a wrong one ends the process at start.
Pubkey Constant(std::string_view text) {
    const auto key = Pubkey::Parse(text);
    BASE_CHECK(key.has_value());
    return *key;
}

}  // namespace

base::Result<Pubkey> Pubkey::Parse(std::string_view text) {
    // 32 bytes come to 32 (all zero) to 44 letters.
    constexpr std::size_t kTextMax = 44;
    if (text.starts_with("0x")) {
        return base::InvalidArgument("wrong_network", "this looks like an Ethereum address");
    }
    if (text.size() > kTextMax) {
        return base::InvalidArgument("bad_address", "a Solana address has at most 44 letters");
    }
    const auto bytes = crypto::Base58Decode(text);
    if (!bytes) {
        return base::InvalidArgument("bad_address", bytes.error().detail);
    }
    if (bytes->size() != 32) {
        return base::InvalidArgument(
            "bad_address",
            "a Solana address has 32 bytes, this has " + std::to_string(bytes->size()));
    }
    return Pubkey{base::ToArray<32>(*bytes)};
}

std::string Pubkey::ToString() const {
    return crypto::Base58Encode(bytes);
}

bool Pubkey::IsOnCurve() const {
    return crypto::IsOnEd25519Curve(bytes);
}

const Pubkey& SystemProgram() {
    static const Pubkey key = Constant("11111111111111111111111111111111");
    return key;
}

const Pubkey& TokenProgram() {
    static const Pubkey key = Constant("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
    return key;
}

const Pubkey& Token2022Program() {
    static const Pubkey key = Constant("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
    return key;
}

const Pubkey& AssociatedTokenProgram() {
    static const Pubkey key = Constant("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
    return key;
}

const Pubkey& ComputeBudgetProgram() {
    static const Pubkey key = Constant("ComputeBudget111111111111111111111111111111");
    return key;
}

const Pubkey& MemoProgram() {
    static const Pubkey key = Constant("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
    return key;
}

const Pubkey& WrappedSolMint() {
    static const Pubkey key = Constant("So11111111111111111111111111111111111111112");
    return key;
}

bool IsTokenProgram(const Pubkey& program) {
    return program == TokenProgram() || program == Token2022Program();
}

}  // namespace solana
