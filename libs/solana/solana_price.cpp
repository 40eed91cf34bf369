// Price: what a plan would cost, and every reason why it can never pay.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "money/amount.h"
#include "solana/chain_parts.h"
#include "solana/params.h"
#include "solana/payment.h"
#include "solana/price_market.h"
#include "solana/serial.h"
#include "solana/solana_chain.h"
#include "solana/terms.h"
#include "solana/token_data.h"
#include "solana/transaction.h"

namespace solana {

namespace {

using money::UInt256;

// What the chain shows of the two ends of a payment, at one slot.
struct Ends {
    Pubkey from;
    Pubkey to;
    std::uint64_t slot = 0;
    std::uint64_t lamports = 0;
    std::optional<NodeAccount> recipient;
    // Of a token.
    std::uint64_t tokens = 0;
    bool destination_exists = false;
    std::uint64_t rent_sent_ahead = 0;  // lamports where it will be
};

struct Costs {
    std::uint64_t fee = 0;  // highest, serial included
    std::uint64_t expected = 0;
    std::uint64_t rent = 0;  // of the recipient's token account

    [[nodiscard]] std::uint64_t Most() const { return fee + rent; }
};

std::uint64_t LessOrZero(std::uint64_t left, std::uint64_t right) {
    return left > right ? left - right : 0;
}

chain::TransferMode ModeOf(const chain::Plan& plan) {
    return std::get<chain::Transfer>(plan.action).mode;
}

base::Error InsufficientFunds(const money::Asset& asset,
                              const UInt256& need,
                              std::uint64_t have,
                              std::uint64_t send_at_most) {
    const auto text = [&asset](const UInt256& units) {
        return money::FormatDecimal(units, asset.decimals);
    };
    return base::FailedPrecondition("insufficient_funds",
                                    "this needs " + money::FormatAmount({need, asset}) +
                                        ", the wallet has " +
                                        money::FormatAmount({UInt256(have), asset}))
        .With("need", text(need))
        .With("have", text(UInt256(have)))
        .With("send_at_most", text(UInt256(send_at_most)))
        .With("currency", asset.symbol);
}

base::Error InsufficientGas(const ChainParts& parts, std::uint64_t need, std::uint64_t have) {
    const money::Asset& native = parts.parameters.native;
    return base::FailedPrecondition("insufficient_gas",
                                    "fee and rent of up to " + parts.FormatNative(need) +
                                        " are paid in SOL, the wallet has " +
                                        parts.FormatNative(have))
        .With("need", money::FormatDecimal(UInt256(need), native.decimals))
        .With("have", money::FormatDecimal(UInt256(have), native.decimals))
        .With("currency", native.symbol);
}

// What nobody could take out again is refused before anything is priced.
base::Result<> CheckRecipient(const chain::Plan& plan, const Ends& ends) {
    const auto& transfer = std::get<chain::Transfer>(plan.action);
    if (ends.recipient && (IsTokenProgram(ends.recipient->owner) || ends.recipient->executable)) {
        return base::FailedPrecondition(
            "token_account_recipient",
            ends.recipient->executable
                ? "the recipient is a program"
                : "the recipient is a token account or a mint; give the address of its owner");
    }
    if (!ends.to.IsOnCurve() && !transfer.accept_off_curve) {
        return base::FailedPrecondition(
            "off_curve_recipient",
            "the recipient's address has no private key: only a program can spend from it");
    }
    return {};
}

base::Result<Ends> ReadEnds(const ChainParts& parts, const chain::Plan& plan) {
    Ends ends;
    BASE_ASSIGN_OR_RETURN(const chain::Recipient* recipient, RecipientOf(plan));
    BASE_ASSIGN_OR_RETURN(ends.from, Pubkey::Parse(plan.from));
    BASE_ASSIGN_OR_RETURN(ends.to, Pubkey::Parse(recipient->address));
    std::vector<Pubkey> keys = {ends.from, ends.to};
    if (!plan.asset.IsNative()) {
        BASE_ASSIGN_OR_RETURN(const chain::Token token, parts.TokenAt(plan.asset.contract));
        if (token.asset.decimals != plan.asset.decimals ||
            token.asset.program != plan.asset.program) {
            return base::FailedPrecondition(
                "unknown_token", "the mint has other decimals or another program than was ordered");
        }
        BASE_ASSIGN_OR_RETURN(const TokenRoute route, RouteOf(plan.asset, ends.from, ends.to));
        keys.push_back(route.source);
        keys.push_back(route.destination);
    }
    BASE_ASSIGN_OR_RETURN(AccountsSeen seen, parts.node.Accounts(keys, Commitment::kConfirmed));
    ends.slot = seen.slot;
    ends.lamports = seen.accounts[0] ? seen.accounts[0]->lamports : 0;
    ends.recipient = std::move(seen.accounts[1]);
    BASE_RETURN_IF_ERROR(CheckRecipient(plan, ends));
    if (plan.asset.IsNative()) {
        return ends;
    }
    for (const std::size_t index : {2U, 3U}) {
        if (IsAbsent(seen.accounts[index])) {
            if (index == 3 && seen.accounts[index]) {
                ends.rent_sent_ahead = seen.accounts[index]->lamports;
            }
            continue;
        }
        BASE_ASSIGN_OR_RETURN(const TokenAccount token, ReadTokenAccount(*seen.accounts[index]));
        const Pubkey& owner = index == 2 ? ends.from : ends.to;
        if (token.owner != owner || token.mint.ToString() != plan.asset.contract || token.frozen) {
            return base::FailedPrecondition(
                "token_not_supported",
                token.frozen ? "the token's issuer has frozen one of the two accounts"
                             : "a token account has been given to another owner");
        }
        if (index == 2) {
            ends.tokens = token.amount;
        } else {
            ends.destination_exists = true;
        }
    }
    return ends;
}

base::Result<std::uint64_t> OrderedAmount(const chain::Plan& plan) {
    BASE_ASSIGN_OR_RETURN(const chain::Recipient* recipient, RecipientOf(plan));
    if (ModeOf(plan) == chain::TransferMode::kAll) {
        return 0;
    }
    const auto small = recipient->amount.ToUint64();
    if (!small) {
        return base::FailedPrecondition("insufficient_funds",
                                        "no account of this chain holds that much");
    }
    return *small;
}

// An amount to simulate with, before the fee has decided the real one.
std::uint64_t TrialAmount(const chain::Plan& plan, const Ends& ends, std::uint64_t ordered) {
    switch (ModeOf(plan)) {
        case chain::TransferMode::kExact:
            return ordered;
        case chain::TransferMode::kSubtractFee:
            return LessOrZero(ordered, kSignatureFee);
        case chain::TransferMode::kAll:
            return plan.asset.IsNative() ? LessOrZero(ends.lamports, kSignatureFee) : ends.tokens;
    }
    return ordered;
}

// Compute units by simulation and a fifth on top.
base::Result<std::uint32_t> SimulatedUnits(const ChainParts& parts,
                                           const chain::Plan& plan,
                                           PaymentFigures figures) {
    figures.compute_limit = kComputeUnitsMax;
    BASE_ASSIGN_OR_RETURN(const Message message, ComposePayment(plan, figures));
    Transaction transaction;
    transaction.message = message;
    transaction.signatures.resize(message.header.required_signatures);
    BASE_ASSIGN_OR_RETURN(const Simulation simulation,
                          parts.node.Simulate(SerializeTransaction(transaction)));
    if (!simulation.error.empty()) {
        return base::FailedPrecondition("would_revert",
                                        "the network refuses this payment: " + simulation.error)
            .With("upstream", simulation.error);
    }
    if (simulation.units > kComputeUnitsMax) {
        return BadAnswer("compute units");
    }
    constexpr std::uint64_t kLeast = 300;
    const std::uint64_t units = simulation.units + (simulation.units + 4) / 5 + kLeast;
    return static_cast<std::uint32_t>(std::min(units, kComputeUnitsMax - kSerialLimits));
}

// The sender keeps the rent minimum or goes to exactly zero; a new account begins with it.
base::Result<> CheckRent(const ChainParts& parts,
                         const chain::Plan& plan,
                         const Ends& ends,
                         std::uint64_t amount,
                         std::uint64_t costs) {
    BASE_ASSIGN_OR_RETURN(const std::uint64_t least, parts.node.Rent(0));
    const unsigned decimals = parts.parameters.native.decimals;
    const bool native = plan.asset.IsNative();
    if (native && !ends.recipient && amount < least) {
        return base::FailedPrecondition(
                   "rent_minimum",
                   "the recipient is a new account and must receive at least " +
                       parts.FormatNative(least))
            .With("minimum", money::FormatDecimal(UInt256(least), decimals));
    }
    const std::uint64_t spent = costs + (native && ends.from != ends.to ? amount : 0);
    const std::uint64_t left = LessOrZero(ends.lamports, spent);
    if (left > 0 && left < least) {
        const std::uint64_t at_most = LessOrZero(ends.lamports, costs + least);
        return base::FailedPrecondition("rent_minimum",
                                        "the wallet must keep " + parts.FormatNative(least) +
                                            " or be emptied to zero; this would leave " +
                                            parts.FormatNative(left))
            .With("minimum", money::FormatDecimal(UInt256(least), decimals))
            .With("send_at_most", money::FormatDecimal(UInt256(at_most), decimals));
    }
    return {};
}

// A plan that the wallet cannot pay is not tried; it gets the figure of a plain payment, so that
// the refusal can say what would be needed.
base::Result<std::uint32_t> UnitsFor(const ChainParts& parts,
                                     const chain::Plan& plan,
                                     const Ends& ends,
                                     const PaymentFigures& figures) {
    constexpr std::uint32_t kPlainUnits = 1'000;
    constexpr std::uint32_t kTokenUnits = 60'000;
    const bool native = plan.asset.IsNative();
    const std::uint64_t costs =
        kSignatureFee +
        (figures.creates_account ? LessOrZero(AssumedRent(plan.asset), ends.rent_sent_ahead) : 0);
    if (LessOrZero(ends.lamports, costs) <
            (native ? std::max<std::uint64_t>(figures.amount, 1) : 0) ||
        ends.lamports < costs || (!native && ends.tokens < figures.amount)) {
        return native ? kPlainUnits : kTokenUnits;
    }
    BASE_RETURN_IF_ERROR(CheckRent(parts, plan, ends, figures.amount, costs));
    return SimulatedUnits(parts, plan, figures);
}

// The caller's price, or the market's as far as the cap lets it.
base::Result<std::uint64_t> PriceFor(const ChainParts& parts,
                                     const chain::Plan& plan,
                                     const Ends& ends) {
    if (const auto* wish = std::get_if<chain::SolanaFeeWish>(&plan.fee.figure)) {
        if (wish->compute_unit_price > kComputePriceMax - kSerialPrices) {
            return base::FailedPrecondition("fee_cap_exceeded",
                                            "the priority fee is above the chain's ceiling");
        }
        return wish->compute_unit_price;
    }
    BASE_ASSIGN_OR_RETURN(auto recent, parts.node.RecentPrices({ends.from, ends.to}));
    return MarketPrice(std::move(recent), plan.fee.speed);
}

// Holds a market price down to what the cap leaves; a price of the caller's own is refused above.
base::Result<Costs> CostsOf(const chain::Plan& plan,
                            const UInt256& ceiling,
                            PaymentFigures& figures,
                            std::uint64_t rent) {
    const auto costs_of = [&](std::uint64_t price) {
        PaymentFigures highest = figures;
        highest.compute_price = price;
        Costs costs;
        costs.rent = rent;
        costs.expected = TransactionFee(highest) + rent;
        highest = WithSerial(highest, kSerialHighest);
        costs.fee = TransactionFee(highest);
        return costs;
    };
    const UInt256 most = std::min(plan.fee_cap, ceiling);
    Costs costs = costs_of(figures.compute_price);
    const bool fixed = std::holds_alternative<chain::SolanaFeeWish>(plan.fee.figure);
    while (!fixed && figures.compute_price > 0 && UInt256(costs.Most()) > most) {
        figures.compute_price /= 2;
        costs = costs_of(figures.compute_price);
    }
    if (UInt256(costs.Most()) > most) {
        return base::FailedPrecondition("fee_cap_exceeded",
                                        "fee and rent are above what this payment may cost");
    }
    return costs;
}

// What leaves the wallet, and the most that it costs.
struct Take {
    std::uint64_t amount = 0;
    std::uint64_t costs = 0;
};

// The fee that it takes to leave nothing; the figures stay as they are where it cannot be had.
bool RaiseFee(const chain::Plan& plan,
              const UInt256& ceiling,
              std::uint64_t fee,
              PaymentFigures& figures) {
    constexpr std::uint64_t kMicro = 1'000'000;
    PaymentFigures raised = figures;
    raised.compute_price =
        LessOrZero(fee, kSignatureFee) * kMicro / std::max(figures.compute_limit, 1U);
    if (raised.compute_price > kComputePriceMax || TransactionFee(raised) != fee ||
        UInt256(fee) > std::min(plan.fee_cap, ceiling)) {
        return false;
    }
    figures = raised;
    return true;
}

// All lamports, and no more than may leave. Where a few more are there, because the fee has fallen
// since it was authorised, they go into the fee: less than the rent minimum may not be left over.
// More than a few stay in the wallet, the rent minimum among them.
base::Result<Take> TakeAllLamports(const ChainParts& parts,
                                   const chain::Plan& plan,
                                   const Ends& ends,
                                   const AllBound& bound,
                                   PaymentFigures& figures,
                                   Costs& costs) {
    constexpr std::uint64_t kRaiseMax = 10'000;  // lamports
    const auto limit = [&bound](std::uint64_t fee) {
        return std::min(bound.amount, LessOrZero(bound.with_fee, fee));
    };
    const std::uint64_t all = LessOrZero(ends.lamports, costs.expected);
    if (all <= limit(costs.expected)) {
        return Take{all, costs.expected};
    }
    const std::uint64_t fee = LessOrZero(ends.lamports, bound.amount);
    if (LessOrZero(fee, costs.expected) <= kRaiseMax && ends.lamports <= bound.with_fee &&
        RaiseFee(plan, parts.parameters.fee_ceiling, fee, figures)) {
        costs.expected = fee;
        return Take{bound.amount, fee};
    }
    BASE_ASSIGN_OR_RETURN(const std::uint64_t least, parts.node.Rent(0));
    return Take{std::min(limit(costs.Most()), LessOrZero(ends.lamports, costs.Most() + least)),
                costs.Most()};
}

base::Result<> CheckFunds(const ChainParts& parts,
                          const chain::Plan& plan,
                          const Ends& ends,
                          std::uint64_t amount,
                          std::uint64_t costs) {
    if (!plan.asset.IsNative()) {
        if (amount == 0 || amount > ends.tokens) {
            return InsufficientFunds(
                plan.asset, UInt256(std::max<std::uint64_t>(amount, 1)), ends.tokens, ends.tokens);
        }
        if (costs > ends.lamports) {
            return InsufficientGas(parts, costs, ends.lamports);
        }
        return {};
    }
    BASE_ASSIGN_OR_RETURN(
        const UInt256 need,
        money::CheckedAdd(UInt256(std::max<std::uint64_t>(amount, 1)), UInt256(costs)));
    if (amount == 0 || need > UInt256(ends.lamports)) {
        return InsufficientFunds(plan.asset, need, ends.lamports, LessOrZero(ends.lamports, costs));
    }
    return {};
}

std::vector<std::string> Warnings(const chain::Plan& plan, const Ends& ends, const Costs& costs) {
    std::vector<std::string> warnings;
    if (ends.from == ends.to) {
        warnings.emplace_back("own_address: the recipient is the paying wallet itself");
    }
    if (costs.rent > 0) {
        warnings.push_back("rent: the recipient has no account for this token yet; " +
                           money::FormatDecimal(UInt256(costs.rent), 9) +
                           " SOL of the cost are its rent");
    }
    if (!ends.to.IsOnCurve()) {
        warnings.emplace_back("off_curve: only a program can spend from the recipient's address");
    }
    if (plan.asset.IsNative() && !ends.recipient) {
        warnings.emplace_back("new_account: the recipient's address was never used");
    }
    return warnings;
}

// A blockhash of commitment confirmed. It is good for 150 blocks more; a node that is behind counts
// them too low. One that lives much longer would leave the payment without a proof of its death.
base::Result<> TakeBlockhash(const ChainParts& parts, Terms& terms) {
    constexpr std::uint64_t kNodesApart = 1'000;  // blocks, where two nodes have answered
    BASE_ASSIGN_OR_RETURN(const LatestBlockhash newest, parts.node.Newest(Commitment::kConfirmed));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t height,
                          parts.node.BlockHeight(Commitment::kConfirmed));
    if (LessOrZero(newest.last_valid_height, height) > kBlockhashLife + kNodesApart ||
        LessOrZero(height, newest.last_valid_height) > kNodesApart) {
        return BadAnswer("the life of a blockhash");
    }
    terms.blockhash = newest.blockhash;
    terms.last_valid_height = std::max(newest.last_valid_height, height + kBlockhashLife);
    return {};
}

}  // namespace

