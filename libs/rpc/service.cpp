#include "rpc/service.h"

#include <algorithm>
#include <string_view>

namespace rpc {
namespace {

const google::protobuf::ServiceDescriptor* Find(const std::string& full_name) {
    return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(full_name);
}

}  // namespace

std::vector<std::string> ServiceBase::Problems(const AccessTable& access) const {
    auto problems = problems_;
    const auto* service = Find(full_name_);
    if (service == nullptr) {
        problems.push_back("no proto defines the service " + full_name_);
        return problems;
    }
    const auto ruled = access.Methods();
    for (int at = 0; at < service->method_count(); ++at) {
        const std::string path = "/" + full_name_ + "/" + service->method(at)->name();
        if (std::ranges::count(paths_, path) != 1) {
            problems.push_back(path + " needs exactly one handler");
        }
        if (std::ranges::count(ruled, std::string_view(path)) == 0) {
            problems.push_back(path + " has no rule in the access table");
        }
    }
    return problems;
}

void ServiceBase::Bind(Dispatcher& dispatcher) {
    dispatcher_ = &dispatcher;
    for (const auto& path : paths_) {
        dispatcher.Declare(path);
    }
}

const std::string& ServiceBase::AddMethodNamed(const std::string& name, const MethodTypes& types) {
    const auto& path = paths_.emplace_back("/" + full_name_ + "/" + name);
    const auto* service = Find(full_name_);
    const auto* method = service == nullptr ? nullptr : service->FindMethodByName(name);
    if (method == nullptr || method->input_type() != types.request ||
        method->output_type() != types.response ||
        method->server_streaming() != types.server_streaming || method->client_streaming()) {
        problems_.push_back(path + " is not in the proto with these types");
    }
    const auto kind = types.server_streaming ? grpc::internal::RpcMethod::SERVER_STREAMING
                                             : grpc::internal::RpcMethod::NORMAL_RPC;
    AddMethod(new grpc::internal::RpcServiceMethod(path.c_str(), kind, nullptr));
    return path;
}

void ServiceBase::SetHandler(grpc::internal::MethodHandler* handler) {
    MarkMethodCallback(static_cast<int>(paths_.size()) - 1, handler);
}

}  // namespace rpc
