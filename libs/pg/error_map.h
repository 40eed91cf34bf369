// SQLSTATE -> base::Error. Only for the .cpp files of libs/pg.
#pragma once

#include <exception>
#include <functional>
#include <string_view>

#include "base/error.h"

namespace pg {

using ErrorHook = std::function<void(std::string_view sqlstate, std::string_view message)>;

struct Failure {
    base::Error error;
    bool conflict = false;    // the server undid the transaction for another's sake: may run again
    bool fatal = false;       // the connection is lost or will be
    bool unprepared = false;  // another session than the one that prepared the statement
};

// `exception` comes from libpqxx with verbose error texts. Reports to the hook if there is one.
[[nodiscard]] Failure MapFailure(const std::exception& exception, const ErrorHook& hook);

[[nodiscard]] base::Error DatabaseUnavailable(std::string detail);

}  // namespace pg
