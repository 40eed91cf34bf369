// Strict JSON: bounded depth, no repeated names, and objects read field by field so that nothing
// unknown is taken silently.
//
//     BASE_ASSIGN_OR_RETURN(const auto body, net::ParseJson(request.body));
//     net::ObjectReader reader(body);
//     const std::string to = reader.Text("to", net::kNeeded);
//     const bool dry_run = reader.Flag("dry_run").value_or(false);
//     BASE_RETURN_IF_ERROR(reader.Finish());
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "secret/secret.h"

namespace net {

struct JsonOptions {
    std::size_t depth_max = 32;
    // Every number becomes a string with its original digits: prices and coin amounts, which no
    // binary number holds.
    bool numbers_as_text = false;
};

// One complete RFC 8259 value in UTF-8, nothing after it. Errors: `bad_json` (its position),
// `json_too_deep`, `repeated_field` (its pointer).
[[nodiscard]] base::Result<nlohmann::json> ParseJson(std::string_view text,
                                                     const JsonOptions& options = {});

// The text of a JSON value; strings that are not UTF-8 get replacement characters.
[[nodiscard]] std::string WriteJson(const nlohmann::json& value);

// RFC 6901: the pointer to the member `name` of the value at `parent`.
[[nodiscard]] std::string JsonPointer(std::string_view parent, std::string_view name);

enum class Presence { kOptional, kNeeded };
inline constexpr Presence kNeeded = Presence::kNeeded;

// Reads one object. Each getter names a field that may stand there; what is wrong is collected, and
// Finish reports it. Errors: `wrong_type`, `missing_field`, `unknown_field`, `text_too_long`,
// `number_out_of_range`. `null` is a wrong type: an absent field is left out.
class ObjectReader {
public:
    // `object` must live as long as the reader.
    explicit ObjectReader(const nlohmann::json& object, std::string pointer = "");

    [[nodiscard]] std::string Text(std::string_view name, Presence needed, std::size_t max = 1024);
    [[nodiscard]] std::optional<std::string> Text(std::string_view name, std::size_t max = 1024);

    // As Text; the ordinary copy in the JSON tree is the caller's to wipe.
    [[nodiscard]] secret::String Secret(std::string_view name,
                                        Presence needed,
                                        std::size_t max = 4096);

    [[nodiscard]] std::optional<bool> Flag(std::string_view name);
    [[nodiscard]] std::optional<std::int64_t> Integer(std::string_view name,
                                                      std::int64_t min,
                                                      std::int64_t max);
    [[nodiscard]] std::optional<std::vector<std::string>> TextList(std::string_view name,
                                                                   std::size_t count_max = 100);
    // A nested object for a reader of its own (whose Finish is separate), or nullptr.
    [[nodiscard]] const nlohmann::json* Object(std::string_view name);
    // Any value, unchecked, or nullptr.
    [[nodiscard]] const nlohmann::json* Any(std::string_view name);

    [[nodiscard]] std::string PointerTo(std::string_view name) const;

    // For rules of the caller's own; the error gets the field's pointer.
    void Refuse(std::string_view name, base::Error error);

    // Everything found so far, in the order of the getters; complete after Finish.
    [[nodiscard]] const std::vector<base::Error>& errors() const { return errors_; }

    // Refuses fields that no getter asked for. Its error is the first that was found.
    [[nodiscard]] base::Result<void> Finish();

private:
    const nlohmann::json* Find(std::string_view name);
    void RefuseMissing(std::string_view name);
    void RefuseType(std::string_view name, std::string_view expected);

    const nlohmann::json& object_;
    std::string pointer_;
    std::vector<std::string_view> known_;
    std::vector<base::Error> errors_;
};

}  // namespace net
