// What the tables of Bitcoin and Zcash share.
#pragma once

#include <cstdint>

#include "utxo/network.h"
#include "utxo/spend.h"
#include "utxo/transaction.h"
#include "vectors/oracle.h"

namespace oracle {

// `main`, `test` or `regtest`. Errors: `bad_network`.
[[nodiscard]] base::Result<utxo::Network> NetworkIn(const Json& in);

// A decimal text. Errors: `bad_amount`.
[[nodiscard]] base::Result<std::uint64_t> AmountIn(const Json& in, const char* key);

[[nodiscard]] std::uint32_t NumberOr(const Json& in, const char* key, std::uint32_t fallback);

// {amount, script_pubkey}, one or a list.
[[nodiscard]] base::Result<utxo::Output> OutputIn(const Json& in);
[[nodiscard]] base::Result<std::vector<utxo::Output>> OutputsIn(const Json& list);

// An input of a `sign_tx` operation.
struct SigningInput {
    utxo::Input input;
    utxo::Output spent;
    secret::Bytes key;
    utxo::SpendOptions options;
};

struct SigningCase {
    utxo::Transaction transaction;
    std::vector<SigningInput> inputs;
    std::vector<utxo::Output> spent;
};

// version, locktime, inputs and outputs.
[[nodiscard]] base::Result<SigningCase> SigningCaseIn(const Json& in);

// Signs all inputs in place.
using SpendFunction = base::Result<utxo::Spend> (*)(const utxo::SpendTask& task,
                                                    const secret::Bytes& key,
                                                    const utxo::SpendOptions& options);
[[nodiscard]] base::Result<utxo::Transaction> SignAll(const SigningCase& signing,
                                                      SpendFunction spend);

}  // namespace oracle
