// Reads the variables of one daemon through the table and collects every error, so that an operator
// sees all of them at once.
//
//     config::Reader reader(config::ProcessEnvironment(), "api-gateway");
//     Config config{.port = reader.Port("GATEWAY_PORT"), .jwt_secret =
//     reader.Secret("JWT_SECRET")}; BASE_RETURN_IF_ERROR(reader.Finish());
//
// Asking for a name that the table does not give to this daemon is a programming mistake and ends
// the process. A getter that met an error returns an empty value; Finish then fails.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/environment.h"
#include "config/variable.h"
#include "secret/secret.h"

namespace config {

enum class Network { kDevnet, kTestnet, kMainnet };

// "devnet", as CHAIN_NETWORK spells it.
[[nodiscard]] std::string_view NetworkName(Network network);

struct Problem {
    std::string name;    // of the variable
    std::string what;    // is wrong with it; never a value
    std::string remedy;  // what to do
};

class Reader {
public:
    Reader(Environment& environment, std::string service, Table table = PlatformVariables());

    [[nodiscard]] std::string Text(std::string_view name);  // kText, kChoice, kAddress, kPath
    [[nodiscard]] std::int64_t Integer(std::string_view name);
    [[nodiscard]] std::uint16_t Port(std::string_view name);
    [[nodiscard]] bool Flag(std::string_view name);
    [[nodiscard]] std::chrono::milliseconds Duration(std::string_view name);
    [[nodiscard]] std::string Url(std::string_view name);
    [[nodiscard]] std::vector<std::string> UrlList(std::string_view name);
    [[nodiscard]] std::vector<std::string> List(std::string_view name);

    // Any secret type, from NAME or NAME_FILE, checked as its type asks. Afterwards NAME's bytes in
    // the environment are overwritten.
    [[nodiscard]] secret::String Secret(std::string_view name);
    // A numbered variable: NAME as version 1, NAME_V2 as 2, ...
    [[nodiscard]] std::map<int, secret::String> NumberedSecrets(std::string_view name);

    // {"ethereum", value of ETHEREUM_SERVICE_ADDRESS}: every variable of this daemon that ends with
    // _SERVICE_ADDRESS, by the part before it in lower case, without those that are `off`.
    [[nodiscard]] std::map<std::string, std::string> ServiceAddresses();

    [[nodiscard]] bool IsSet(std::string_view name) const;

    // CHAIN_NETWORK; decides which variables are required.
    [[nodiscard]] Network network() const { return network_; }

    // For rules over several variables that the daemon checks itself.
    void Refuse(std::string_view name, std::string what, std::string remedy);

    [[nodiscard]] const std::vector<Problem>& problems() const { return problems_; }

    // Forgets every secret of the table, read or not. Error `bad_configuration`: one line a
    // variable.
    [[nodiscard]] base::Result<void> Finish();

private:
    [[nodiscard]] const Variable& Row(std::string_view name) const;
    std::optional<std::string> Value(const Variable& row);
    std::optional<secret::String> SecretValue(const Variable& row, const std::string& name);
    std::optional<secret::String> SecretFile(const std::string& name, const std::string& path);
    [[nodiscard]] bool IsNeeded(const Variable& row) const;
    void RefuseMissing(const Variable& row);
    void Refuse(std::string_view name, const base::Error& error);
    bool CheckSecret(const Variable& row, const std::string& name, const secret::String& value);

    Environment& environment_;
    std::string service_;
    Table table_;
    Network network_ = Network::kDevnet;
    std::vector<Problem> problems_;
};

// Reads every variable that the table gives to `service`: what `--config-check` of any daemon and
// `cryptoctl config check` report.
[[nodiscard]] std::vector<Problem> CheckService(Environment& environment,
                                                const std::string& service,
                                                Table table = PlatformVariables());

// "JWT_SECRET has 12 characters, needs 32; make one with: openssl rand -hex 32"
[[nodiscard]] std::string FormatProblem(const Problem& problem);

}  // namespace config
