// vector-check ORACLE FOLDER: sends every case of FOLDER/*.json to the oracle and compares the
// answers. Prints passed/total a file; exits 1 on any failure, 2 where it cannot run.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <nlohmann/json.hpp>

namespace {

using Json = nlohmann::json;

struct Paths {
    std::filesystem::path oracle;
    std::filesystem::path requests;
    std::filesystem::path answers;
};

// Files instead of pipes: neither side can block the other. False unless the oracle exits with 0.
bool RunOracle(const Paths& paths) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, paths.requests.c_str(), O_RDONLY, 0);
    posix_spawn_file_actions_addopen(
        &actions, STDOUT_FILENO, paths.answers.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    std::string program = paths.oracle.string();
    char* const arguments[] = {program.data(), nullptr};
    pid_t child = 0;
    const int code = posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    return code == 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           WEXITSTATUS(status) == 0;
}

// bcrypt counts the first 72 bytes (144 hex digits), a NUL like any other; refusing both is the
// safer behaviour.
bool MayRefuse(const Json& test) {
    if (!test.at("op").get<std::string>().starts_with("bcrypt.")) {
        return false;
    }
    const auto password = test.at("in").at("password_hex").get<std::string>();
    bool has_nul = false;
    for (std::size_t i = 0; i + 1 < password.size(); i += 2) {
        has_nul = has_nul || password.compare(i, 2, "00") == 0;
    }
    return has_nul || password.size() > 144;
}

// An empty text where the answer is right, else what is wrong with it.
std::string Judge(const Json& test, const Json& answer) {
    if (answer.contains("unsupported")) {
        return "unknown operation " + test.at("op").get<std::string>();
    }
    if (answer.contains("error")) {
        const auto reason = answer.at("error").at("reason").get<std::string>();
        const bool refused = reason != "bad_request";
        return refused && (test.contains("reject") || MayRefuse(test)) ? "" : answer.dump();
    }
    if (test.contains("reject")) {
        return "accepted, must be refused: " + test.at("reject").get<std::string>();
    }
    for (const auto& [key, expected] : test.at("out").items()) {
        if (answer.at("out").value(key, Json()) != expected) {
            return key + ": expected " + expected.dump() + ", got " +
                   answer.at("out").value(key, Json()).dump();
        }
    }
    return "";
}

struct Score {
    std::size_t passed = 0;
    std::size_t total = 0;
    bool good = true;  // every file has cases, all pass, and the oracle ended well
};

Score CheckFile(const std::filesystem::path& file, const Paths& paths) {
    const Json tests = Json::parse(std::ifstream(file)).at("cases");
    std::ofstream requests(paths.requests);
    for (const Json& test : tests) {
        requests << Json{{"op", test.at("op")}, {"in", test.at("in")}}.dump() << '\n';
    }
    requests.close();
    Score score{0, tests.size(), RunOracle(paths)};
    if (!score.good) {
        std::cout << "the oracle did not end well\n";
    }
    std::ifstream answers(paths.answers);
    for (const Json& test : tests) {
        std::string line;
        const std::string fault =
            std::getline(answers, line) ? Judge(test, Json::parse(line)) : "no answer";
        if (fault.empty()) {
            ++score.passed;
        } else {
            std::cout << "FAILED " << test.at("id").get<std::string>() << ": " << fault << '\n';
        }
    }
    score.good = score.good && score.passed == score.total && score.total > 0;
    std::cout << file.filename().string() << ": " << score.passed << "/" << score.total << '\n';
    return score;
}

std::vector<std::filesystem::path> VectorFiles(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") {
            files.push_back(entry.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

int Run(const std::filesystem::path& oracle, const std::filesystem::path& folder) {
    std::string scratch = (std::filesystem::temp_directory_path() / "vectors-XXXXXX").string();
    if (mkdtemp(scratch.data()) == nullptr) {
        std::cerr << "cannot make a scratch folder\n";
        return 2;
    }
    const Paths paths{oracle, scratch + "/requests", scratch + "/answers"};
    const auto files = VectorFiles(folder);
    Score sum{0, 0, !files.empty()};
    for (const auto& file : files) {
        const Score score = CheckFile(file, paths);
        sum = {sum.passed + score.passed, sum.total + score.total, sum.good && score.good};
    }
    std::filesystem::remove_all(scratch);
    std::cout << "all: " << sum.passed << "/" << sum.total << '\n';
    return sum.good ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: vector-check ORACLE FOLDER\n";
        return 2;
    }
    try {
        return Run(argv[1], argv[2]);
    } catch (const std::exception& exception) {
        std::cerr << exception.what() << '\n';
        return 2;
    }
}
