#include "utxo/coin_selection.h"

#include <algorithm>
#include <string>
#include <utility>

#include "utxo/branch_and_bound.h"
#include "utxo/script.h"

namespace utxo {

namespace {

using chain::TransferMode;

// A million satoshi a vbyte: far above every ceiling, and small enough that no product overflows.
constexpr std::uint64_t kRateMilliMax = 1'000'000'000;

base::Error BadOrder(std::string detail) {
    return base::InvalidArgument("bad_order", std::move(detail));
}

base::Error DustOutput(std::uint64_t minimum) {
    return base::InvalidArgument(
               "dust_output",
               "an output under " + std::to_string(minimum) + " base units is not relayed")
        .With("minimum", std::to_string(minimum));
}

std::uint64_t TotalOf(const std::vector<Coin>& coins) {
    std::uint64_t total = 0;
    for (const Coin& coin : coins) {
        total += coin.output.amount;
    }
    return total;
}

// A coin with what spending it costs now and later.
struct PricedCoin {
    Coin coin;
    std::uint64_t fee = 0;
    std::int64_t waste = 0;

    [[nodiscard]] bool IsWorthSpending() const { return coin.output.amount > fee; }

    [[nodiscard]] std::uint64_t effective() const { return coin.output.amount - fee; }
};

class Selector {
public:
    Selector(const TxFormat& format, const SelectionRequest& request)
        : format_(format), request_(request) {}

    base::Result<Selection> Run() {
        BASE_RETURN_IF_ERROR(CheckRequest());
        BASE_RETURN_IF_ERROR(PriceCoins());
        if (request_.mode == TransferMode::kAll) {
            return SelectAll();
        }
        BASE_RETURN_IF_ERROR(Propose());
        if (!best_) {
            return Shortage();
        }
        return CheckFee(std::move(*best_));
    }

private:
    base::Result<> CheckRequest() const {
        if (request_.recipients.empty() ||
            (request_.mode != TransferMode::kExact && request_.recipients.size() != 1)) {
            return BadOrder("this mode pays exactly one recipient");
        }
        if (!TotalAmount(request_.recipients)) {
            return BadOrder("the amounts are above all coins that can exist");
        }
        if (request_.mode != TransferMode::kAll) {
            for (const Output& recipient : request_.recipients) {
                if (recipient.amount < format_.DustLimit(recipient.script)) {
                    return DustOutput(format_.DustLimit(recipient.script));
                }
            }
        }
        if (request_.required.size() > kInputsMax) {
            return BadOrder("too many coins are demanded");
        }
        if (request_.rate_milli_per_vbyte > kRateMilliMax ||
            request_.replaced_fee.value_or(0) > kMoneyMax) {
            return BadOrder("the fee rate is out of range");
        }
        if (request_.coins.empty() && request_.required.empty()) {
            return base::FailedPrecondition("no_utxos", "no coin of this wallet can be spent now");
        }
        return {};
    }

    base::Result<PricedCoin> Price(const Coin& coin) const {
        const ScriptType type = TypeOfScript(coin.output.script);
        PricedCoin priced;
        priced.coin = coin;
        BASE_ASSIGN_OR_RETURN(priced.fee, format_.InputFee(type, request_.rate_milli_per_vbyte));
        BASE_ASSIGN_OR_RETURN(const std::uint64_t later,
                              format_.InputFee(type, kLongTermRateMilli));
        priced.waste = static_cast<std::int64_t>(priced.fee) - static_cast<std::int64_t>(later);
        return priced;
    }

    // Largest effective value first; equal ones by outpoint, so that the order is the same always.
    base::Result<> PriceCoins() {
        for (const Coin& coin : request_.required) {
            BASE_ASSIGN_OR_RETURN(PricedCoin priced, Price(coin));
            required_waste_ += priced.waste;
        }
        for (const Coin& coin : request_.coins) {
            BASE_ASSIGN_OR_RETURN(PricedCoin priced, Price(coin));
            if (priced.IsWorthSpending()) {
                priced_.push_back(std::move(priced));
            }
        }
        std::sort(priced_.begin(), priced_.end(), [](const PricedCoin& a, const PricedCoin& b) {
            return a.effective() != b.effective() ? a.effective() > b.effective()
                                                  : a.coin.prevout < b.coin.prevout;
        });
        const std::size_t room = kInputsMax - request_.required.size();
        cut_ = priced_.size() > room;
        if (cut_) {
            priced_.resize(room);
        }
        // What a change output costs to make, and later to spend.
        BASE_ASSIGN_OR_RETURN(
            change_later_,
            format_.InputFee(TypeOfScript(request_.change_script), kLongTermRateMilli));
        return {};
    }

