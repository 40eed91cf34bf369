// Receive addresses of wallets on UTXO chains: a fresh one for each payer, all of one balance.
#include <algorithm>
#include <set>
#include <utility>

#include "wallet-manager/wallet_service.h"

namespace wallet_manager {

namespace v1 = platform::wallet::v1;

namespace {

// Wallets that read a mnemonic anew look no further past the last address that was paid (BIP-44).
constexpr int kGapLimit = 20;
constexpr int kAddressesMax = 1'000;

v1::ReceiveAddress ToProto(const std::string& address, const std::string& path, bool used) {
    v1::ReceiveAddress result;
    result.set_address(address);
    result.set_path(path);
    result.set_used(used);
    return result;
}

}  // namespace

base::Result<std::set<std::string>> WalletService::UsedAddresses(const WalletRow& wallet,
                                                                 const Context& context) const {
    const auto peer = parts_.peers.find(wallet.chain);
    if (peer == parts_.peers.end()) {
        return base::Unavailable("chain_unavailable", wallet.chain + " is not configured here");
    }
    platform::chain::v1::ListUsedAddressesRequest request;
    request.set_wallet_id(wallet.id.ToString());
    BASE_ASSIGN_OR_RETURN(
        const auto answer,
        peer->second.Call(
            &platform::chain::v1::ChainService::Stub::ListUsedAddresses, request, context));
    return std::set<std::string>(answer.addresses().begin(), answer.addresses().end());
}

base::Result<v1::AddAddressResponse> WalletService::AddAddress(const v1::AddAddressRequest& request,
                                                               const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, Find(user, request.wallet_id()));
    const chain::ChainInfo* info = chain::FindNetwork(wallet.network);
    if (info == nullptr || info->family != chain::Family::kUtxo) {
        return base::InvalidArgument("unsupported_action", "a wallet has one address here");
    }
    BASE_ASSIGN_OR_RETURN(const auto newest, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return ListFurtherAddresses(tx, wallet.id, kGapLimit);
                          }));
    if (newest.size() == kGapLimit) {
        BASE_ASSIGN_OR_RETURN(const auto used, UsedAddresses(wallet, context));
        if (std::none_of(newest.begin(), newest.end(), [&](const AddressRow& row) {
                return used.contains(row.address);
            })) {
            return base::FailedPrecondition(
                "gap_limit_reached",
                "the last " + std::to_string(kGapLimit) + " addresses have not been paid yet");
        }
    }
    BASE_ASSIGN_OR_RETURN(const AddressRow added, maker_.AddAddress(wallet));
    v1::AddAddressResponse response;
    *response.mutable_address() = ToProto(added.address, added.path, false);
    return response;
}

base::Result<v1::ListOwnAddressesResponse> WalletService::ListOwnAddresses(
    const v1::ListOwnAddressesRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto user, UserOf(context, request.user_id()));
    BASE_ASSIGN_OR_RETURN(const WalletRow wallet, Find(user, request.wallet_id()));
    BASE_ASSIGN_OR_RETURN(const auto further, pg::Transact(parts_.pool, [&](pg::Tx& tx) {
                              return ListFurtherAddresses(tx, wallet.id, kAddressesMax - 1);
                          }));
    std::set<std::string> used;
    const chain::ChainInfo* info = chain::FindNetwork(wallet.network);
    if (info != nullptr && info->family == chain::Family::kUtxo) {
        BASE_ASSIGN_OR_RETURN(used, UsedAddresses(wallet, context));
    }
    v1::ListOwnAddressesResponse response;
    *response.add_addresses() = ToProto(wallet.address, wallet.path, used.contains(wallet.address));
    for (const AddressRow& row : further) {
        *response.add_addresses() = ToProto(row.address, row.path, used.contains(row.address));
    }
    return response;
}

}  // namespace wallet_manager
