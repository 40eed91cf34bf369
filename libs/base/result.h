// Result<T>: a value or a base::Error. Functions that can fail return it; exceptions come only from
// outside libraries and are caught in the adapter that calls them.
//
//     BASE_ASSIGN_OR_RETURN(const auto key, ParseKey(text));
//     BASE_RETURN_IF_ERROR(Check(key));
#pragma once

#include <utility>

#include <boost/system/result.hpp>

#include "base/error.h"

namespace base {

template <class T = void>
using Result = boost::system::result<T, Error>;

}  // namespace base

#define BASE_CONCAT_INNER(a, b) a##b
#define BASE_CONCAT(a, b) BASE_CONCAT_INNER(a, b)

#define BASE_ASSIGN_INNER(result, return_word, target, ...) \
    auto result = (__VA_ARGS__);                            \
    if (!result.has_value()) {                              \
        return_word result.error();                         \
    }                                                       \
    target = std::move(*result)

// Evaluates the expression once; returns its error, or assigns its value to `target`, which may be
// a declaration.
#define BASE_ASSIGN_OR_RETURN(target, ...) \
    BASE_ASSIGN_INNER(BASE_CONCAT(result_at_, __LINE__), return, target, __VA_ARGS__)

#define BASE_ASSIGN_OR_CO_RETURN(target, ...) \
    BASE_ASSIGN_INNER(BASE_CONCAT(result_at_, __LINE__), co_return, target, __VA_ARGS__)

#define BASE_RETURN_IF_ERROR(...)                     \
    do {                                              \
        if (auto checked = (__VA_ARGS__); !checked) { \
            return checked.error();                   \
        }                                             \
    } while (false)

#define BASE_CO_RETURN_IF_ERROR(...)                  \
    do {                                              \
        if (auto checked = (__VA_ARGS__); !checked) { \
            co_return checked.error();                \
        }                                             \
    } while (false)
