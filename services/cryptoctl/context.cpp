#include "cryptoctl/context.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace cryptoctl {

Session* Context::session() {
    if (session_ == nullptr) {
        const auto store = CredentialsPath();
        auto opened = store ? Session::Open(api, *store)
                            : base::Result<std::unique_ptr<Session>>(store.error());
        if (!opened) {
            static_cast<void>(Complain(opened.error()));
            return nullptr;
        }
        session_ = std::move(*opened);
    }
    return session_.get();
}

std::optional<Json> Context::Get(const Ask& ask, int& exit_code) {
    exit_code = kFailed;
    Session* const open = session();
    if (open == nullptr) {
        return std::nullopt;
    }
    auto reply = open->Call(ask);
    if (!reply) {
        exit_code = Complain(reply.error());
        return std::nullopt;
    }
    if (!reply->Good()) {
        exit_code = Complain(*reply);
        return std::nullopt;
    }
    exit_code = kDone;
    return std::move(reply->body);
}

int Context::Run(const Ask& ask, const std::function<void(const Json&)>& show) {
    int exit_code = kDone;
    const auto answer = Get(ask, exit_code);
    if (!answer) {
        return exit_code;
    }
    if (json) {
        Print(answer->is_null() ? "{}" : answer->dump(2));
    } else {
        show(*answer);
    }
    return kDone;
}

void Context::Print(std::string_view line) const {
    std::cout << line << '\n';
}

int Context::Complain(const base::Error& error) const {
    if (json) {
        std::cout << Json{{"code", error.reason}, {"detail", error.detail}}.dump(2) << '\n';
    }
    std::cerr << "cryptoctl: " << error.detail << '\n';
    if (!error.remedy.empty()) {
        std::cerr << "  to do: " << error.remedy << '\n';
    }
    const bool unreachable = error.kind == base::ErrorKind::kUnavailable ||
                             error.kind == base::ErrorKind::kDeadlineExceeded;
    return unreachable ? kUnavailable : kFailed;
}

int Context::Complain(const Reply& reply) const {
    if (json && reply.body.is_object()) {
        std::cout << reply.body.dump(2) << '\n';
    }
    const Json& body = reply.body.is_object() ? reply.body : Json::object();
    std::cerr << "cryptoctl: " << TextOf(body, "title") << " (" << reply.status << " "
              << TextOf(body, "code") << ")\n  " << TextOf(body, "detail") << '\n'
              << "  to do: " << TextOf(body, "remedy") << '\n';
    return ExitCodeOfStatus(reply.status);
}

void PrintTable(const std::vector<std::string>& head,
                const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const std::string& cell : head) {
        widths.push_back(cell.size());
    }
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], row[column].size());
        }
    }
    const auto print = [&](const std::vector<std::string>& row) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += row[column];
            if (column + 1 < row.size()) {
                line += std::string(widths[column] - row[column].size() + 2, ' ');
            }
        }
        std::cout << line << '\n';
    };
    print(head);
    for (const auto& row : rows) {
        print(row);
    }
}

std::string TextOf(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) {
        return "-";
    }
    return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string ReadPassword(const std::string& prompt) {
    if (const char* given = std::getenv("CRYPTOCTL_PASSWORD"); given != nullptr) {
        return given;
    }
    termios before{};
    const bool terminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        std::cerr << prompt << ": " << std::flush;
        termios silent = before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    std::string password;
    std::getline(std::cin, password);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::cerr << '\n';
    }
    return password;
}

void AddTotp(Json& body) {
    if (const char* given = std::getenv("CRYPTOCTL_TOTP"); given != nullptr) {
        body["totp"] = given;
    }
}

}  // namespace cryptoctl
