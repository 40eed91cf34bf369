// What explains the API: /openapi.json, /docs and /problems.
#pragma once

#include <string_view>

#include "api-gateway/app.h"
#include "api-gateway/web/call.h"

namespace gateway {

// openapi.yaml as JSON, built in.
[[nodiscard]] std::string_view OpenApiJson();

[[nodiscard]] Answer GetOpenApi(App& app, Call& call);
[[nodiscard]] Answer GetDocs(App& app, Call& call);
[[nodiscard]] Answer GetDocsFile(App& app, Call& call);
[[nodiscard]] Answer ListProblems(App& app, Call& call);
[[nodiscard]] Answer GetProblem(App& app, Call& call);

}  // namespace gateway
