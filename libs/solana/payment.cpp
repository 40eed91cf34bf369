#include "solana/payment.h"

#include <limits>
#include <utility>
#include <variant>
#include <vector>

#include "money/uint256.h"
#include "solana/instructions.h"
#include "solana/params.h"
#include "solana/pda.h"

namespace solana {

namespace {

using money::UInt256;

constexpr std::uint64_t kMicro = 1'000'000;

// Where the amount stands in the data of System.Transfer and TransferChecked.
constexpr std::size_t kTransferAmountAt = 4;
constexpr std::size_t kTokenAmountAt = 1;
// Where limit and price stand after the instruction's number.
constexpr std::size_t kBudgetValueAt = 1;

base::Error Mismatch(std::string detail) {
    return base::FailedPrecondition("tx_mismatch", std::move(detail));
}

template <class Integer>
base::Result<Integer> ReadLittleEndian(const base::Bytes& data, std::size_t at) {
    if (data.size() < at + sizeof(Integer)) {
        return Mismatch("an instruction is cut short");
    }
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i) {
        value = static_cast<Integer>(value | static_cast<Integer>(data[at + i]) << (8 * i));
    }
    return value;
}

// The programs and data of a message whose accounts are compared later, all together.
struct Step {
    Pubkey program;
    const base::Bytes* data = nullptr;
};

std::vector<Step> StepsOf(const Message& message) {
    std::vector<Step> steps;
    for (const CompiledInstruction& instruction : message.instructions) {
        if (instruction.program_index < message.account_keys.size()) {
            steps.push_back({message.account_keys[instruction.program_index], &instruction.data});
        }
    }
    return steps;
}

// Takes the instructions in the order in which ComposePayment writes them.
base::Result<PaymentFigures> ReadSteps(const std::vector<Step>& steps, const chain::Plan& plan) {
    PaymentFigures figures;
    std::size_t next = 0;
    const auto is = [&](const Pubkey& program) {
        return next < steps.size() && steps[next].program == program;
    };
    if (!is(ComputeBudgetProgram())) {
        return Mismatch("a payment begins with its compute limit");
    }
    BASE_ASSIGN_OR_RETURN(figures.compute_limit,
                          ReadLittleEndian<std::uint32_t>(*steps[next++].data, kBudgetValueAt));
    if (!is(ComputeBudgetProgram())) {
        return Mismatch("a payment states its compute price");
    }
    BASE_ASSIGN_OR_RETURN(figures.compute_price,
                          ReadLittleEndian<std::uint64_t>(*steps[next++].data, kBudgetValueAt));
    if (is(AssociatedTokenProgram())) {
        figures.creates_account = true;
        ++next;
    }
    if (is(MemoProgram())) {
        figures.memo = base::ToText(*steps[next++].data);
    }
    if (next + 1 != steps.size()) {
        return Mismatch("there are more or fewer instructions than the order's payment has");
    }
    const std::size_t at = plan.asset.IsNative() ? kTransferAmountAt : kTokenAmountAt;
    BASE_ASSIGN_OR_RETURN(figures.amount, ReadLittleEndian<std::uint64_t>(*steps[next].data, at));
    return figures;
}

base::Result<Instruction> TokenTransferOf(const chain::Plan& plan,
                                          const Pubkey& from,
                                          const TokenRoute& route,
                                          std::uint64_t amount) {
    if (plan.asset.decimals > std::numeric_limits<std::uint8_t>::max()) {
        return base::InvalidArgument("bad_order", "a token has at most 255 decimals");
    }
    return TransferToken({route.token_program,
                          route.source,
                          route.mint,
                          route.destination,
                          from,
                          amount,
                          static_cast<std::uint8_t>(plan.asset.decimals)});
}

}  // namespace

std::uint64_t TransactionFee(const PaymentFigures& figures) {
    // Bounded by ReadFigures and ComposePayment: no overflow below 2^64.
    const std::uint64_t product = figures.compute_limit * figures.compute_price;
    return kSignatureFee + product / kMicro + (product % kMicro == 0 ? 0 : 1);
}

std::uint64_t AssumedRent(const money::Asset& asset) {
    return asset.program == Token2022Program().ToString() ? kToken2022AccountRent
                                                          : kTokenAccountRent;
}

base::Result<TokenRoute> RouteOf(const money::Asset& asset,
                                 const Pubkey& from,
                                 const Pubkey& recipient) {
    TokenRoute route;
    BASE_ASSIGN_OR_RETURN(route.mint, Pubkey::Parse(asset.contract));
    BASE_ASSIGN_OR_RETURN(route.token_program, Pubkey::Parse(asset.program));
    if (!IsTokenProgram(route.token_program)) {
        return base::FailedPrecondition("token_not_supported",
                                        "the token is of neither Token nor Token-2022");
    }
    route.recipient = recipient;
    BASE_ASSIGN_OR_RETURN(const ProgramAddress source,
                          AssociatedTokenAddress({from, route.mint, route.token_program}));
    BASE_ASSIGN_OR_RETURN(const ProgramAddress destination,
                          AssociatedTokenAddress({recipient, route.mint, route.token_program}));
    route.source = source.address;
    route.destination = destination.address;
    return route;
}

