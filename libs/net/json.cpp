#include "net/json.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace net {

namespace {

using nlohmann::json;

constexpr std::size_t kShownNameMax = 64;

// Builds the tree and refuses what nlohmann's own builder lets through: depth and repeated names.
class StrictBuilder : public nlohmann::json_sax<json> {
public:
    explicit StrictBuilder(const JsonOptions& options) : options_(options) {}

    bool null() override { return Put(nullptr); }

    bool boolean(bool value) override { return Put(value); }

    bool number_integer(number_integer_t value) override {
        return options_.numbers_as_text ? Put(std::to_string(value)) : Put(value);
    }

    bool number_unsigned(number_unsigned_t value) override {
        return options_.numbers_as_text ? Put(std::to_string(value)) : Put(value);
    }

    // `text` is the number as it was written.
    bool number_float(number_float_t value, const string_t& text) override {
        return options_.numbers_as_text ? Put(text) : Put(value);
    }

    bool string(string_t& value) override { return Put(std::move(value)); }

    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return Open(json::object()); }

    bool start_array(std::size_t) override { return Open(json::array()); }

    bool key(string_t& name) override {
        if (stack_.back()->contains(name)) {
            error_ = base::InvalidArgument("repeated_field", "a field is given twice")
                         .At(Pointer() + JsonPointer("", name.substr(0, kShownNameMax)));
            return false;
        }
        keys_.back() = std::move(name);
        return true;
    }

    bool end_object() override { return Close(); }

    bool end_array() override { return Close(); }

    bool parse_error(std::size_t position,
                     const std::string&,
                     const nlohmann::detail::exception&) override {
        error_ = base::InvalidArgument("bad_json",
                                       "the text is not JSON at byte " + std::to_string(position));
        return false;
    }

    base::Error TakeError() && { return std::move(error_); }

    json TakeRoot() && { return std::move(root_); }

private:
    json& Place() {
        if (stack_.empty()) {
            return root_;
        }
        json& parent = *stack_.back();
        if (parent.is_array()) {
            parent.emplace_back();
            return parent.back();
        }
        return parent[keys_.back()];
    }

    template <class Value>
    bool Put(Value&& value) {
        Place() = std::forward<Value>(value);
        return true;
    }

    bool Open(json container) {
        if (stack_.size() == options_.depth_max) {
            error_ = base::InvalidArgument(
                "json_too_deep",
                "the JSON is nested deeper than " + std::to_string(options_.depth_max) + " levels");
            return false;
        }
        json& place = Place();
        place = std::move(container);
        stack_.push_back(&place);
        keys_.emplace_back();
        return true;
    }

    bool Close() {
        stack_.pop_back();
        keys_.pop_back();
        return true;
    }

    // Of the innermost open container.
    [[nodiscard]] std::string Pointer() const {
        std::string pointer;
        for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
            pointer += stack_[i]->is_array() ? "/" + std::to_string(stack_[i]->size() - 1)
                                             : JsonPointer("", keys_[i]);
        }
        return pointer;
    }

    const JsonOptions& options_;
    json root_;
    std::vector<json*> stack_;
    std::vector<std::string> keys_;
    base::Error error_;
};

}  // namespace

base::Result<json> ParseJson(std::string_view text, const JsonOptions& options) {
    StrictBuilder builder(options);
    if (!json::sax_parse(text, &builder)) {
        return std::move(builder).TakeError();
    }
    // In place: json converts from and to too much for an implicit result.
    return base::Result<json>(boost::system::in_place_value, std::move(builder).TakeRoot());
}

