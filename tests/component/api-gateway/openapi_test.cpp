#include <set>

#include "api-gateway/resources/docs.h"
#include "api-gateway/routes.h"
#include "base/text.h"
#include "component/api-gateway/fixture.h"
#include "net/problem.h"

namespace gateway_test {
namespace {

class OpenApi : public GatewayTest {
protected:
    const Json document_ = Json::parse(gateway::OpenApiJson());

    const Json& Operation(const gateway::Route& route) const {
        return document_["paths"][std::string(route.pattern)]
                        [base::ToLower(net::MethodName(route.method))];
    }

    const Json& Resolve(const Json& value) const {
        if (!value.contains("$ref")) {
            return value;
        }
        const std::string reference = value["$ref"];
        return document_.at(Json::json_pointer(reference.substr(1)));
    }

    std::set<std::string> Parameters(const Json& owner, const std::string& place) const {
        std::set<std::string> names;
        for (const Json& parameter : owner.value("parameters", Json::array())) {
            const Json& resolved = Resolve(parameter);
            if (resolved["in"] == place) {
                names.insert(resolved["name"]);
            }
        }
        return names;
    }
};

TEST_F(OpenApi, HasEveryRouteAndNothingElse) {
    std::set<std::string> routes;
    for (const gateway::Route& route : gateway::Routes()) {
        routes.insert(base::ToLower(net::MethodName(route.method)) + " " +
                      std::string(route.pattern));
    }
    for (const std::string_view path : gateway::RuntimePaths()) {
        routes.insert("get " + std::string(path));
    }
    std::set<std::string> operations;
    for (const auto& [path, item] : document_["paths"].items()) {
        for (const auto& [method, operation] : item.items()) {
            if (method != "parameters") {
                operations.insert(method + " " + path);
            }
        }
    }
    EXPECT_EQ(operations, routes);
}

TEST_F(OpenApi, ParametersAreThoseOfTheRouter) {
    for (const gateway::Route& route : gateway::Routes()) {
        const Json& operation = Operation(route);
        const std::set<std::string> query(route.query.begin(), route.query.end());
        EXPECT_EQ(Parameters(operation, "query"), query) << route.pattern;
        std::set<std::string> segments;
        for (const std::string_view segment : base::Split(route.pattern, '/')) {
            if (segment.starts_with('{')) {
                segments.emplace(segment.substr(1, segment.size() - 2));
            }
        }
        EXPECT_EQ(Parameters(document_["paths"][std::string(route.pattern)], "path"), segments)
            << route.pattern;
    }
}

TEST_F(OpenApi, SecurityAndRateClassAreThoseOfTheRouter) {
    std::set<std::string> ids;
    for (const gateway::Route& route : gateway::Routes()) {
        const Json& operation = Operation(route);
        EXPECT_TRUE(ids.insert(operation["operationId"]).second) << operation["operationId"];
        EXPECT_FALSE(operation["summary"].get<std::string>().empty());
        EXPECT_EQ(operation["x-rate-class"], gateway::RateClassName(route.rate)) << route.pattern;
        const Json security = operation.value("security", document_["security"]);
        EXPECT_EQ(security.empty(), route.access.open) << route.pattern;
        bool takes_keys = false;
        for (const Json& scheme : security) {
            takes_keys = takes_keys || scheme.contains("apiKey");
        }
        EXPECT_EQ(takes_keys, route.access.scope.has_value() && !route.access.open)
            << route.pattern;
    }
}

TEST_F(OpenApi, RequestBodiesRefuseUnknownFieldsToo) {
    std::size_t bodies = 0;
    for (const gateway::Route& route : gateway::Routes()) {
        const Json& operation = Operation(route);
        if (operation.contains("requestBody")) {
            const Json& schema =
                Resolve(Resolve(operation["requestBody"])["content"]["application/json"]["schema"]);
            EXPECT_EQ(schema["additionalProperties"], false) << route.pattern;
            ++bodies;
        }
    }
    EXPECT_GT(bodies, 15U);
}

TEST_F(OpenApi, IsServedWithItsPages) {
    Reply document = gateway().Call("GET", "/openapi.json");
    EXPECT_EQ(document.body["openapi"], "3.1.0");
    Reply docs = gateway().Call("GET", "/docs");
    EXPECT_EQ(docs.status, 200);
    EXPECT_NE(docs.text.find("/openapi.json"), std::string::npos);
    EXPECT_NE(docs.headers.at("content-security-policy").find("default-src 'none'"),
              std::string::npos);
    EXPECT_EQ(gateway().Call("GET", "/docs/passwd").status, 404);
    EXPECT_EQ(gateway().Call("GET", "/docs/swagger-ui-bundle.js").status, 404);
    Reply page = gateway().Call("GET", "/problems/possible_duplicate");
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.text.find("allow_duplicate"), std::string::npos);
    EXPECT_EQ(gateway().Call("GET", "/problems/invented").status, 404);
    EXPECT_EQ(gateway().Call("GET", "/problems").body["data"].size(), net::ProblemCatalog().size());
}

TEST_F(OpenApi, SwaggerUiIsServedFromItsFolderAlone) {
    const std::string folder = ::testing::TempDir();
    Gateway with_ui([&](gateway::Config& config) { config.swagger_ui_dir = folder; });
    std::FILE* file = std::fopen((folder + "/swagger-ui-bundle.js").c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs("bundle", file);
    std::fclose(file);
    EXPECT_NE(with_ui.Call("GET", "/docs").text.find("/docs/start.js"), std::string::npos);
    EXPECT_EQ(with_ui.Call("GET", "/docs/swagger-ui-bundle.js").text, "bundle");
    EXPECT_NE(with_ui.Call("GET", "/docs/start.js").text.find("SwaggerUIBundle"),
              std::string::npos);
    EXPECT_EQ(with_ui.Call("GET", "/docs/swagger-ui.css").status, 404);
    std::remove((folder + "/swagger-ui-bundle.js").c_str());
}

}  // namespace
}  // namespace gateway_test
