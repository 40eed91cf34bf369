// Reads one JSON request a line from standard input and answers each with one line.
#include <iostream>
#include <string>

#include "vectors/oracle.h"

namespace {

oracle::Json ErrorJson(std::string_view reason, std::string_view detail) {
    return {{"error", {{"reason", reason}, {"detail", detail}}}};
}

oracle::Json AnswerTo(const std::string& line) {
    try {
        const auto request = oracle::Json::parse(line);
        const auto* const operation = oracle::FindOperation(oracle::Text(request, "op"));
        if (operation == nullptr) {
            return {{"unsupported", true}};
        }
        const oracle::Answer answer = operation->run(request.at("in"));
        if (!answer) {
            return ErrorJson(answer.error().reason, answer.error().detail);
        }
        return {{"out", *answer}};
    } catch (const oracle::Json::exception& exception) {
        return ErrorJson("bad_request", exception.what());
    }
}

}  // namespace

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        // An echoed input may be broken UTF-8, which must not end the run.
        std::cout << AnswerTo(line).dump(-1, ' ', false, oracle::Json::error_handler_t::replace)
                  << std::endl;
    }
    return 0;
}
