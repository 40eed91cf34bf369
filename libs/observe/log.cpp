#include "observe/log.h"

#include <array>
#include <atomic>
#include <cstdio>
#include <memory>
#include <mutex>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <utility>

#include "base/clock.h"
#include "observe/json_text.h"

namespace observe {

namespace {

constexpr std::array<std::pair<Level, std::string_view>, 5> kLevels{{{Level::kError, "error"},
                                                                     {Level::kWarn, "warn"},
                                                                     {Level::kInfo, "info"},
                                                                     {Level::kDebug, "debug"},
                                                                     {Level::kTrace, "trace"}}};

spdlog::level::level_enum ToSpdlog(Level level) {
    switch (level) {
        case Level::kError:
            return spdlog::level::err;
        case Level::kWarn:
            return spdlog::level::warn;
        case Level::kInfo:
            return spdlog::level::info;
        case Level::kDebug:
            return spdlog::level::debug;
        case Level::kTrace:
            return spdlog::level::trace;
    }
    return spdlog::level::info;
}

class FunctionSink : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit FunctionSink(std::function<void(std::string_view)> take) : take_(std::move(take)) {}

protected:
    void sink_it_(const spdlog::details::log_msg& message) override {
        take_({message.payload.data(), message.payload.size()});
    }

    void flush_() override {}

private:
    std::function<void(std::string_view)> take_;
};

// What the log writes with; replaced as a whole by InitLog.
struct Backend {
    std::string service;
    LogFormat format = LogFormat::kJson;
    std::shared_ptr<spdlog::logger> logger;
};

std::shared_ptr<Backend> MakeBackend(LogOptions options) {
    std::shared_ptr<spdlog::sinks::sink> sink;
    if (options.sink) {
        sink = std::make_shared<FunctionSink>(std::move(options.sink));
    } else {
        sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
    }
    auto backend = std::make_shared<Backend>();
    backend->service = std::move(options.service);
    backend->format = options.format;
    backend->logger = std::make_shared<spdlog::logger>("platform", std::move(sink));
    backend->logger->set_pattern("%v");
    backend->logger->set_level(ToSpdlog(options.level));
    backend->logger->flush_on(spdlog::level::trace);
    return backend;
}

std::shared_ptr<Backend>& BackendSlot() {
    static std::shared_ptr<Backend> slot = MakeBackend({});
    return slot;
}

void AppendMember(std::string& line, std::string_view name, std::string_view text) {
    if (!text.empty()) {
        line += ",\"";
        line += name;
        line += "\":";
        AppendJsonString(line, text);
    }
}

std::string JsonLine(const Backend& backend,
                     Level level,
                     std::string_view message,
                     Fields fields,
                     const RequestContext* context) {
    std::string line;
    line.reserve(256);
    line += "{\"ts\":\"" + base::FormatRfc3339(base::SystemClock().Now()) + "\"";
    AppendMember(line, "level", LevelName(level));
    AppendMember(line, "service", backend.service);
    AppendMember(line, "msg", message);
    if (context != nullptr) {
        if (context->trace.IsValid()) {
            AppendMember(line, "trace_id", context->trace.TraceIdText());
            AppendMember(line, "span_id", context->trace.SpanIdText());
        }
        AppendMember(line, "request_id", context->request_id);
        AppendMember(line, "user_id", context->user_id);
        AppendMember(line, "route", context->route);
    }
    for (const Field& field : fields) {
        line += ",\"";
        line += KeyName(field.key);
        line += "\":";
        AppendJsonValue(line, field);
    }
    line += '}';
    return line;
}

std::string PrettyLine(const Backend& backend,
                       Level level,
                       std::string_view message,
                       Fields fields,
                       const RequestContext* context) {
    std::string line = base::FormatRfc3339(base::SystemClock().Now());
    line += " " + std::string(LevelName(level));
    line.resize(line.size() + (sizeof "error" - 1) - LevelName(level).size(), ' ');
    line += " " + backend.service + ": " + std::string(message);
    for (const Field& field : fields) {
        line += " " + std::string(KeyName(field.key)) + "=";
        AppendJsonValue(line, field);
    }
    if (context != nullptr && !context->request_id.empty()) {
        line += " request_id=" + context->request_id;
    }
    return line;
}

}  // namespace

void InitLog(LogOptions options) {
    std::atomic_store(&BackendSlot(), MakeBackend(std::move(options)));
}

std::optional<Level> ParseLevel(std::string_view name) {
    for (const auto& [level, text] : kLevels) {
        if (text == name) {
            return level;
        }
    }
    return std::nullopt;
}

std::string_view LevelName(Level level) {
    for (const auto& [candidate, text] : kLevels) {
        if (candidate == level) {
            return text;
        }
    }
    return "info";
}

bool IsLogged(Level level) {
    return std::atomic_load(&BackendSlot())->logger->should_log(ToSpdlog(level));
}

void Log(Level level, Message message, Fields fields, const RequestContext* context) {
    const std::shared_ptr<Backend> backend = std::atomic_load(&BackendSlot());
    if (!backend->logger->should_log(ToSpdlog(level))) {
        return;
    }
    const bool json = backend->format == LogFormat::kJson;
    const std::string line = json ? JsonLine(*backend, level, message.text(), fields, context)
                                  : PrettyLine(*backend, level, message.text(), fields, context);
    backend->logger->log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace observe
