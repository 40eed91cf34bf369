// What every command works with: global options, the session, and how answers are shown.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cryptoctl/exit_codes.h"
#include "cryptoctl/session.h"

namespace CLI {
class App;
}

namespace cryptoctl {

class Context {
public:
    bool json = false;
    std::string api;

    // The command that the command line chose.
    std::function<int()> action;

    // The session, opened at first use. Null after an error, which has been shown.
    [[nodiscard]] Session* session();

    // Calls and shows: the answer as JSON with --json, else by `show`; a problem as its title,
    // detail and remedy. Returns the exit code.
    [[nodiscard]] int Run(const Ask& ask, const std::function<void(const Json&)>& show);

    // The answer of a call that the command goes on with; nothing after an error, which has been
    // shown and is then in `exit_code`.
    [[nodiscard]] std::optional<Json> Get(const Ask& ask, int& exit_code);

    void Print(std::string_view line) const;
    [[nodiscard]] int Complain(const base::Error& error) const;

private:
    [[nodiscard]] int Complain(const Reply& reply) const;

    std::unique_ptr<Session> session_;
};

// Columns as wide as their widest cell.
void PrintTable(const std::vector<std::string>& head,
                const std::vector<std::vector<std::string>>& rows);

// The text of a member: strings as they are, null and absent as "-".
[[nodiscard]] std::string TextOf(const Json& object, const char* name);

// From CRYPTOCTL_PASSWORD, else asked for on the terminal without echo, else a line of standard
// input.
[[nodiscard]] std::string ReadPassword(const std::string& prompt);

// The one-time code of CRYPTOCTL_TOTP, for accounts with a second factor.
void AddTotp(Json& body);

}  // namespace cryptoctl
