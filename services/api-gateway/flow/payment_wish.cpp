#include "api-gateway/flow/payment_wish.h"

#include <algorithm>
#include <array>
#include <utility>

#include "api-gateway/web/router.h"
#include "base/text.h"

namespace gateway {

namespace {

namespace v1 = platform::chain::v1;
namespace common = platform::common::v1;

constexpr unsigned kGweiDecimals = 9;
constexpr unsigned kMilliDecimals = 3;
constexpr std::size_t kAddressMax = 200;
constexpr std::size_t kAmountMax = 100;
constexpr std::size_t kMemoMax = 256;
constexpr std::size_t kKeyMax = 255;

base::Result<v1::FeePreference::Speed> ParseSpeed(const std::string& name) {
    constexpr std::array<std::pair<std::string_view, v1::FeePreference::Speed>, 3> kSpeeds = {{
        {"slow", v1::FeePreference::SPEED_SLOW},
        {"normal", v1::FeePreference::SPEED_NORMAL},
        {"fast", v1::FeePreference::SPEED_FAST},
    }};
    for (const auto& [known, speed] : kSpeeds) {
        if (known == name) {
            return speed;
        }
    }
    return base::InvalidArgument("invalid_request", "speed is slow, normal or fast").At("/speed");
}

// A decimal field in coarser units ("20" gwei) as base units; absent stays empty.
base::Result<std::string> ReadFigure(net::ObjectReader& reader,
                                     std::string_view name,
                                     unsigned decimals) {
    const auto text = reader.Text(name, kAmountMax);
    if (!text) {
        return std::string();
    }
    const auto units = money::ParseDecimal(*text, decimals);
    if (!units) {
        return base::Error(units.error()).At(reader.PointerTo(name));
    }
    return units->ToDecimal();
}

base::Result<> ReadEvmFee(net::ObjectReader& reader, v1::FeePreference& fee) {
    BASE_ASSIGN_OR_RETURN(const std::string gas_price,
                          ReadFigure(reader, "gas_price_gwei", kGweiDecimals));
    BASE_ASSIGN_OR_RETURN(const std::string max_fee,
                          ReadFigure(reader, "max_fee_gwei", kGweiDecimals));
    BASE_ASSIGN_OR_RETURN(const std::string priority,
                          ReadFigure(reader, "priority_fee_gwei", kGweiDecimals));
    if (!gas_price.empty() && (!max_fee.empty() || !priority.empty())) {
        return base::InvalidArgument("invalid_request",
                                     "give gas_price_gwei, or max_fee_gwei and priority_fee_gwei")
            .At("/gas_price_gwei");
    }
    if (!gas_price.empty()) {
        fee.mutable_evm()->set_gas_price(gas_price);
    }
    if (!max_fee.empty()) {
        fee.mutable_evm()->set_max_fee_per_gas(max_fee);
    }
    if (!priority.empty()) {
        fee.mutable_evm()->set_max_priority_fee_per_gas(priority);
    }
    return {};
}

base::Result<std::uint64_t> ToUint64(const std::string& units, std::string_view pointer) {
    const auto value = money::UInt256::Parse(units);
    const auto small = value ? value->ToUint64() : base::Result<std::uint64_t>(value.error());
    if (!small) {
        return base::Error(small.error()).At(std::string(pointer));
    }
    return small;
}

base::Result<> ReadFigures(net::ObjectReader& reader, const Chain& chain, v1::FeePreference& fee) {
    switch (chain.info->family) {
        case chain::Family::kEvm:
            return ReadEvmFee(reader, fee);
        case chain::Family::kUtxo: {
            BASE_ASSIGN_OR_RETURN(const std::string rate,
                                  ReadFigure(reader, "fee_rate", kMilliDecimals));
            if (!rate.empty()) {
                BASE_ASSIGN_OR_RETURN(const auto milli, ToUint64(rate, "/fee_rate"));
                fee.mutable_utxo()->set_rate_milli_per_vbyte(milli);
            }
            return {};
        }
        case chain::Family::kSolana: {
            BASE_ASSIGN_OR_RETURN(const std::string price, ReadFigure(reader, "priority_fee", 0));
            if (!price.empty()) {
                BASE_ASSIGN_OR_RETURN(const auto units, ToUint64(price, "/priority_fee"));
                fee.mutable_solana()->set_compute_unit_price(units);
            }
            return {};
        }
    }
    return {};
}

base::Result<> CheckModes(const PaymentWish& wish, bool subtract_fee) {
    if (wish.amount.empty()) {
        return base::InvalidArgument("bad_amount", "the amount is empty").At("/amount");
    }
    if (wish.amount == "all" && subtract_fee) {
        return base::InvalidArgument("invalid_request",
                                     "amount all subtracts the fee already; leave subtract_fee out")
            .At("/subtract_fee");
    }
    return {};
}

}  // namespace

base::Result<v1::FeePreference> ReadFee(net::ObjectReader& reader, const Chain& chain) {
    v1::FeePreference fee;
    BASE_RETURN_IF_ERROR(ReadFigures(reader, chain, fee));
    if (const auto name = reader.Text("speed")) {
        BASE_ASSIGN_OR_RETURN(const auto speed, ParseSpeed(*name));
        fee.set_speed(speed);
    }
    return fee;
}

base::Result<PaymentWish> ReadPaymentWish(Call& call,
                                          const Chain& chain,
                                          const nlohmann::json& body) {
    net::ObjectReader reader(body);
    PaymentWish wish;
    wish.to = reader.Text("to", net::kNeeded, kAddressMax);
    wish.amount = reader.Text("amount", net::kNeeded, kAmountMax);
    wish.token = reader.Text("token", kAddressMax).value_or("");
    wish.memo = reader.Text("memo", kMemoMax).value_or("");
    wish.wallet_id = reader.Text("wallet_id");
    const bool subtract_fee = reader.Flag("subtract_fee").value_or(false);
    wish.allow_duplicate = reader.Flag("allow_duplicate").value_or(false);
    // Its value belongs to the row of the request.
    static_cast<void>(reader.Flag("after_restore"));
    wish.accept_unlisted = reader.Flag("accept_unlisted").value_or(false);
    if (chain.info->family == chain::Family::kSolana) {
        wish.accept_off_curve = reader.Flag("accept_off_curve").value_or(false);
    }
    const auto fee_cap = reader.Text("fee_cap", kAmountMax);
    auto fee = ReadFee(reader, chain);
    BASE_RETURN_IF_ERROR(Finish(call, reader));
    if (!fee) {
        return fee.error();
    }
    wish.fee = std::move(*fee);
    BASE_RETURN_IF_ERROR(CheckModes(wish, subtract_fee));
    if (subtract_fee) {
        wish.mode = common::TRANSFER_MODE_SUBTRACT_FEE;
    }
    if (wish.amount == "all") {
        wish.mode = common::TRANSFER_MODE_ALL;
    } else if (wish.token.empty()) {
        const auto units = ReadAmount(wish.amount, chain.native.decimals);
        if (!units) {
            return units.error();
        }
    }
    if (fee_cap) {
        const auto cap = money::ParseDecimal(*fee_cap, chain.native.decimals);
        if (!cap) {
            return base::Error(cap.error()).At("/fee_cap");
        }
        wish.fee_cap = *cap;
    }
    return wish;
}

base::Result<money::UInt256> ReadAmount(const std::string& text, unsigned decimals) {
    const auto units = money::ParseDecimal(text, decimals);
    if (!units) {
        return base::Error(units.error()).At("/amount");
    }
    if (units->IsZero()) {
        return base::InvalidArgument("bad_amount", "the amount must be more than 0").At("/amount");
    }
    return *units;
}

crypto::Hash256 HashRequest(const Call& call,
                            const Chain& chain,
                            nlohmann::json body,
                            std::string_view without) {
    if (!without.empty()) {
        body.erase(std::string(without));
    }
    // The keys of an object are sorted and the path's variable parts are joined in, so that two
    // spellings of one request are one text.
    nlohmann::json parts = nlohmann::json::array();
    parts.push_back(net::MethodName(call.request.method));
    parts.push_back(call.route->pattern);
    parts.push_back(chain.network);
    for (const auto& [name, value] : call.path) {
        if (name != "chain") {
            parts.push_back(value);
        }
    }
    parts.push_back(std::move(body));
    return crypto::Sha256(base::AsBytes(net::WriteJson(parts)));
}

base::Result<std::optional<std::string>> ReadIdempotencyKey(const Call& call) {
    auto key = call.request.headers.Find("Idempotency-Key");
    const auto alias = call.request.headers.Find("X-Idempotency-Key");
    if (!key) {
        key = alias;
    }
    if (!key) {
        return std::optional<std::string>();
    }
    const bool visible = std::all_of(
        key->begin(), key->end(), [](char letter) { return letter > ' ' && letter < 0x7f; });
    if (key->empty() || key->size() > kKeyMax || !visible || (alias && *alias != *key)) {
        return base::InvalidArgument(
            "bad_idempotency_key",
            "an idempotency key is 1 to 255 visible ASCII characters, given once");
    }
    return std::optional<std::string>(std::string(*key));
}

}  // namespace gateway
