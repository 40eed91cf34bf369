// gateway-hop [SECONDS [ROUNDS]]: what the gateway costs on a one-hop read. Three programs ask one
// fake daemon over the same mTLS unix socket, in turns: the gateway (authenticated, limited, traced
// GET /api/v1/ethereum/address/validate), the floor (bare Beast in front of the same call, the same
// answer) and gRPC alone. HTTP is driven by wrk with 64 connections. Prints the medians and ratios;
// the gateway's ratio counts only where the floor reaches half of gRPC alone. Everything runs in
// this process, so that the machine's load falls on all alike.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "api-gateway/app.h"
#include "bench/bare_hop.h"
#include "component/api-gateway/fake_chain.h"
#include "component/api-gateway/fixture.h"

namespace {

using gateway_test::kRecipient;

constexpr int kWidth = 64;

std::string Output(const std::string& command) {
    std::string output;
    std::array<char, 4096> buffer{};
    std::FILE* pipe = popen(command.c_str(), "r");
    while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
        output += buffer.data();
    }
    if (pipe != nullptr) {
        pclose(pipe);
    }
    return output;
}

// Requests a second; none of them refused.
double Rate(const std::string& url, const std::string& seconds, const std::string& token) {
    const std::string output = Output("wrk -t1 -c" + std::to_string(kWidth) + " -d" + seconds +
                                      "s -H 'Authorization: Bearer " + token + "' '" + url + "'");
    constexpr std::string_view kLine = "Requests/sec:";
    const std::size_t line = output.find(kLine);
    if (line == std::string::npos || output.find("Non-2xx") != std::string::npos) {
        std::cerr << output;
        std::exit(1);
    }
    return std::strtod(output.c_str() + line + kLine.size(), nullptr);
}

double Median(std::vector<double> rates) {
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    const std::string seconds = argc > 1 ? argv[1] : "10";
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    gateway_test::Gateway gateway([](gateway::Config& config) {
        for (auto& [rate_class, permits] : config.permits) {
            permits = 6'000'000;
        }
    });
    const auto user =
        gateway.Call("POST",
                     "/auth/register",
                     {{"email", gateway_test::NewEmail()}, {"password", gateway_test::kPassword}});
    const std::string token = user.body.value("token", "");
    const std::string path = std::string("/api/v1/ethereum/address/validate?address=") + kRecipient;
    const auto sample = gateway.Call("GET", path, nullptr, {{"Authorization", "Bearer " + token}});
    if (sample.status != 200) {
        std::cerr << sample.text << "\n";
        return 1;
    }
    const auto chain = gateway.app().backends().FindChain("ethereum");
    bench::Stub& stub = chain->client->stub();
    const bench::BareHop bare(stub, kRecipient, sample.text);
    const std::string bare_url = "http://127.0.0.1:" + std::to_string(bare.port()) + path;

    std::vector<double> grpc_rates;
    std::vector<double> floor_rates;
    std::vector<double> gateway_rates;
    for (int round = 0; round < rounds; ++round) {
        grpc_rates.push_back(bench::BareCalls(
            stub, kRecipient, kWidth, std::chrono::seconds(std::atoi(seconds.c_str()))));
        floor_rates.push_back(Rate(bare_url, seconds, token));
        gateway_rates.push_back(Rate(gateway.Url() + path, seconds, token));
    }
    const double grpc = Median(grpc_rates);
    const double floor = Median(floor_rates);
    const double full = Median(gateway_rates);
    std::printf("gRPC alone %.0f/s, floor %.0f/s (%.2f of gRPC), gateway %.0f/s (%.2f of floor)\n",
                grpc,
                floor,
                floor / grpc,
                full,
                full / floor);
    return 0;
}
