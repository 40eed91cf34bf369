#include "wallet-manager/assembly.h"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "keyvault/journal.h"
#include "observe/log.h"
#include "pg/checks.h"
#include "pg/pool.h"
#include "wallet-manager/access.h"
#include "wallet-manager/chain_peers.h"
#include "wallet-manager/gate_service.h"
#include "wallet-manager/incarnation.h"
#include "wallet-manager/key_rotation.h"
#include "wallet-manager/key_versions.h"
#include "wallet-manager/refusal_log.h"
#include "wallet-manager/signer_client.h"
#include "wallet-manager/wallet_service.h"

namespace wallet_manager {

namespace {

using observe::Key;

constexpr int kSignerGoneExit = 70;
constexpr int kDatabaseTries = 60;
constexpr std::chrono::milliseconds kDatabaseInterval{500};

// Nothing can be signed any more and the signer is never forked again: whoever supervises this
// process starts a new one.
[[noreturn]] void EndWithoutSigner() {
    observe::Error("the signer is gone");
    std::_Exit(kSignerGoneExit);
}

std::unique_ptr<pg::Pool> MakePool(const Config& config, runtime::Daemon& daemon) {
    const auto in_use = daemon.metrics().AddGauge(
        {"db_pool_in_use", "Connections of the database pool that are in use."});
    pg::PoolOptions options;
    options.url = std::string(config.database_url.Expose());
    options.connections_max = static_cast<std::size_t>(config.connections_max);
    options.on_in_use = [in_use](std::size_t count) {
        in_use.Set(static_cast<std::int64_t>(count));
    };
    options.on_error = [](std::string_view sqlstate, std::string_view message) {
        observe::Warn("database error",
                      {{Key::kErrorCode, sqlstate}, {Key::kErrorDetail, message}});
    };
    return std::make_unique<pg::Pool>(std::move(options));
}

// Daemon and database start together, in any order.
base::Result<> AwaitDatabase(pg::Pool& pool) {
    base::Result<> reached = pool.Ping();
    for (int i = 0; !reached && i < kDatabaseTries; ++i) {
        std::this_thread::sleep_for(kDatabaseInterval);
        reached = pool.Ping();
    }
    return reached;
}

base::Result<> CheckDatabase(pg::Pool& pool) {
    BASE_RETURN_IF_ERROR(AwaitDatabase(pool));
    BASE_RETURN_IF_ERROR(pg::CheckMigrations(pool, pg::KnownMigrations()));
    return pg::CheckSettings(pool);
}

base::Result<> CheckKeys(pg::Pool& pool, SignerClient& signer, const std::string& replica) {
    BASE_ASSIGN_OR_RETURN(const auto keks, signer.Ask<signer::KekList>(signer::ListKeks{}));
    return CheckKeks(pool, keks, replica);
}

base::Result<std::unique_ptr<ChainPeers>> ConnectChains(const Config& config,
                                                        runtime::Daemon& daemon) {
    auto peers = std::make_unique<ChainPeers>();
    for (const auto& [chain, address] : config.chain_addresses) {
        // Optional: balances and gifts wait for it, keys and signatures do not.
        BASE_ASSIGN_OR_RETURN(
            auto peer, daemon.Connect(chain + "-service", address, runtime::Need::kOptional));
        peers->emplace(chain, rpc::Client<platform::chain::v1::ChainService>(std::move(peer)));
    }
    return peers;
}

}  // namespace

base::Result<> Assemble(Config& config, runtime::Daemon& daemon) {
    auto& signer = daemon.Own(std::make_unique<SignerClient>(config.signer, EndWithoutSigner));
    auto& pool = daemon.Own(MakePool(config, daemon));
    BASE_RETURN_IF_ERROR(CheckDatabase(pool));
    daemon.AddCheck({.name = "postgres", .probe = [&pool] { return pool.Ping(); }});
    BASE_RETURN_IF_ERROR(CheckKeys(pool, signer, config.replica));
    BASE_ASSIGN_OR_RETURN(auto opened_incarnation,
                          Incarnation::Open(pool, {config.incarnation_dir, config.replica}));
    auto& incarnation = daemon.Own<Incarnation>(std::move(opened_incarnation));
    // Optional: the gate is closed anyway, and the administrator's acceptance comes through daemons
    // that wait until this one is ready.
    daemon.AddCheck({.name = "restore",
                     .probe = [&incarnation] { return incarnation.CheckOpen(); },
                     .need = runtime::Need::kOptional});
    daemon.AddWorker("incarnation",
                     [&incarnation](const std::stop_token& stop) { incarnation.Run(stop); });
    BASE_ASSIGN_OR_RETURN(auto opened_journal,
                          keyvault::Journal::Open(config.journal_dir, config.replica));
    auto& journal = daemon.Own<keyvault::Journal>(std::move(opened_journal));
    BASE_ASSIGN_OR_RETURN(auto connected, ConnectChains(config, daemon));
    const ChainPeers& peers = daemon.Own(std::move(connected));
    auto& refusals = daemon.Own<RefusalLog>(pool);
    daemon.Audit([&refusals](const std::string& method,
                             const rpc::Context& context,
                             const base::Error& refusal) {
        refusals.Write({context.caller, method, "", ""}, refusal);
    });
    auto& gate = daemon.Own(std::make_unique<GateService>(GateParts{pool,
                                                                    signer,
                                                                    incarnation,
                                                                    refusals,
                                                                    config.trust,
                                                                    config.mode,
                                                                    config.standard_policy,
                                                                    config.renew_after,
                                                                    base::SystemClock()}));
    auto& wallets =
        daemon.Own(std::make_unique<WalletService>(WalletParts{pool,
                                                               signer,
                                                               journal,
                                                               peers,
                                                               incarnation,
                                                               refusals,
                                                               config.trust,
                                                               config.mode,
                                                               config.autofund,
                                                               config.standard_policy,
                                                               std::move(config.totp_key)}));
    auto& rotation = daemon.Own(
        std::make_unique<KeyRotation>(KeyRotation::Parts{pool, signer, journal, config.replica}));
    daemon.AddWorker("key_rotation",
                     [&rotation](const std::stop_token& stop) { rotation.Run(stop); });
    daemon.Serve(gate, GateAccess());
    daemon.Serve(wallets, WalletAccess());
    return {};
}

}  // namespace wallet_manager
