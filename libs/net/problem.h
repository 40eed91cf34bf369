// Errors as RFC 9457 problem documents. Every public code has one row in the catalogue
// (problem_catalog.cpp), from which its status, title and page come.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/http_message.h"
#include "observe/trace.h"

namespace net {

struct CatalogEntry {
    std::string code;
    int status = 500;
    std::string title;
    std::string cause;
    std::string remedy;
};

// Sorted by code.
[[nodiscard]] std::span<const CatalogEntry> ProblemCatalog();

// The row of that code, or nullptr.
[[nodiscard]] const CatalogEntry* FindProblem(std::string_view code);

// What a code without a row answers.
[[nodiscard]] int StatusOf(base::ErrorKind kind);

// The response for `error`: application/problem+json, Retry-After where the error names a time,
// WWW-Authenticate on 401. `instance` is the request's path. `further` are more faults of the same
// request, shown with `error` in `errors`. The details of internal errors and of our own
// infrastructure are not shown: they are for the log. The error's metadata become members of the
// document, but never replace one.
[[nodiscard]] Response ProblemResponse(const base::Error& error,
                                       const observe::RequestContext& context,
                                       std::string_view instance,
                                       std::span<const base::Error> further = {});

// The page at /problems/<code>: what it means and what to do.
[[nodiscard]] std::string ProblemPage(const CatalogEntry& entry);

}  // namespace net
