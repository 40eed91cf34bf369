// A Solana node in memory behind chain::NodeRpc: coherent by default, and every method can be made
// to lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "chain/node_rpc.h"
#include "crypto/base64.h"
#include "solana/pubkey.h"
#include "unit/solana/samples.h"

namespace solana_test {

using Json = nlohmann::json;

inline base::Error Rejected(std::string text, const std::string& code = "-32002") {
    return base::FailedPrecondition("node_rejected", "the node refused the call")
        .With("code", code)
        .With("upstream", std::move(text));
}

struct Holding {
    std::uint64_t lamports = 0;
    solana::Pubkey owner = solana::SystemProgram();
    base::Bytes data{};
    bool executable = false;
};

class ScriptedNode : public chain::NodeRpc {
public:
    using Answer = base::Result<Json>;
    using Handler = std::function<Answer(const Json& parameters)>;

    base::Result<Json> Call(std::string_view method, Json parameters) override {
        calls.emplace_back(method, parameters);
        if (const auto handler = overrides.find(method); handler != overrides.end()) {
            return handler->second(parameters);
        }
        return Default(method, parameters);
    }

    // What a further node answers to CallEach; this one answers first.
    Handler other;

    std::vector<Answer> CallEach(std::string_view method, Json parameters) override {
        std::vector<Answer> answers{Call(method, parameters)};
        if (other) {
            answers.push_back(other(parameters));
        }
        return answers;
    }

    void Answers(const std::string& method, Json answer) {
        overrides[method] = [answer](const Json&) {
            return Answer(boost::system::in_place_value, answer);
        };
    }

    void Refuses(const std::string& method, base::Error error) {
        overrides[method] = [error](const Json&) { return Answer(error); };
    }

    [[nodiscard]] std::size_t CallsOf(std::string_view method) const {
        std::size_t count = 0;
        for (const auto& [name, parameters] : calls) {
            count += name == method ? 1 : 0;
        }
        return count;
    }

    std::map<std::string, Holding> accounts;  // by address
    std::uint64_t slot = 1'000;
    std::uint64_t height = 900;
    std::uint64_t final_slot = 968;
    std::uint64_t final_height = 870;
    std::uint64_t units = 450;
    std::uint64_t hole_from = 1;  // of the blocks that it does not list
    std::uint64_t hole_to = 0;
    std::vector<std::uint64_t> prices;
    std::map<std::string, Json> statuses;  // by signature
    std::map<std::string, std::vector<std::pair<std::string, std::uint64_t>>>
        history;                                                     // newest first
    std::map<std::string, Json> transactions;                        // by signature
    std::map<std::string, std::vector<std::string>> token_accounts;  // by owner
    std::map<std::string, Handler, std::less<>> overrides;
    std::vector<std::pair<std::string, Json>> calls;

    static std::string HashOf(std::uint64_t number) {
        solana::Pubkey key = samples::Plain(77);
        key.bytes[0] = static_cast<std::uint8_t>(number >> 8U);
        key.bytes[1] = static_cast<std::uint8_t>(number);
        return key.ToString();
    }

private:
    static bool IsFinal(const Json& parameters) {
        return !parameters.empty() && parameters.back().is_object() &&
               parameters.back().value("commitment", "") == "finalized";
    }

    Json In(std::uint64_t at, Json value) const {
        return {{"context", {{"slot", at}}}, {"value", std::move(value)}};
    }

    Json AccountJson(const std::string& address) const {
        const auto found = accounts.find(address);
        if (found == accounts.end()) {
            return nullptr;
        }
        return {{"lamports", found->second.lamports},
                {"owner", found->second.owner.ToString()},
                {"data", {crypto::Base64Encode(found->second.data), "base64"}},
                {"executable", found->second.executable},
                {"rentEpoch", 18446744073709551615ULL}};
    }

    static Answer Ok(Json value) { return Answer(boost::system::in_place_value, std::move(value)); }

