// The log: one JSON object a line on standard output, a static message and allow-listed fields.
//
//     observe::Info("intent signed", {{Key::kIntentId, id}, {Key::kChain, "ethereum"}});
//     observe::Warn(context, "node refused", {{Key::kErrorCode, error.reason}});
//
// Thread-safe. Before InitLog lines go out at level info with an empty service name.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "observe/field.h"
#include "observe/trace.h"

namespace observe {

enum class Level { kError, kWarn, kInfo, kDebug, kTrace };

enum class LogFormat { kJson, kPretty };

struct LogOptions {
    std::string service{};
    Level level = Level::kInfo;
    LogFormat format = LogFormat::kJson;
    // Takes each line without its newline instead of standard output.
    std::function<void(std::string_view)> sink{};
};

void InitLog(LogOptions options);

// "warn", as LOG_LEVEL spells it.
[[nodiscard]] std::optional<Level> ParseLevel(std::string_view name);
[[nodiscard]] std::string_view LevelName(Level level);

// True where a line of that level is written: guards costly fields.
[[nodiscard]] bool IsLogged(Level level);

// A string literal: text made at run time does not compile.
class Message {
public:
    template <std::size_t N>
    consteval Message(const char (&text)[N])  // NOLINT(google-explicit-constructor)
        : text_(text, N - 1) {}

    [[nodiscard]] std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

using Fields = std::initializer_list<Field>;

void Log(Level level, Message message, Fields fields = {}, const RequestContext* context = nullptr);

inline void Error(Message message, Fields fields = {}) {
    Log(Level::kError, message, fields);
}

inline void Error(const RequestContext& context, Message message, Fields fields = {}) {
    Log(Level::kError, message, fields, &context);
}

inline void Warn(Message message, Fields fields = {}) {
    Log(Level::kWarn, message, fields);
}

inline void Warn(const RequestContext& context, Message message, Fields fields = {}) {
    Log(Level::kWarn, message, fields, &context);
}

inline void Info(Message message, Fields fields = {}) {
    Log(Level::kInfo, message, fields);
}

inline void Info(const RequestContext& context, Message message, Fields fields = {}) {
    Log(Level::kInfo, message, fields, &context);
}

inline void Debug(Message message, Fields fields = {}) {
    Log(Level::kDebug, message, fields);
}

inline void Debug(const RequestContext& context, Message message, Fields fields = {}) {
    Log(Level::kDebug, message, fields, &context);
}

}  // namespace observe
