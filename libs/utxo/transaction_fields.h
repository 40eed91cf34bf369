// The parts of a transaction that both chains write alike. Only for this folder.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "utxo/transaction.h"
#include "utxo/wire.h"

namespace utxo {

[[nodiscard]] base::Error BadTransaction(std::string detail);

void WriteOutPoint(Writer& writer, const OutPoint& outpoint);
void WriteOutput(Writer& writer, const Output& output);
void WriteInputs(Writer& writer, const std::vector<Input>& inputs);
void WriteOutputs(Writer& writer, const std::vector<Output>& outputs);

[[nodiscard]] OutPoint ReadOutPoint(Reader& reader);
[[nodiscard]] std::vector<Input> ReadInputs(Reader& reader);
[[nodiscard]] std::vector<Output> ReadOutputs(Reader& reader);

}  // namespace utxo
