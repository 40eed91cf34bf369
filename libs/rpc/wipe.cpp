#include "rpc/wipe.h"

#include <google/protobuf/descriptor.h>
#include <string>
#include <vector>

#include "secret/secret.h"

namespace rpc {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Reflection shows texts read-only and would replace them by copies: the memory itself is meant.
void WipeInPlace(const std::string& text) {
    secret::Wipe(const_cast<std::string&>(text));
}

void WipeText(const Message& message, const Reflection& reflection, const FieldDescriptor& field) {
    std::string scratch;
    if (!field.is_repeated()) {
        WipeInPlace(reflection.GetStringReference(message, &field, &scratch));
        return;
    }
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        WipeInPlace(reflection.GetRepeatedStringReference(message, &field, i, &scratch));
    }
}

void WipeNested(Message& message, const Reflection& reflection, const FieldDescriptor& field);

void WipeFields(Message& message) {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
        if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
            WipeText(message, reflection, *field);
        } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
            WipeNested(message, reflection, *field);
        }
    }
}

void WipeNested(Message& message, const Reflection& reflection, const FieldDescriptor& field) {
    if (!field.is_repeated()) {
        WipeFields(*reflection.MutableMessage(&message, &field));
        return;
    }
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        WipeFields(*reflection.MutableRepeatedMessage(&message, &field, i));
    }
}

}  // namespace

void WipeTexts(Message& message) {
    WipeFields(message);
    message.Clear();
}

}  // namespace rpc
