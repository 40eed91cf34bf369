#include "api-gateway/resources/docs.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "net/problem.h"

namespace gateway {

namespace {

constexpr std::string_view kPagePolicy =
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'";
// Swagger UI styles its elements inline and shows its icons as data.
constexpr std::string_view kDocsPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; "
    "connect-src 'self'; frame-ancestors 'none'";

// The files of swagger-ui-dist that its page needs; nothing else is served.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kFiles = {{
    {"swagger-ui.css", "text/css"},
    {"swagger-ui-bundle.js", "text/javascript"},
    {"favicon-32x32.png", "image/png"},
}};

constexpr std::string_view kStart =
    "window.onload = () => { window.ui = SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', "
    "deepLinking: true, tryItOutEnabled: true }); };\n";

constexpr std::string_view kPage =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>API</title>"
    "<link rel=\"icon\" href=\"/docs/favicon-32x32.png\">"
    "<link rel=\"stylesheet\" href=\"/docs/swagger-ui.css\"></head>\n"
    "<body><div id=\"ui\"></div><script src=\"/docs/swagger-ui-bundle.js\"></script>"
    "<script src=\"/docs/start.js\"></script></body></html>\n";

constexpr std::string_view kPlainPage =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>API</title></head>\n"
    "<body><h1>API</h1><p>The whole API: <a href=\"/openapi.json\">/openapi.json</a> "
    "(OpenAPI 3.1). Errors: <a href=\"/problems\">/problems</a>.</p>"
    "<p>The try-it page appears here when SWAGGER_UI_DIR names a folder of the npm package "
    "swagger-ui-dist.</p></body></html>\n";

net::Response Text(std::string_view type, std::string body) {
    net::Response response;
    response.headers = {{"Content-Type", std::string(type)},
                        {"Cache-Control", "public, max-age=300"}};
    response.body = std::move(body);
    return response;
}

net::Response Page(std::string body, std::string_view policy) {
    net::Response response = Text("text/html; charset=utf-8", std::move(body));
    response.headers.Set("Content-Security-Policy", std::string(policy));
    return response;
}

std::optional<std::string> ReadFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return std::nullopt;
    }
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

bool HasSwaggerUi(const App& app) {
    std::error_code code;
    return !app.config().swagger_ui_dir.empty() &&
           std::filesystem::exists(
               std::filesystem::path(app.config().swagger_ui_dir) / kFiles[1].first, code);
}

}  // namespace

Answer GetOpenApi(App&, Call&) {
    co_return Text("application/json", std::string(OpenApiJson()));
}

Answer GetDocs(App& app, Call&) {
    const bool has_ui = HasSwaggerUi(app);
    co_return Page(std::string(has_ui ? kPage : kPlainPage), has_ui ? kDocsPolicy : kPagePolicy);
}

Answer GetDocsFile(App& app, Call& call) {
    const std::string& name = call.Segment("file");
    if (name == "start.js") {
        co_return Text("text/javascript", std::string(kStart));
    }
    for (const auto& [known, type] : kFiles) {
        if (known == name && !app.config().swagger_ui_dir.empty()) {
            auto work = [path = std::filesystem::path(app.config().swagger_ui_dir) /
                                known]() -> base::Result<std::optional<std::string>> {
                return ReadFile(path);
            };
            auto body = co_await app.Sql(std::move(work));
            if (body && *body) {
                co_return Text(type, std::move(**body));
            }
        }
    }
    co_return base::NotFound("not_found", "there is no such file");
}

Answer ListProblems(App&, Call&) {
    nlohmann::json data = nlohmann::json::array();
    for (const net::CatalogEntry& entry : net::ProblemCatalog()) {
        data.push_back({{"code", entry.code},
                        {"status", entry.status},
                        {"title", entry.title},
                        {"cause", entry.cause},
                        {"remedy", entry.remedy}});
    }
    co_return JsonResponse(200, {{"data", std::move(data)}});
}

Answer GetProblem(App&, Call& call) {
    const net::CatalogEntry* const entry = net::FindProblem(call.Segment("code"));
    if (entry == nullptr) {
        co_return base::NotFound("not_found", "there is no problem of this code");
    }
    co_return Page(net::ProblemPage(*entry), kPagePolicy);
}

}  // namespace gateway