    // The fee of this shape: by rate, and not under what it replaces.
    base::Result<std::uint64_t> FeeFor(const std::vector<Coin>& coins, bool with_change) const {
        TxShape shape;
        for (const Coin& coin : coins) {
            shape.inputs.push_back(TypeOfScript(coin.output.script));
        }
        shape.outputs = request_.recipients;
        if (with_change) {
            shape.outputs.push_back({0, request_.change_script});
        }
        BASE_ASSIGN_OR_RETURN(std::uint64_t fee, format_.Fee(shape, request_.rate_milli_per_vbyte));
        if (request_.replaced_fee) {
            BASE_ASSIGN_OR_RETURN(const std::uint64_t own, format_.Fee(shape, kRelayRateMilli));
            fee = std::max(fee, *request_.replaced_fee + own);
        }
        return fee;
    }

    std::vector<Coin> CoinsAt(const std::vector<std::size_t>& places) const {
        std::vector<Coin> coins = request_.required;
        for (const std::size_t place : places) {
            coins.push_back(priced_[place].coin);
        }
        return coins;
    }

    std::int64_t InputWaste(const std::vector<std::size_t>& places) const {
        std::int64_t waste = required_waste_;
        for (const std::size_t place : places) {
            waste += priced_[place].waste;
        }
        return waste;
    }

    // The exact outcome of spending these coins; nothing if they do not suffice.
    base::Result<std::optional<Selection>> Settle(const std::vector<std::size_t>& places) const {
        const std::optional<Selection> none;
        Selection result;
        result.coins = CoinsAt(places);
        if (result.coins.empty()) {
            return none;
        }
        result.recipients = request_.recipients;
        result.waste = InputWaste(places);
        const std::uint64_t in = TotalOf(result.coins);
        const std::uint64_t out = *TotalAmount(request_.recipients);
        BASE_ASSIGN_OR_RETURN(const std::uint64_t fee, FeeFor(result.coins, false));
        BASE_ASSIGN_OR_RETURN(const std::uint64_t change_fee, FeeFor(result.coins, true));
        const bool subtract = request_.mode == TransferMode::kSubtractFee;
        if (in < (subtract ? out : out + fee)) {
            return none;
        }
        // In mode subtract_fee the change does not pay the fee.
        const std::uint64_t change_cost = out + (subtract ? 0 : change_fee);
        const std::uint64_t minimum = format_.ChangeMinimum(request_.change_script);
        if (in >= change_cost + minimum) {
            result.change = Output{in - change_cost, request_.change_script};
            result.fee = change_fee;
            result.waste += static_cast<std::int64_t>(change_fee - fee + change_later_);
        } else {
            // What is left over pays the fee first.
            result.fee = subtract ? std::max(fee, in - out) : in - out;
            result.waste += static_cast<std::int64_t>(result.fee - fee);
        }
        if (subtract) {
            const std::uint64_t change = result.change ? result.change->amount : 0;
            const std::uint64_t rest = in - change;
            const std::uint64_t dust = format_.DustLimit(result.recipients[0].script);
            if (rest < result.fee + dust) {
                return none;
            }
            result.recipients[0].amount = rest - result.fee;
        }
        return std::optional<Selection>(std::move(result));
    }

    base::Result<bool> Consider(const std::vector<std::size_t>& places) {
        BASE_ASSIGN_OR_RETURN(std::optional<Selection> settled, Settle(places));
        const bool suffices = settled.has_value();
        if (suffices && (!best_ || settled->waste < best_->waste)) {
            best_ = std::move(settled);
        }
        return suffices;
    }

    base::Result<> Propose() {
        if (!request_.required.empty()) {
            BASE_ASSIGN_OR_RETURN(const bool alone, Consider({}));
            if (alone) {
                return {};  // a later attempt adds coins only where it must
            }
        }
        if (priced_.empty()) {
            return {};
        }
        BASE_RETURN_IF_ERROR(ProposeChangeless());
        BASE_RETURN_IF_ERROR(ProposeSingle());
        return ProposeLargestFirst();
    }

    // The fee before any coin is chosen: of the demanded ones, or of one less what it costs.
    base::Result<std::uint64_t> BaseFee(bool with_change) const {
        if (!request_.required.empty()) {
            return FeeFor(request_.required, with_change);
        }
        BASE_ASSIGN_OR_RETURN(const std::uint64_t fee, FeeFor({priced_[0].coin}, with_change));
        return fee - std::min(fee, priced_[0].fee);
    }

