#include "transfer/gate.h"

namespace transfer {

std::vector<base::Result<Authorisation>> WalletGate::AuthoriseAll(
    const std::vector<AuthoriseCall>& calls) {
    std::vector<base::Result<Authorisation>> answers;
    answers.reserve(calls.size());
    for (const AuthoriseCall& call : calls) {
        answers.push_back(Authorise(call.order, call.amount));
    }
    return answers;
}

std::vector<base::Result<SignAnswer>> WalletGate::SignAll(const std::vector<SignCall>& calls) {
    std::vector<base::Result<SignAnswer>> answers;
    answers.reserve(calls.size());
    for (const SignCall& call : calls) {
        answers.push_back(Sign(call));
    }
    return answers;
}

std::vector<base::Result<>> WalletGate::ReportOutcomes(const std::vector<Outcome>& outcomes) {
    std::vector<base::Result<>> answers;
    answers.reserve(outcomes.size());
    for (const Outcome& outcome : outcomes) {
        answers.push_back(ReportOutcome(outcome.id, outcome.state));
    }
    return answers;
}

}  // namespace transfer
