// Any EVM network behind chain::Chain, over one NodeRpc. Nothing a node says is trusted further
// than it can be checked here: hashes are computed, quantities are parsed strictly, fees are
// capped.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chain/chain.h"
#include "chain/node_rpc.h"
#include "evm/action.h"
#include "evm/params.h"

namespace evm {

struct ChainParts;

class EvmChain final : public chain::Chain {
public:
    // `node` must outlive this object. `routers`: see Contracts.
    EvmChain(Params params, chain::NodeRpc& node, std::map<std::string, Address> routers = {});
    ~EvmChain() override;

    EvmChain(const EvmChain&) = delete;
    EvmChain& operator=(const EvmChain&) = delete;

    [[nodiscard]] const chain::Parameters& parameters() const override;
    [[nodiscard]] chain::AddressCheck CheckAddress(std::string_view text) const override;

    // Terms: {"type", "gas", "gas_price" | "max_fee" + "tip"}, decimal strings.
    [[nodiscard]] base::Result<chain::Quote> Price(const chain::Plan& plan) override;
    [[nodiscard]] base::Result<chain::Unsigned> Build(const chain::Plan& plan,
                                                      const chain::Quote& quote,
                                                      const chain::Slot& slot) const override;

    // `plan.fee` is the wish for this attempt: figures are taken or refused with the `minimum`,
    // none means the smallest allowed bump at current fees. In the modes all and subtract_fee the
    // value falls by what the fee rises; else it, the recipient and the data stay.
    [[nodiscard]] base::Result<chain::Unsigned> Bump(const chain::Plan& plan,
                                                     chain::AttemptKind kind,
                                                     const chain::Unsigned& previous) override;
    [[nodiscard]] base::Result<chain::Unsigned> Fill(const std::string& from,
                                                     std::uint64_t nonce) override;
    [[nodiscard]] base::Result<chain::Signed> Inspect(base::ByteView signed_tx,
                                                      base::ByteView unsigned_tx) const override;

    [[nodiscard]] base::Result<chain::BroadcastAnswer> Broadcast(base::ByteView signed_tx) override;
    [[nodiscard]] base::Result<chain::TxStatus> Status(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<std::optional<chain::Rediscovered>> Rediscover(
        const std::string& tx_hash, const chain::Plan& plan, base::ByteView unsigned_tx) override;
    [[nodiscard]] base::Result<chain::TxView> View(const std::string& tx_hash) override;
    [[nodiscard]] base::Result<chain::Head> GetHead() override;
    [[nodiscard]] base::Result<chain::Block> GetBlock(std::uint64_t height) override;
    [[nodiscard]] base::Result<chain::Account> GetAccount(const std::string& address) override;
    [[nodiscard]] base::Result<std::uint64_t> ConfirmedCount(const std::string& address) override;
    [[nodiscard]] base::Result<chain::Balance> GetBalance(const std::string& address,
                                                          const money::Asset& asset) override;
    [[nodiscard]] base::Result<chain::Token> GetToken(const std::string& contract) override;
    [[nodiscard]] base::Result<std::vector<chain::FeeOffer>> GetFees() override;
    [[nodiscard]] base::Result<chain::BlockContent> ReadBlock(
        std::uint64_t height, const std::set<std::string>& watched) override;

    // "eip155:1 0xd4e5...": chain id and genesis hash. Errors: also `wrong_network` where the chain
    // id is not the configured one.
    [[nodiscard]] base::Result<std::string> Identity() override;
    [[nodiscard]] base::Result<std::string> ClientVersion() override;

private:
    std::unique_ptr<ChainParts> parts_;
};

}  // namespace evm
