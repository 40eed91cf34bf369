#include "transfer/state.h"

#include <array>
#include <string>
#include <utility>

namespace transfer {

namespace {

constexpr std::array<std::pair<State, std::string_view>, 13> kNames = {{
    {State::kReceived, "RECEIVED"},
    {State::kAwaitHuman, "AWAIT_HUMAN"},
    {State::kAuthorised, "AUTHORISED"},
    {State::kReserved, "RESERVED"},
    {State::kSigned, "SIGNED"},
    {State::kSubmitted, "SUBMITTED"},
    {State::kMined, "MINED"},
    {State::kFinal, "FINAL"},
    {State::kReverted, "REVERTED"},
    {State::kCancelled, "CANCELLED"},
    {State::kConflicted, "CONFLICTED"},
    {State::kExpired, "EXPIRED"},
    {State::kRejected, "REJECTED"},
}};

}  // namespace

std::string_view StateName(State state) {
    return kNames.at(static_cast<std::size_t>(state)).second;
}

base::Result<State> ParseState(std::string_view name) {
    for (const auto& [state, text] : kNames) {
        if (text == name) {
            return state;
        }
    }
    return base::Internal("no intent has the state " + std::string(name));
}

bool IsTerminal(State state) {
    return state >= State::kFinal;
}

bool IsUnsigned(State state) {
    return state < State::kSigned;
}

bool IsAnswerable(State state) {
    return state == State::kAwaitHuman || state >= State::kSigned;
}

}  // namespace transfer
