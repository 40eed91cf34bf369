#include "wallet-manager/policy.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string_view>

#include "chain/catalog.h"
#include "evm/address.h"
#include "utxo/address.h"
#include "utxo/ground.h"

namespace wallet_manager {

namespace {

namespace common = platform::common::v1;

using money::UInt256;
using platform::wallet::v1::AssetLimit;

constexpr int kLimitsMax = 100;
constexpr int kAllowListMax = 1000;

base::Error BadPolicy(std::string detail) {
    return base::InvalidArgument("bad_policy", std::move(detail));
}

// Addresses of families that have no core here stay as they are.
base::Result<std::string> Canonical(std::string_view network, const std::string& address) {
    const chain::ChainInfo* chain = chain::FindNetwork(network);
    if (chain != nullptr && chain->family == chain::Family::kUtxo && !address.empty()) {
        BASE_ASSIGN_OR_RETURN(const auto ground, utxo::GroundOf(network));
        BASE_ASSIGN_OR_RETURN(auto parsed, ground.format->ParseAddress(address, ground.network));
        return std::move(parsed.canonical);
    }
    if (chain == nullptr || chain->family != chain::Family::kEvm || address.empty()) {
        return address;
    }
    BASE_ASSIGN_OR_RETURN(const auto parsed, evm::Address::Parse(address));
    return parsed.ToString();
}

// Empty = no limit. The texts of a stored policy were checked when it was set.
std::optional<UInt256> Limit(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto value = UInt256::Parse(text);
    return value ? *value : UInt256();
}

bool Exceeds(const UInt256& amount, const std::string& limit) {
    const auto most = Limit(limit);
    return most && amount > *most;
}

const AssetLimit* FindLimit(const Policy& policy,
                            const std::string& network,
                            const std::string& contract) {
    for (const AssetLimit& limit : policy.limits()) {
        if (limit.network() == network && limit.contract() == contract) {
            return &limit;
        }
    }
    return nullptr;
}

template <class List>
bool Contains(const List& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

std::string ChainName(const std::string& network) {
    const chain::ChainInfo* chain = chain::FindNetwork(network);
    return chain == nullptr ? network : std::string(chain->name);
}

// As it stands in a policy's list of recipients.
std::string Entry(std::string_view chain, std::string_view address) {
    std::string entry(chain);
    entry += ':';
    entry += address;
    return entry;
}

PolicyVerdict Deny(std::string rule, std::string detail) {
    return {Ruling::kDeny, std::move(rule), std::move(detail)};
}

std::optional<PolicyVerdict> CheckLists(const Policy& policy, const Spend& spend) {
    const std::string chain = ChainName(spend.network);
    if (!policy.chains().empty() && !Contains(policy.chains(), chain)) {
        return Deny("chains", "your policy allows no payments on " + chain);
    }
    if (policy.allow_list().empty()) {
        return std::nullopt;
    }
    for (const std::string& recipient : spend.recipients) {
        if (!Contains(policy.allow_list(), Entry(chain, recipient))) {
            return Deny("allow_list", recipient + " is not on your list of recipients");
        }
    }
    return std::nullopt;
}

base::Result<UInt256> TransferAmount(const common::TransferAction& action) {
    UInt256 sum;
    for (const common::Recipient& recipient : action.recipients()) {
        if (!recipient.amount().empty()) {
            BASE_ASSIGN_OR_RETURN(const UInt256 amount, UInt256::Parse(recipient.amount()));
            BASE_ASSIGN_OR_RETURN(sum, money::CheckedAdd(sum, amount));
        }
    }
    return sum;
}

// What the order itself says; mode ALL says nothing.
base::Result<UInt256> OrderedAmount(const common::Order& order) {
    switch (order.action_case()) {
        case common::Order::kTransfer:
            return TransferAmount(order.transfer());
        case common::Order::kSwap:
            return UInt256::Parse(order.swap().amount_in());
        case common::Order::kApprove:
            return UInt256::Parse(order.approve().amount());
        case common::Order::kRevoke:
        case common::Order::kWrap:
        case common::Order::kUnwrap:
        case common::Order::kCpfp:
            return UInt256();
        case common::Order::kSpeedUp:
        case common::Order::kCancel:
        case common::Order::kMessage:
        case common::Order::ACTION_NOT_SET:
            break;
    }
    return base::InvalidArgument("bad_order", "the order is not one of a payment");
}

bool LeavesTheWallet(const common::Order& order) {
    return order.has_transfer() || order.has_swap() ||
           (order.has_approve() && order.parent_id().empty());
}

base::Result<AssetLimit> NormaliseLimit(const AssetLimit& limit) {
    if (chain::FindNetwork(limit.network()) == nullptr) {
        return BadPolicy("no chain has the network " + limit.network());
    }
    AssetLimit normal = limit;
    const auto contract = Canonical(limit.network(), limit.contract());
    if (!contract) {
        return BadPolicy(limit.contract() + " is no contract address");
    }
    normal.set_contract(*contract);
    for (const std::string& text :
         {limit.per_transaction(), limit.per_day(), limit.approval_above()}) {
        if (!text.empty() && !UInt256::Parse(text)) {
            return BadPolicy("'" + text + "' is not a number of base units");
        }
    }
    return normal;
}

base::Result<std::string> NormaliseEntry(const std::string& entry) {
    const std::size_t colon = entry.find(':');
    const auto chain = chain::FindChain(entry.substr(0, colon));
    if (colon == std::string::npos || !chain) {
        return BadPolicy("'" + entry + "' is not chain:address");
    }
    const auto address = Canonical((*chain)->mainnet, entry.substr(colon + 1));
    if (!address || address->empty()) {
        return BadPolicy("'" + entry + "' does not name an address of the chain");
    }
    return Entry((*chain)->name, *address);
}

// Whether a bound that was there became higher or went away.
bool Raised(const std::string& from, const std::string& to) {
    const auto before = Limit(from);
    const auto after = Limit(to);
    return before && (!after || *after > *before);
}

// Whether a list that bound anything lets something new pass.
template <class List>
bool Widened(const List& from, const List& to) {
    return !from.empty() &&
           (to.empty() || std::any_of(to.begin(), to.end(), [&](const auto& entry) {
                return !Contains(from, entry);
            }));
}

}  // namespace

base::Result<Spend> SpendOf(const common::Order& order, const UInt256& stated) {
    Spend spend;
    spend.network = order.network();
    BASE_ASSIGN_OR_RETURN(spend.contract, Canonical(order.network(), order.asset().contract()));
    BASE_ASSIGN_OR_RETURN(const UInt256 ordered, OrderedAmount(order));
    if (LeavesTheWallet(order)) {
        spend.amount = std::max(ordered, stated);
    }
    for (const common::Recipient& recipient : order.transfer().recipients()) {
        BASE_ASSIGN_OR_RETURN(std::string address, Canonical(order.network(), recipient.address()));
        spend.recipients.push_back(std::move(address));
    }
    return spend;
}

PolicyVerdict Evaluate(const Policy& policy, const Spend& spend, const UInt256& spent) {
    if (auto refused = CheckLists(policy, spend)) {
        return std::move(*refused);
    }
    const AssetLimit* limit = FindLimit(policy, spend.network, spend.contract);
    if (limit != nullptr) {
        if (Exceeds(spend.amount, limit->per_transaction())) {
            return Deny("per_transaction", "the amount is above your limit for one payment");
        }
        const auto sum = money::CheckedAdd(spend.amount, spent);
        if (!limit->per_day().empty() && (!sum || Exceeds(*sum, limit->per_day()))) {
            return Deny("per_day", "with the last 24 hours' payments this is above your limit");
        }
    }
    if (policy.require_approval()) {
        return {Ruling::kNeedsApproval, "require_approval", "every payment needs your approval"};
    }
    if (limit != nullptr && Exceeds(spend.amount, limit->approval_above())) {
        return {Ruling::kNeedsApproval, "approval_above", "payments this large need your approval"};
    }
    return {};
}

bool HasDailyLimit(const Policy& policy, const Spend& spend) {
    const AssetLimit* limit = FindLimit(policy, spend.network, spend.contract);
    return limit != nullptr && !limit->per_day().empty();
}

base::Result<Policy> NormalisePolicy(const Policy& policy) {
    if (policy.limits_size() > kLimitsMax || policy.allow_list_size() > kAllowListMax) {
        return BadPolicy("at most 100 limits and 1,000 recipients");
    }
    Policy normal;
    normal.set_require_approval(policy.require_approval());
    std::set<std::string> assets;
    for (const AssetLimit& limit : policy.limits()) {
        BASE_ASSIGN_OR_RETURN(*normal.add_limits(), NormaliseLimit(limit));
        const AssetLimit& added = *normal.limits().rbegin();
        if (!assets.insert(added.network() + " " + added.contract()).second) {
            return BadPolicy("an asset stands twice");
        }
    }
    std::set<std::string> recipients;
    for (const std::string& entry : policy.allow_list()) {
        BASE_ASSIGN_OR_RETURN(std::string recipient, NormaliseEntry(entry));
        recipients.insert(std::move(recipient));
    }
    std::set<std::string> chains;
    for (const std::string& name : policy.chains()) {
        const auto chain = chain::FindChain(name);
        if (!chain) {
            return BadPolicy("there is no chain '" + name + "'");
        }
        chains.emplace((*chain)->name);
    }
    normal.mutable_allow_list()->Assign(recipients.begin(), recipients.end());
    normal.mutable_chains()->Assign(chains.begin(), chains.end());
    return normal;
}

bool IsLoosened(const Policy& from, const Policy& to) {
    if ((from.require_approval() && !to.require_approval()) ||
        Widened(from.allow_list(), to.allow_list()) || Widened(from.chains(), to.chains())) {
        return true;
    }
    return std::any_of(from.limits().begin(), from.limits().end(), [&](const AssetLimit& before) {
        static const AssetLimit none;
        const AssetLimit* found = FindLimit(to, before.network(), before.contract());
        const AssetLimit& after = found == nullptr ? none : *found;
        return Raised(before.per_transaction(), after.per_transaction()) ||
               Raised(before.per_day(), after.per_day()) ||
               Raised(before.approval_above(), after.approval_above());
    });
}

}  // namespace wallet_manager
