// Everything that wallet-manager reads from its environment, checked once at start.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "auth/order.h"
#include "base/result.h"
#include "chain/catalog.h"
#include "config/reader.h"
#include "secret/secret.h"
#include "signer/allow_list.h"
#include "wallet-manager/policy.h"
#include "wallet-manager/signer_child.h"

namespace wallet_manager {

struct Config {
    chain::Mode mode = chain::Mode::kDevnet;
    auth::OrderTrust trust;              // of the gateway's orders; no network
    std::map<int, secret::String> keks;  // empty once the signer has them
    secret::Bytes totp_key;              // empty = no second factors
    secret::String database_url;
    int connections_max = 0;
    std::filesystem::path journal_dir;
    std::filesystem::path incarnation_dir;
    std::string replica;
    std::vector<signer::AllowedContract> allow_list;
    Policy standard_policy;
    bool autofund = false;
    std::chrono::milliseconds renew_after{};  // between two attempts on networks without nonces
    std::map<std::string, std::string> chain_addresses;  // of the chain daemons, by chain name
    SignerProcess signer;                                // set by ForkSigner
};

[[nodiscard]] base::Result<Config> ReadConfig(config::Reader& reader);

// While the process has one thread. Afterwards no key-encryption key is left in it.
[[nodiscard]] base::Result<> ForkSigner(Config& config);

}  // namespace wallet_manager