std::string WriteJson(const json& value) {
    return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string JsonPointer(std::string_view parent, std::string_view name) {
    std::string pointer = std::string(parent) + "/";
    for (const char letter : name) {
        if (letter == '~') {
            pointer += "~0";
        } else if (letter == '/') {
            pointer += "~1";
        } else {
            pointer += letter;
        }
    }
    return pointer;
}

ObjectReader::ObjectReader(const json& object, std::string pointer)
    : object_(object), pointer_(std::move(pointer)) {
    if (!object_.is_object()) {
        errors_.push_back(
            base::InvalidArgument("wrong_type", "expected a JSON object").At(pointer_));
    }
}

std::string ObjectReader::PointerTo(std::string_view name) const {
    return JsonPointer(pointer_, name);
}

void ObjectReader::Refuse(std::string_view name, base::Error error) {
    error.pointer = PointerTo(name);
    errors_.push_back(std::move(error));
}

void ObjectReader::RefuseMissing(std::string_view name) {
    Refuse(
        name,
        base::InvalidArgument("missing_field", "the field `" + std::string(name) + "` is needed"));
}

void ObjectReader::RefuseType(std::string_view name, std::string_view expected) {
    Refuse(name,
           base::InvalidArgument("wrong_type",
                                 "`" + std::string(name) + "` must be " + std::string(expected)));
}

const json* ObjectReader::Find(std::string_view name) {
    known_.push_back(name);
    if (!object_.is_object()) {
        return nullptr;
    }
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
}

std::optional<std::string> ObjectReader::Text(std::string_view name, std::size_t max) {
    const json* value = Find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_string()) {
        RefuseType(name, "a JSON string");
        return std::nullopt;
    }
    const auto& text = value->get_ref<const std::string&>();
    if (text.size() > max) {
        Refuse(
            name,
            base::InvalidArgument("text_too_long",
                                  "`" + std::string(name) + "` has " + std::to_string(text.size()) +
                                      " bytes, at most " + std::to_string(max) + " are taken"));
        return std::nullopt;
    }
    return text;
}

std::string ObjectReader::Text(std::string_view name, Presence needed, std::size_t max) {
    auto text = Text(name, max);
    if (!text && needed == kNeeded && object_.is_object() && !object_.contains(name)) {
        RefuseMissing(name);
    }
    return std::move(text).value_or("");
}

secret::String ObjectReader::Secret(std::string_view name, Presence needed, std::size_t max) {
    std::string text = Text(name, needed, max);
    secret::String copy(text);
    secret::Wipe(text);
    return copy;
}

std::optional<bool> ObjectReader::Flag(std::string_view name) {
    const json* value = Find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_boolean()) {
        RefuseType(name, "true or false");
        return std::nullopt;
    }
    return value->get<bool>();
}

std::optional<std::int64_t> ObjectReader::Integer(std::string_view name,
                                                  std::int64_t min,
                                                  std::int64_t max) {
    const json* value = Find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_number_integer()) {
        RefuseType(name, "a whole number");
        return std::nullopt;
    }
    const bool fits =
        !value->is_number_unsigned() || std::in_range<std::int64_t>(value->get<std::uint64_t>());
    const std::int64_t number = fits ? value->get<std::int64_t>() : 0;
    if (!fits || number < min || number > max) {
        Refuse(name,
               base::InvalidArgument("number_out_of_range",
                                     "`" + std::string(name) + "` must be from " +
                                         std::to_string(min) + " to " + std::to_string(max)));
        return std::nullopt;
    }
    return number;
}

std::optional<std::vector<std::string>> ObjectReader::TextList(std::string_view name,
                                                               std::size_t count_max) {
    const json* value = Find(name);
    if (value == nullptr) {
        return std::nullopt;
    }
    const bool texts = value->is_array() && value->size() <= count_max &&
                       std::all_of(value->begin(), value->end(), [](const json& item) {
                           return item.is_string();
                       });
    if (!texts) {
        RefuseType(name, "an array of at most " + std::to_string(count_max) + " JSON strings");
        return std::nullopt;
    }
    return value->get<std::vector<std::string>>();
}

const json* ObjectReader::Object(std::string_view name) {
    const json* value = Find(name);
    if (value != nullptr && !value->is_object()) {
        RefuseType(name, "a JSON object");
        return nullptr;
    }
    return value;
}

const json* ObjectReader::Any(std::string_view name) {
    return Find(name);
}

base::Result<void> ObjectReader::Finish() {
    if (object_.is_object()) {
        for (const auto& [name, value] : object_.items()) {
            if (std::find(known_.begin(), known_.end(), name) != known_.end()) {
                continue;
            }
            const std::string shown = name.substr(0, kShownNameMax);
            auto error = base::InvalidArgument("unknown_field",
                                               "the field `" + shown + "` does not exist here");
            if (const std::string_view nearest = base::Nearest(name, known_); !nearest.empty()) {
                error.remedy = "did you mean `" + std::string(nearest) + "`?";
            }
            Refuse(shown, std::move(error));
        }
    }
    if (errors_.empty()) {
        return {};
    }
    return errors_.front();
}

}  // namespace net
