#include "wallet-manager/config.h"

#include <utility>

#include "base/bytes.h"
#include "base/hex.h"
#include "base/ids.h"
#include "secret/hex.h"
#include "wallet-manager/policy_store.h"

namespace wallet_manager {

namespace {

constexpr std::chrono::seconds kRenewAfter{150};  // on live networks, always

chain::Mode ModeOf(config::Network network) {
    switch (network) {
        case config::Network::kDevnet:
            return chain::Mode::kDevnet;
        case config::Network::kTestnet:
            return chain::Mode::kTestnet;
        case config::Network::kMainnet:
            return chain::Mode::kMainnet;
    }
    return chain::Mode::kDevnet;
}

auth::OrderTrust ReadTrust(config::Reader& reader) {
    auth::OrderTrust trust;
    const auto id = base::ParseUuid(reader.Text("DEPLOYMENT_ID"));
    if (id) {
        trust.deployment_id = base::FormatUuid(*id);
    } else {
        reader.Refuse("DEPLOYMENT_ID", "is no UUID", "make one with: uuidgen");
    }
    const auto key = base::HexDecode(reader.Text("ORDER_VERIFY_KEY"));
    if (key && key->size() == trust.key.size()) {
        trust.key = base::ToArray<sizeof(crypto::Ed25519PublicKey)>(*key);
    } else {
        reader.Refuse("ORDER_VERIFY_KEY",
                      "is not 64 hex digits",
                      "set the public half of ORDER_SIGNING_KEY; scripts/up writes both");
    }
    return trust;
}

std::vector<signer::AllowedContract> ReadAllowList(config::Reader& reader) {
    const auto list = signer::ParseAllowList(reader.List("SWAP_ALLOW_LIST"));
    if (!list) {
        reader.Refuse("SWAP_ALLOW_LIST", list.error().detail, "correct the entry");
        return {};
    }
    return *list;
}

Policy ReadStandardPolicy(config::Reader& reader) {
    const std::string json = reader.Text("WALLET_STANDARD_POLICY");
    if (json.empty()) {
        return {};
    }
    const auto parsed = ParsePolicy(json);
    const auto normal = parsed ? NormalisePolicy(*parsed) : parsed;
    if (!normal) {
        reader.Refuse("WALLET_STANDARD_POLICY",
                      normal.error().detail,
                      "write it as the answer of GET /api/v1/wallet/policies");
        return {};
    }
    return *normal;
}

}  // namespace

base::Result<Config> ReadConfig(config::Reader& reader) {
    Config config;
    config.mode = ModeOf(reader.network());
    config.trust = ReadTrust(reader);
    config.keks = reader.NumberedSecrets("ENCRYPTION_KEY");
    if (auto key = secret::FromHex(reader.Secret("TOTP_KEY").Expose())) {
        config.totp_key = std::move(*key);
    }
    config.database_url = reader.Secret("WALLET_MANAGER_DATABASE_URL");
    config.connections_max = static_cast<int>(reader.Integer("DATABASE_CONNECTIONS_MAX"));
    config.journal_dir = reader.Text("KEY_JOURNAL_DIR");
    config.incarnation_dir = reader.Text("INCARNATION_DIR");
    config.replica = reader.Text("REPLICA_NAME");
    config.allow_list = ReadAllowList(reader);
    config.standard_policy = ReadStandardPolicy(reader);
    config.autofund = config.mode == chain::Mode::kDevnet && reader.Flag("DEVNET_AUTOFUND");
    const auto renew_after = reader.Duration("SOLANA_RENEW_AFTER");
    config.renew_after = config.mode == chain::Mode::kDevnet ? renew_after : kRenewAfter;
    config.chain_addresses = reader.ServiceAddresses();
    BASE_RETURN_IF_ERROR(reader.Finish());
    return config;
}

base::Result<> ForkSigner(Config& config) {
    signer::Settings settings;
    settings.trust = config.trust;
    settings.mode = config.mode;
    settings.allow_list = config.allow_list;
    for (const chain::ChainInfo& chain : chain::AllChains()) {
        settings.networks.emplace_back(chain::NetworkId(chain, config.mode));
    }
    BASE_ASSIGN_OR_RETURN(config.signer, StartSigner(std::move(settings), std::move(config.keks)));
    config.keks.clear();
    return {};
}

}  // namespace wallet_manager