    Answer ReadAnswer(std::string_view method, const Json& parameters, bool final) {
        const std::uint64_t at = final ? final_slot : slot;
        if (method == "getMultipleAccounts") {
            Json list = Json::array();
            for (const Json& address : parameters[0]) {
                list.push_back(AccountJson(address.get<std::string>()));
            }
            return Ok(In(at, std::move(list)));
        }
        if (method == "getSignatureStatuses") {
            const auto found = statuses.find(parameters[0][0].get<std::string>());
            return Ok(In(slot, Json::array({found == statuses.end() ? Json() : found->second})));
        }
        if (method == "getSignaturesForAddress") {
            Json list = Json::array();
            const std::string before = parameters[1].value("before", "");
            bool reached = before.empty();
            for (const auto& [signature, where] : history[parameters[0].get<std::string>()]) {
                if (reached && where <= final_slot) {
                    list.push_back({{"signature", signature}, {"slot", where}, {"err", nullptr}});
                }
                reached = reached || signature == before;
            }
            return Ok(list);
        }
        if (method == "getTransaction") {
            const auto found = transactions.find(parameters[0].get<std::string>());
            return Ok(found == transactions.end() ? Json() : found->second);
        }
        if (method == "getTokenAccountsByOwner") {
            Json list = Json::array();
            if (parameters[1].at("programId") == solana::TokenProgram().ToString()) {
                for (const std::string& key : token_accounts[parameters[0].get<std::string>()]) {
                    list.push_back({{"pubkey", key}});
                }
            }
            return Ok(In(at, std::move(list)));
        }
        return Rejected("Method not found", "-32601");
    }

    Answer Default(std::string_view method, const Json& parameters) {
        const bool final = IsFinal(parameters);
        if (method == "getSlot") {
            return Ok(Json(final ? final_slot : slot));
        }
        if (method == "getBlockHeight") {
            return Ok(Json(final ? final_height : height));
        }
        if (method == "getEpochInfo") {
            return Ok(Json{{"absoluteSlot", final ? final_slot : slot},
                           {"blockHeight", final ? final_height : height}});
        }
        if (method == "getLatestBlockhash") {
            return Ok(
                In(slot, {{"blockhash", HashOf(slot)}, {"lastValidBlockHeight", height + 150}}));
        }
        if (method == "getMinimumBalanceForRentExemption") {
            return Ok(Json((parameters[0].get<std::uint64_t>() + 128) * 6'960));
        }
        if (method == "getRecentPrioritizationFees") {
            Json list = Json::array();
            for (const std::uint64_t price : prices) {
                list.push_back({{"slot", slot}, {"prioritizationFee", price}});
            }
            return Ok(list);
        }
        if (method == "simulateTransaction") {
            return Ok(In(slot, {{"err", nullptr}, {"unitsConsumed", units}}));
        }
        if (method == "getGenesisHash") {
            return Ok(Json(HashOf(0)));
        }
        if (method == "getBlock") {
            const auto where = parameters[0].get<std::uint64_t>();
            if (where > slot || where % 16 == 7) {
                return Rejected("Slot was skipped", where > slot ? "-32004" : "-32007");
            }
            return Ok(Json{{"blockhash", HashOf(where)},
                           {"previousBlockhash", HashOf(where - 1)},
                           {"parentSlot", where % 16 == 8 ? where - 2 : where - 1},
                           {"blockHeight", where - (where + 9) / 16},
                           {"blockTime", 1'700'000'000 + where}});
        }
        if (method == "getBlocks") {
            Json list = Json::array();
            const auto last = std::min(parameters[1].get<std::uint64_t>(), final_slot);
            for (auto where = parameters[0].get<std::uint64_t>(); where <= last; ++where) {
                if (where % 16 != 7 && (where < hole_from || where > hole_to)) {
                    list.push_back(where);
                }
            }
            return Ok(list);
        }
        return ReadAnswer(method, parameters, final);
    }
};

}  // namespace solana_test
