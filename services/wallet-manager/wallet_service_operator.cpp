// What administrators stop and open again: all sends, a restored database, a chain whose final
// block has changed. A taken-over gateway cannot: the proof is checked here.
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "chain/catalog.h"
#include "wallet-manager/pause_store.h"
#include "wallet-manager/wallet_service.h"

namespace wallet_manager {

namespace v1 = platform::wallet::v1;

namespace {

constexpr std::size_t kBlockHashMax = 200;

base::Result<> CheckIsAdmin(pg::Tx& tx, const base::UserId& user) {
    BASE_ASSIGN_OR_RETURN(const auto row,
                          tx.Maybe("SELECT role FROM users WHERE id = $1 AND is_active", user));
    if (!row || row->Get<std::string>("role") != "admin") {
        return base::PermissionDenied("role_not_allowed", "this is for administrators");
    }
    return {};
}

base::Result<> AppendIdentityEvent(pg::Tx& tx,
                                   const base::UserId& admin,
                                   std::string_view kind,
                                   const nlohmann::json& detail) {
    BASE_RETURN_IF_ERROR(
        tx.Exec("INSERT INTO identity_events (user_id, kind, actor, detail) VALUES ($1, $2, "
                "'user', $3::jsonb)",
                admin,
                kind,
                detail.dump()));
    return {};
}

// One step of the restore that is open.
base::Result<> MoveRestore(pg::Tx& tx,
                           const base::UserId& admin,
                           std::string_view change,
                           std::string_view event) {
    BASE_ASSIGN_OR_RETURN(const pg::Rows moved,
                          tx.Exec("UPDATE restores SET " + std::string(change), admin));
    if (moved.affected() == 0) {
        return base::FailedPrecondition("no_restore", "no restored database waits for this");
    }
    return AppendIdentityEvent(tx, admin, event, nlohmann::json::object());
}

}  // namespace

base::Result<std::string> WalletService::NetworkOf(const std::string& chain) const {
    if (chain.empty()) {
        return std::string();
    }
    BASE_ASSIGN_OR_RETURN(const chain::ChainInfo* info, chain::FindChain(chain));
    return std::string(chain::NetworkId(*info, parts_.mode));
}

base::Result<> WalletService::ProveAdmin(const base::UserId& admin,
                                         const v1::FreshProof& proof) const {
    BASE_RETURN_IF_ERROR(
        pg::Transact(parts_.pool, [&](pg::Tx& tx) { return CheckIsAdmin(tx, admin); }));
    return proofs_.Verify(admin, proof, ProofUse::kSetting);
}

base::Result<v1::PauseSendsResponse> WalletService::PauseSends(const v1::PauseSendsRequest& request,
                                                               const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto admin, UserOf(context, request.admin_id()));
    if (request.reason().size() > kReasonMax) {
        return base::InvalidArgument("text_too_long", "a reason has at most 200 characters")
            .At("/reason");
    }
    BASE_ASSIGN_OR_RETURN(const std::string network, NetworkOf(request.chain()));
    BASE_RETURN_IF_ERROR(ProveAdmin(admin, request.proof()));
    const std::string reason =
        request.reason().empty() ? "stopped by an administrator" : request.reason();
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::PauseSendsResponse> {
        BASE_RETURN_IF_ERROR(PauseNetwork(tx, network, reason));
        BASE_RETURN_IF_ERROR(AppendIdentityEvent(
            tx, admin, "sends_paused", {{"network", network}, {"reason", reason}}));
        return v1::PauseSendsResponse();
    });
}

base::Result<v1::ResumeSendsResponse> WalletService::ResumeSends(
    const v1::ResumeSendsRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto admin, UserOf(context, request.admin_id()));
    BASE_ASSIGN_OR_RETURN(const std::string network, NetworkOf(request.chain()));
    BASE_RETURN_IF_ERROR(ProveAdmin(admin, request.proof()));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::ResumeSendsResponse> {
        BASE_RETURN_IF_ERROR(ResumeNetwork(tx, network));
        BASE_RETURN_IF_ERROR(
            AppendIdentityEvent(tx, admin, "sends_resumed", {{"network", network}}));
        return v1::ResumeSendsResponse();
    });
}

base::Result<v1::AcceptRestoreResponse> WalletService::AcceptRestore(
    const v1::AcceptRestoreRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto admin, UserOf(context, request.admin_id()));
    BASE_RETURN_IF_ERROR(ProveAdmin(admin, request.proof()));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::AcceptRestoreResponse> {
        BASE_RETURN_IF_ERROR(MoveRestore(tx,
                                         admin,
                                         "accepted_at = now(), accepted_by = $1 "
                                         "WHERE closed_at IS NULL AND accepted_at IS NULL",
                                         "restore_accepted"));
        // What a human said to them is lost: it may have been yes.
        BASE_RETURN_IF_ERROR(
            tx.Exec("UPDATE approvals SET expires_at = least(expires_at, now()) "
                    "WHERE state = 'pending'"));
        return v1::AcceptRestoreResponse();
    });
}

base::Result<v1::CloseRestoreResponse> WalletService::CloseRestore(
    const v1::CloseRestoreRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto admin, UserOf(context, request.admin_id()));
    BASE_RETURN_IF_ERROR(ProveAdmin(admin, request.proof()));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::CloseRestoreResponse> {
        BASE_RETURN_IF_ERROR(MoveRestore(tx,
                                         admin,
                                         "closed_at = now(), closed_by = $1 "
                                         "WHERE closed_at IS NULL AND accepted_at IS NOT NULL",
                                         "restore_closed"));
        return v1::CloseRestoreResponse();
    });
}

base::Result<v1::AcceptFinalBlockResponse> WalletService::AcceptFinalBlock(
    const v1::AcceptFinalBlockRequest& request, const Context& context) {
    BASE_ASSIGN_OR_RETURN(const auto admin, UserOf(context, request.admin_id()));
    BASE_ASSIGN_OR_RETURN(const std::string network, NetworkOf(request.chain()));
    if (network.empty() || request.network() != network) {
        return base::InvalidArgument("wrong_network",
                                     "the network of this chain is " + network + " here")
            .At("/network");
    }
    if (request.block_hash().empty() || request.block_hash().size() > kBlockHashMax) {
        return base::InvalidArgument("block_mismatch", "this is no block's hash").At("/hash");
    }
    BASE_RETURN_IF_ERROR(ProveAdmin(admin, request.proof()));
    return pg::Transact(parts_.pool, [&](pg::Tx& tx) -> base::Result<v1::AcceptFinalBlockResponse> {
        BASE_ASSIGN_OR_RETURN(
            const auto pin,
            tx.Maybe("UPDATE chain_pins SET accepted_hash = $2 WHERE network = $1 "
                     "AND sends_stopped_reason <> '' "
                     "RETURNING final_height, final_hash, sends_stopped_reason",
                     network,
                     request.block_hash()));
        if (!pin) {
            return base::FailedPrecondition("sends_not_stopped",
                                            "no alarm stops sends on this chain");
        }
        BASE_RETURN_IF_ERROR(AppendIdentityEvent(
            tx,
            admin,
            "final_block_accepted",
            {{"network", network},
             {"height", pin->Get<std::uint64_t>("final_height")},
             {"former_hash", pin->Get<std::string>("final_hash")},
             {"accepted_hash", request.block_hash()},
             {"stopped_reason", pin->Get<std::string>("sends_stopped_reason")}}));
        return v1::AcceptFinalBlockResponse();
    });
}

}  // namespace wallet_manager
