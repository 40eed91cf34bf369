#include "solana/instructions.h"

namespace solana {

namespace {

// Instruction numbers: System's are 32 bits, the others' 8.
constexpr std::uint32_t kSystemTransfer = 2;
constexpr std::uint8_t kTokenCloseAccount = 9;
constexpr std::uint8_t kTokenTransferChecked = 12;
constexpr std::uint8_t kTokenSyncNative = 17;
constexpr std::uint8_t kCreateIdempotent = 1;
constexpr std::uint8_t kComputeUnitLimit = 2;
constexpr std::uint8_t kComputeUnitPrice = 3;

template <class Integer>
void AppendLittleEndian(base::Bytes& target, Integer value) {
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        target.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

AccountMeta Writable(const Pubkey& key) {
    return {key, false, true};
}

AccountMeta ReadOnly(const Pubkey& key) {
    return {key, false, false};
}

AccountMeta Signer(const Pubkey& key) {
    return {key, true, false};
}

AccountMeta WritableSigner(const Pubkey& key) {
    return {key, true, true};
}

}  // namespace

Instruction TransferLamports(const LamportTransfer& transfer) {
    Instruction instruction;
    instruction.program = SystemProgram();
    instruction.accounts = {WritableSigner(transfer.from), Writable(transfer.to)};
    AppendLittleEndian(instruction.data, kSystemTransfer);
    AppendLittleEndian(instruction.data, transfer.lamports);
    return instruction;
}

Instruction TransferToken(const TokenTransfer& transfer) {
    Instruction instruction;
    instruction.program = transfer.token_program;
    instruction.accounts = {Writable(transfer.source),
                            ReadOnly(transfer.mint),
                            Writable(transfer.destination),
                            Signer(transfer.owner)};
    instruction.data = {kTokenTransferChecked};
    AppendLittleEndian(instruction.data, transfer.amount);
    instruction.data.push_back(transfer.decimals);
    return instruction;
}

base::Result<Instruction> CreateTokenAccount(const Pubkey& payer, const TokenAccountKey& account) {
    BASE_ASSIGN_OR_RETURN(const ProgramAddress derived, AssociatedTokenAddress(account));
    Instruction instruction;
    instruction.program = AssociatedTokenProgram();
    instruction.accounts = {WritableSigner(payer),
                            Writable(derived.address),
                            ReadOnly(account.owner),
                            ReadOnly(account.mint),
                            ReadOnly(SystemProgram()),
                            ReadOnly(account.token_program)};
    instruction.data = {kCreateIdempotent};
    return instruction;
}

Instruction SyncNative(const Pubkey& token_account) {
    Instruction instruction;
    instruction.program = TokenProgram();
    instruction.accounts = {Writable(token_account)};
    instruction.data = {kTokenSyncNative};
    return instruction;
}

Instruction CloseTokenAccount(const AccountClosing& closing) {
    Instruction instruction;
    instruction.program = closing.token_program;
    instruction.accounts = {
        Writable(closing.account), Writable(closing.destination), Signer(closing.owner)};
    instruction.data = {kTokenCloseAccount};
    return instruction;
}

Instruction SetComputeUnitLimit(std::uint32_t units) {
    Instruction instruction;
    instruction.program = ComputeBudgetProgram();
    instruction.data = {kComputeUnitLimit};
    AppendLittleEndian(instruction.data, units);
    return instruction;
}

Instruction SetComputeUnitPrice(std::uint64_t micro_lamports) {
    Instruction instruction;
    instruction.program = ComputeBudgetProgram();
    instruction.data = {kComputeUnitPrice};
    AppendLittleEndian(instruction.data, micro_lamports);
    return instruction;
}

Instruction Memo(std::string_view text, const std::vector<Pubkey>& signers) {
    Instruction instruction;
    instruction.program = MemoProgram();
    for (const Pubkey& signer : signers) {
        instruction.accounts.push_back(Signer(signer));
    }
    instruction.data = base::ToBytes(base::AsBytes(text));
    return instruction;
}

}  // namespace solana
