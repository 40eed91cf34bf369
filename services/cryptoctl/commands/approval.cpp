#include <iostream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cryptoctl/commands/commands.h"
#include "net/http_message.h"

namespace cryptoctl {

namespace {

struct ApprovalOptions {
    std::string id;
    bool yes = false;
};

std::string PathOf(const ApprovalOptions& options) {
    return "/api/v1/approvals/" + net::PercentEncode(options.id);
}

void ShowPlan(const Json& approval) {
    const Json& plan = approval.at("plan");
    std::vector<std::vector<std::string>> rows{{"id", TextOf(approval, "id")},
                                               {"state", TextOf(approval, "state")},
                                               {"action", TextOf(plan, "action")},
                                               {"chain", TextOf(plan, "chain")},
                                               {"from", TextOf(plan, "from")}};
    for (const Json& recipient : plan.value("recipients", Json::array())) {
        rows.push_back({"pays",
                        TextOf(recipient, "amount") + " " + TextOf(plan, "currency") + " to " +
                            TextOf(recipient, "address")});
    }
    rows.push_back({"fee at most", TextOf(plan, "fee_cap") + " " + TextOf(plan, "fee_currency")});
    rows.push_back({"expires", TextOf(approval, "expires_at")});
    PrintTable({"PLAN", ""}, rows);
}

void ShowList(const Json& page) {
    std::vector<std::vector<std::string>> rows;
    for (const Json& approval : page.at("data")) {
        rows.push_back({TextOf(approval, "id"),
                        TextOf(approval, "state"),
                        TextOf(approval.at("plan"), "action"),
                        TextOf(approval, "expires_at")});
    }
    PrintTable({"ID", "STATE", "ACTION", "EXPIRES"}, rows);
}

// The digest that is sent back is that of the plan which was just shown.
int Approve(Context& context, const ApprovalOptions& options) {
    int code = kDone;
    const auto approval = context.Get({net::Method::kGet, PathOf(options)}, code);
    if (!approval) {
        return code;
    }
    if (!options.yes) {
        ShowPlan(*approval);
        std::cerr << "Type yes to approve: " << std::flush;
        std::string word;
        std::getline(std::cin, word);
        if (word != "yes") {
            std::cerr << "cryptoctl: not approved\n";
            return kFailed;
        }
    }
    const Ask ask{net::Method::kPost,
                  PathOf(options) + "/approve",
                  {{"digest", TextOf(*approval, "digest")}}};
    return context.Run(ask, [&](const Json& answer) {
        context.Print("approved; the payment is " +
                      TextOf(answer.value("transaction", Json::object()), "status"));
    });
}

}  // namespace

void AddApprovalCommands(CLI::App& app, Context& context) {
    static ApprovalOptions options;
    auto* approvals = app.add_subcommand("approvals", "Payments that wait for a human");
    approvals->require_subcommand(1);
    approvals->add_subcommand("list", "Those that wait or waited")->callback([&context] {
        context.action = [&context] {
            return context.Run({net::Method::kGet, "/api/v1/approvals"}, ShowList);
        };
    });
    auto* show = approvals->add_subcommand("show", "One with its plan");
    show->add_option("id", options.id)->required();
    show->callback([&context] {
        context.action = [&context] {
            return context.Run({net::Method::kGet, PathOf(options)}, ShowPlan);
        };
    });
    auto* approve = approvals->add_subcommand("approve", "Approve exactly the plan shown");
    approve->add_option("id", options.id)->required();
    approve->add_flag("--yes", options.yes, "Do not ask");
    approve->callback(
        [&context] { context.action = [&context] { return Approve(context, options); }; });
    auto* deny = approvals->add_subcommand("deny", "Deny a payment");
    deny->add_option("id", options.id)->required();
    deny->callback([&context] {
        context.action = [&context] {
            const Ask ask{net::Method::kPost, PathOf(options) + "/deny", Json::object()};
            return context.Run(ask, [&](const Json&) { context.Print("denied"); });
        };
    });
}

}  // namespace cryptoctl
