#include "observe/log.h"

#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include <nlohmann/json.hpp>

#include "secret/secret.h"

namespace {

using nlohmann::json;
using observe::Key;
using observe::Level;

class Log : public testing::Test {
protected:
    void Start(Level level, observe::LogFormat format = observe::LogFormat::kJson) {
        observe::InitLog({.service = "daemon",
                          .level = level,
                          .format = format,
                          .sink = [this](std::string_view line) { lines_.emplace_back(line); }});
    }

    void TearDown() override { observe::InitLog({}); }

    std::vector<std::string> lines_;
};

// The whole point of the field type: none of these compiles.
static_assert(!std::is_constructible_v<observe::Field, Key, const secret::String&>);
static_assert(!std::is_constructible_v<observe::Field, Key, const secret::Bytes&>);
static_assert(!std::is_constructible_v<observe::Field, Key, secret::String>);
static_assert(!std::is_constructible_v<observe::Field, Key, double>);
static_assert(!std::is_constructible_v<observe::Message, std::string>);

TEST_F(Log, WritesOneJsonObjectALine) {
    Start(Level::kInfo);
    observe::Info("request served",
                  {{Key::kStatus, 200},
                   {Key::kDurationMs, std::chrono::microseconds(2'500)},
                   {Key::kErrorCode, "bad_checksum"},
                   {Key::kState, true}});
    ASSERT_EQ(lines_.size(), 1U);
    const json line = json::parse(lines_[0]);
    EXPECT_TRUE(line["ts"].get<std::string>().ends_with("Z"));
    EXPECT_EQ(line["level"], "info");
    EXPECT_EQ(line["service"], "daemon");
    EXPECT_EQ(line["msg"], "request served");
    EXPECT_EQ(line["status"], 200);
    EXPECT_EQ(line["duration_ms"], 2);
    EXPECT_EQ(line["error.code"], "bad_checksum");
    EXPECT_EQ(line["state"], true);
    EXPECT_FALSE(line.contains("trace_id"));
}

TEST_F(Log, RepeatsTheRequestsContext) {
    Start(Level::kInfo);
    observe::RequestContext context;
    context.trace = observe::TraceContext::NewRoot();
    context.request_id = "req_1";
    context.user_id = "u";
    context.route = "/api/v1/{chain}/send";
    observe::Warn(context, "slow");
    const json line = json::parse(lines_.at(0));
    EXPECT_EQ(line["trace_id"], context.trace.TraceIdText());
    EXPECT_EQ(line["span_id"], context.trace.SpanIdText());
    EXPECT_EQ(line["request_id"], "req_1");
    EXPECT_EQ(line["user_id"], "u");
    EXPECT_EQ(line["route"], "/api/v1/{chain}/send");
}

TEST_F(Log, CannotBeBrokenByItsValues) {
    Start(Level::kInfo);
    const std::string hostile =
        std::string("a\"b\\\n\r\t\x01\x7f") + "\xff\xc0\x80\xed\xa0\x80 \xe2\x82\xac";
    observe::Info("hostile", {{Key::kHost, hostile}});
    ASSERT_EQ(lines_.size(), 1U);
    EXPECT_EQ(lines_[0].find('\n'), std::string::npos);
    const std::string host = json::parse(lines_[0])["host"];
    EXPECT_TRUE(host.starts_with("a\"b\\\n\r\t\x01\x7f\xEF\xBF\xBD")) << host;
    EXPECT_TRUE(host.ends_with(" \xe2\x82\xac")) << host;
}

TEST_F(Log, CutsLongTexts) {
    Start(Level::kInfo);
    observe::Info("long", {{Key::kErrorDetail, std::string(5'000, 'x')}});
    EXPECT_EQ(json::parse(lines_.at(0))["error.detail"].get<std::string>().size(),
              observe::kFieldLengthMax);
}

TEST_F(Log, KeepsToItsLevel) {
    for (const auto& [level, count] : {std::pair{Level::kError, 1U},
                                       std::pair{Level::kWarn, 2U},
                                       std::pair{Level::kInfo, 3U},
                                       std::pair{Level::kDebug, 4U},
                                       std::pair{Level::kTrace, 5U}}) {
        lines_.clear();
        Start(level);
        observe::Error("1");
        observe::Warn("2");
        observe::Info("3");
        observe::Debug("4");
        observe::Log(Level::kTrace, "5");
        EXPECT_EQ(lines_.size(), count) << observe::LevelName(level);
    }
}

TEST_F(Log, WritesTextForATerminal) {
    Start(Level::kInfo, observe::LogFormat::kPretty);
    observe::Info("started", {{Key::kPort, 8000}});
    EXPECT_TRUE(lines_.at(0).ends_with("Z info  daemon: started port=8000")) << lines_[0];
}

TEST_F(Log, TakesLinesFromManyThreads) {
    Start(Level::kInfo);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([] {
            for (int j = 0; j < 100; ++j) {
                observe::Info("line", {{Key::kCount, j}});
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(lines_.size(), 400U);
    for (const std::string& line : lines_) {
        EXPECT_TRUE(json::accept(line));
    }
}

TEST(Level, IsReadFromItsName) {
    EXPECT_EQ(observe::ParseLevel("warn"), Level::kWarn);
    EXPECT_FALSE(observe::ParseLevel("WARN"));
    EXPECT_FALSE(observe::ParseLevel(""));
}

}  // namespace
