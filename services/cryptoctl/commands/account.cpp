#include <CLI/CLI.hpp>

#include "cryptoctl/commands/commands.h"

namespace cryptoctl {

namespace {

int SignIn(Context& context, const std::string& path, const std::string& email) {
    Json body{{"email", email}, {"password", ReadPassword("Password of " + email)}};
    AddTotp(body);
    const Ask ask{net::Method::kPost, path, std::move(body)};
    int exit_code = kDone;
    auto answer = context.Get(ask, exit_code);
    if (!answer) {
        return exit_code;
    }
    if (const auto kept = context.session()->Keep(*answer); !kept) {
        return context.Complain(kept.error());
    }
    if (context.json) {
        answer->erase("token");
        answer->erase("refresh_token");
        context.Print(answer->dump(2));
    } else {
        context.Print("signed in as " + TextOf(*answer, "email") + " (" + TextOf(*answer, "role") +
                      ") at " + context.session()->api());
        if (answer->value("password_change_required", false)) {
            context.Print("this password was for one sign-in: run cryptoctl password");
        }
    }
    return kDone;
}

int ChangePassword(Context& context) {
    const std::string old_password = ReadPassword("Old password");
    const char* fresh = std::getenv("CRYPTOCTL_NEW_PASSWORD");
    const std::string new_password = fresh != nullptr ? fresh : ReadPassword("New password");
    Json body{{"old", old_password}, {"new", new_password}};
    AddTotp(body);
    const Ask ask{net::Method::kPost, "/auth/password", std::move(body)};
    return context.Run(ask, [&](const Json&) { context.Print("password changed"); });
}

int LogOut(Context& context) {
    const Ask ask{net::Method::kPost, "/auth/logout"};
    const int code = context.Run(ask, [&](const Json&) { context.Print("signed out"); });
    if (code == kDone || code == kNotSignedIn) {
        context.session()->Forget();
    }
    return code;
}

}  // namespace

void AddAccountCommands(CLI::App& app, Context& context) {
    static std::string email;
    auto* login = app.add_subcommand("login", "Sign in; the password is asked for");
    login->add_option("email", email)->required();
    login->callback([&context] {
        context.action = [&context] { return SignIn(context, "/auth/login", email); };
    });
    auto* registers = app.add_subcommand("register", "Make an account and sign in");
    registers->add_option("email", email)->required();
    registers->callback([&context] {
        context.action = [&context] { return SignIn(context, "/auth/register", email); };
    });
    app.add_subcommand("logout", "End this sign-in")->callback([&context] {
        context.action = [&context] { return LogOut(context); };
    });
    app.add_subcommand("password", "Change the password")->callback([&context] {
        context.action = [&context] { return ChangePassword(context); };
    });
    app.add_subcommand("me", "Who is signed in")->callback([&context] {
        context.action = [&context] {
            const Ask ask{net::Method::kGet, "/auth/me"};
            return context.Run(ask, [&](const Json& me) {
                context.Print(TextOf(me, "email") + " (" + TextOf(me, "role") + ") on " +
                              TextOf(me, "network"));
            });
        };
    });
}

}  // namespace cryptoctl
