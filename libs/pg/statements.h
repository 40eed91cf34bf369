// Which statements a pool's connections prepare: each is then parsed once a connection instead of
// once a call. Only for the .cpp files of libs/pg.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace pg {

// Texts beyond these are sent whole each time.
inline constexpr std::size_t kPreparedMax = 256;

// Thread-safe.
class Statements {
public:
    Statements();

    // The name under which a connection prepares this text. A name belongs to one text and one
    // pool of one process: a session that other clients use too never takes it for another text.
    [[nodiscard]] std::optional<std::string> Name(std::string_view sql);

    // From now on nothing is prepared: a pooler gives each transaction another session.
    void Stop() { stopped_ = true; }

private:
    const std::string prefix_;
    std::atomic<bool> stopped_{false};
    std::mutex mutex_;
    std::map<std::string, std::string, std::less<>> names_;  // by text
};

}  // namespace pg