base::Result<chain::Quote> SolanaChain::Price(const chain::Plan& plan) {
    AllBound bound;
    if (plan.amount_max) {
        BASE_ASSIGN_OR_RETURN(bound.amount, plan.amount_max->ToUint64());
    }
    return PriceWithin(plan, bound);
}

base::Result<chain::Quote> SolanaChain::PriceWithin(const chain::Plan& plan,
                                                    const AllBound& bound) {
    BASE_ASSIGN_OR_RETURN(const Ends ends, ReadEnds(*parts_, plan));
    BASE_ASSIGN_OR_RETURN(const std::uint64_t ordered, OrderedAmount(plan));
    Terms terms;
    BASE_RETURN_IF_ERROR(TakeBlockhash(*parts_, terms));
    terms.payer = {UInt256(ends.lamports), ends.slot};
    PaymentFigures figures;
    figures.memo = plan.memo;
    figures.blockhash = terms.blockhash;
    figures.creates_account = !plan.asset.IsNative() && !ends.destination_exists;
    figures.amount = TrialAmount(plan, ends, ordered);
    BASE_ASSIGN_OR_RETURN(figures.compute_limit, UnitsFor(*parts_, plan, ends, figures));
    BASE_ASSIGN_OR_RETURN(figures.compute_price, PriceFor(*parts_, plan, ends));
    if (figures.creates_account) {
        const bool plain = AssumedRent(plan.asset) == kTokenAccountRent;
        BASE_ASSIGN_OR_RETURN(const std::uint64_t rent,
                              parts_->node.Rent(plain ? kTokenAccountSize : kToken2022AccountSize));
        terms.rent = LessOrZero(rent, ends.rent_sent_ahead);
    }
    BASE_ASSIGN_OR_RETURN(Costs costs,
                          CostsOf(plan, parts_->parameters.fee_ceiling, figures, terms.rent));
    Take take{ordered, costs.Most()};
    if (ModeOf(plan) == chain::TransferMode::kSubtractFee) {
        take.costs = ordered == ends.lamports ? costs.expected : costs.Most();
        take.amount = LessOrZero(ordered, take.costs);
    } else if (ModeOf(plan) == chain::TransferMode::kAll && plan.asset.IsNative()) {
        BASE_ASSIGN_OR_RETURN(take, TakeAllLamports(*parts_, plan, ends, bound, figures, costs));
    } else if (ModeOf(plan) == chain::TransferMode::kAll) {
        take.amount = std::min(ends.tokens, bound.amount);
    }
    BASE_RETURN_IF_ERROR(CheckFunds(*parts_, plan, ends, take.amount, take.costs));
    BASE_RETURN_IF_ERROR(CheckRent(*parts_, plan, ends, take.amount, take.costs));
    terms.creates_account = figures.creates_account;
    terms.compute_limit = figures.compute_limit;
    terms.compute_price = figures.compute_price;
    chain::Quote quote;
    quote.amount = UInt256(take.amount);
    quote.native_value = plan.asset.IsNative() ? quote.amount : UInt256();
    quote.fee_expected = UInt256(costs.expected);
    quote.fee_max = UInt256(take.costs);
    quote.terms = WriteTerms(terms);
    quote.warnings = Warnings(plan, ends, costs);
    return quote;
}

}  // namespace solana
