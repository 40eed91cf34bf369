#include "transfer/signing.h"

#include <utility>

namespace transfer {

namespace {

base::Result<SignedBytes> Check(Core& core, const base::Bytes& asked, SignAnswer answer) {
    SignedBytes bytes;
    bytes.unsigned_tx = answer.unsigned_tx.empty() ? asked : std::move(answer.unsigned_tx);
    const auto inspected = core.chain.Inspect(answer.signed_tx, bytes.unsigned_tx);
    if (!inspected) {
        core.Alarm("wrong_signature", inspected.error().detail);
        return base::MakeError(
            base::ErrorKind::kDataLoss, "wrong_signature", inspected.error().detail);
    }
    bytes.signed_tx = *inspected;
    return bytes;
}

bool IsPause(const base::Error& error) {
    return error.reason.find("paused") != std::string::npos;
}

}  // namespace

base::Result<SignedBytes> AskSign(Core& core, const SignCall& call) {
    BASE_ASSIGN_OR_RETURN(auto answer, core.gate.Sign(call));
    return Check(core, call.unsigned_tx, std::move(answer));
}

std::vector<base::Result<SignedBytes>> AskSignAll(Core& core, const std::vector<SignCall>& calls) {
    auto answers = core.gate.SignAll(calls);
    std::vector<base::Result<SignedBytes>> checked;
    checked.reserve(calls.size());
    for (std::size_t index = 0; index < calls.size(); ++index) {
        auto& answer = answers[index];
        checked.push_back(answer ? Check(core, calls[index].unsigned_tx, std::move(*answer))
                                 : base::Result<SignedBytes>(answer.error()));
    }
    return checked;
}

base::Result<SignedBytes> AskSignFill(Core& core, const FillCall& call) {
    BASE_ASSIGN_OR_RETURN(auto answer, core.gate.SignFill(call));
    return Check(core, call.unsigned_tx, std::move(answer));
}

bool IsSignRefusal(const base::Error& error) {
    return IsRefusal(error) && !IsPause(error);
}

std::string WaitingReason(const base::Error& error) {
    // A damaged record, not an absent neighbour: the wallet's key, or the signature itself.
    const bool damaged = error.kind == base::ErrorKind::kDataLoss;
    return IsPause(error) || damaged ? error.reason : "wallet_manager_unavailable";
}

}  // namespace transfer