    base::Result<> ProposeChangeless() {
        const bool subtract = request_.mode == TransferMode::kSubtractFee;
        BASE_ASSIGN_OR_RETURN(const std::uint64_t base_fee, BaseFee(false));
        BASE_ASSIGN_OR_RETURN(const std::uint64_t with_change, BaseFee(true));
        const std::uint64_t wanted = *TotalAmount(request_.recipients) + (subtract ? 0 : base_fee);
        const std::uint64_t given = TotalOf(request_.required);
        SearchGoal goal;
        goal.target = wanted > given ? wanted - given : 0;
        goal.excess_max = with_change - base_fee + change_later_;
        std::vector<SearchCoin> coins;
        for (const PricedCoin& priced : priced_) {
            coins.push_back(
                {subtract ? priced.coin.output.amount : priced.effective(), priced.waste});
        }
        // Effective values keep the order of the amounts only within one type.
        if (subtract &&
            !std::is_sorted(
                coins.begin(), coins.end(), [](const SearchCoin& a, const SearchCoin& b) {
                    return a.value > b.value;
                })) {
            return {};
        }
        if (const auto places = BranchAndBound(coins, goal)) {
            BASE_RETURN_IF_ERROR(Consider(*places));
        }
        return {};
    }

    base::Result<> ProposeSingle() {
        for (std::size_t i = priced_.size(); i-- > 0;) {
            BASE_ASSIGN_OR_RETURN(const bool suffices, Consider({i}));
            if (suffices) {
                break;
            }
        }
        return {};
    }

    base::Result<> ProposeLargestFirst() {
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < priced_.size(); ++i) {
            places.push_back(i);
            BASE_ASSIGN_OR_RETURN(const bool suffices, Consider(places));
            if (suffices) {
                break;
            }
        }
        return {};
    }

    std::vector<std::size_t> AllPlaces() const {
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < priced_.size(); ++i) {
            places.push_back(i);
        }
        return places;
    }

    // Everything worth spending goes to the one recipient, less the fee.
    base::Result<Selection> SelectAll() {
        if (cut_) {
            return TooManyCoins();
        }
        const std::vector<std::size_t> places = AllPlaces();
        Selection result;
        result.coins = CoinsAt(places);
        result.waste = InputWaste(places);
        result.recipients = request_.recipients;
        BASE_ASSIGN_OR_RETURN(result.fee, FeeFor(result.coins, false));
        const std::uint64_t in = TotalOf(result.coins);
        const std::uint64_t dust = format_.DustLimit(result.recipients[0].script);
        if (result.coins.empty() || in < result.fee + dust) {
            return Shortage();
        }
        result.recipients[0].amount = in - result.fee;
        return CheckFee(std::move(result));
    }

    base::Result<Selection> CheckFee(Selection selection) const {
        if (selection.fee > request_.fee_max) {
            return base::FailedPrecondition("fee_cap_exceeded",
                                            "the fee would be " + std::to_string(selection.fee) +
                                                ", at most " + std::to_string(request_.fee_max) +
                                                " is allowed")
                .With("fee", std::to_string(selection.fee));
        }
        return selection;
    }

    static base::Error TooManyCoins() {
        return base::FailedPrecondition(
                   "too_many_coins",
                   "more than " + std::to_string(kInputsMax) + " coins would be needed")
            .Remedy("Send a smaller amount to yourself first, which joins coins.");
    }

    base::Error Shortage() const {
        if (cut_) {
            return TooManyCoins();
        }
        const std::vector<Coin> all = CoinsAt(AllPlaces());
        const auto fee = FeeFor(all, false);
        if (!fee) {
            return fee.error();
        }
        const std::uint64_t in = TotalOf(all);
        if (request_.mode == TransferMode::kSubtractFee &&
            in >= *TotalAmount(request_.recipients)) {
            // There is enough money, but the fee eats what the recipient would get.
            const auto least = FeeFor({all.front()}, false);
            return DustOutput(format_.DustLimit(request_.recipients[0].script) +
                              (least ? *least : *fee));
        }
        const std::uint64_t available = in > *fee ? in - *fee : 0;
        return base::FailedPrecondition("insufficient_funds",
                                        "amount and fee together are more than is spendable; " +
                                            std::to_string(available) +
                                            " base units can be sent at most")
            .With("available", std::to_string(available));
    }

    const TxFormat& format_;
    const SelectionRequest& request_;
    std::vector<PricedCoin> priced_;
    std::int64_t required_waste_ = 0;
    std::uint64_t change_later_ = 0;
    bool cut_ = false;  // there were more coins than a transaction may spend
    std::optional<Selection> best_;
};

}  // namespace

base::Result<Selection> SelectCoins(const TxFormat& format, const SelectionRequest& request) {
    return Selector(format, request).Run();
}

}  // namespace utxo
