// Writes JSON text without a document tree: log lines and trace batches are built thousands of
// times a second.
#pragma once

#include <string>
#include <string_view>

#include "observe/field.h"

namespace observe {

// Appends `text` in quotes. Control characters are escaped, bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string& target, std::string_view text);

// Appends the field's value: a string, a number or a flag. Texts are cut at kFieldLengthMax.
void AppendJsonValue(std::string& target, const Field& field);

}  // namespace observe