base::Result<const chain::Recipient*> RecipientOf(const chain::Plan& plan) {
    const auto* transfer = std::get_if<chain::Transfer>(&plan.action);
    if (transfer == nullptr) {
        return base::InvalidArgument("unsupported_action", "this chain has no such action");
    }
    if (transfer->mode == chain::TransferMode::kSubtractFee && !plan.asset.IsNative()) {
        return base::InvalidArgument("unsupported_action",
                                     "a fee in SOL does not come out of a token's amount");
    }
    if (transfer->recipients.size() != 1) {
        return base::InvalidArgument("bad_recipients", "a payment has one recipient here");
    }
    return &transfer->recipients.front();
}

base::Result<Message> ComposePayment(const chain::Plan& plan, const PaymentFigures& figures) {
    if (figures.compute_limit > kComputeUnitsMax || figures.compute_price > kComputePriceMax) {
        return Mismatch("compute limit or price is above the chain's bounds");
    }
    BASE_ASSIGN_OR_RETURN(const chain::Recipient* recipient, RecipientOf(plan));
    BASE_ASSIGN_OR_RETURN(const Pubkey from, Pubkey::Parse(plan.from));
    BASE_ASSIGN_OR_RETURN(const Pubkey to, Pubkey::Parse(recipient->address));
    MessageParts parts;
    parts.payer = from;
    parts.recent_blockhash = figures.blockhash;
    parts.instructions = {SetComputeUnitLimit(figures.compute_limit),
                          SetComputeUnitPrice(figures.compute_price)};
    if (plan.asset.IsNative() && figures.creates_account) {
        return Mismatch("no token account is made for a payment in SOL");
    }
    Instruction transfer;
    if (plan.asset.IsNative()) {
        transfer = TransferLamports({from, to, figures.amount});
    } else {
        BASE_ASSIGN_OR_RETURN(const TokenRoute route, RouteOf(plan.asset, from, to));
        if (figures.creates_account) {
            BASE_ASSIGN_OR_RETURN(auto creation,
                                  CreateTokenAccount(from, {to, route.mint, route.token_program}));
            parts.instructions.push_back(std::move(creation));
        }
        BASE_ASSIGN_OR_RETURN(transfer, TokenTransferOf(plan, from, route, figures.amount));
    }
    // Accounts that demand a memo want it just before the transfer.
    if (!figures.memo.empty()) {
        parts.instructions.push_back(Memo(figures.memo, {from}));
    }
    parts.instructions.push_back(std::move(transfer));
    return CompileMessage(parts);
}

base::Result<PaymentFigures> ReadPayment(const Message& message, const chain::Plan& plan) {
    BASE_ASSIGN_OR_RETURN(PaymentFigures figures, ReadSteps(StepsOf(message), plan));
    figures.blockhash = message.recent_blockhash;
    BASE_ASSIGN_OR_RETURN(const Message ordered, ComposePayment(plan, figures));
    if (!(ordered == message)) {
        return Mismatch("the message is not exactly the order's payment");
    }
    return figures;
}

base::Result<> CheckPayment(const PaymentFigures& figures,
                            const chain::Plan& plan,
                            const UInt256& ceiling) {
    BASE_ASSIGN_OR_RETURN(const chain::Recipient* recipient, RecipientOf(plan));
    const UInt256 costs(TransactionFee(figures) +
                        (figures.creates_account ? AssumedRent(plan.asset) : 0));
    if (costs > plan.fee_cap || costs > ceiling) {
        return base::FailedPrecondition("fee_cap_exceeded",
                                        "the transaction may cost more than was allowed");
    }
    const UInt256 amount(figures.amount);
    switch (std::get<chain::Transfer>(plan.action).mode) {
        case chain::TransferMode::kExact:
            return amount == recipient->amount ? base::Result<>()
                                               : Mismatch("the amount is not the ordered one");
        case chain::TransferMode::kSubtractFee: {
            const auto least = money::CheckedSub(recipient->amount, plan.fee_cap);
            const auto sum = money::CheckedAdd(amount, costs);
            return sum && *sum <= recipient->amount && (!least || amount >= *least)
                       ? base::Result<>()
                       : Mismatch("amount and costs together are not the ordered amount");
        }
        case chain::TransferMode::kAll:
            return {};
    }
    return {};
}

}  // namespace solana
