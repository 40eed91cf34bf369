#include "redis/cache.h"

#include <utility>

namespace redis {

namespace {

std::optional<std::string> Value(base::Result<Reply> reply) {
    if (!reply || reply->kind != ReplyKind::kText) {
        return std::nullopt;
    }
    return std::move(reply->text);
}

void Ignore(const base::Result<Reply>&) {}

}  // namespace

std::optional<std::string> Cache::Get(std::string_view key) {
    return Value(client_.Call({"GET", Name(key)}));
}

void Cache::AsyncGet(std::string_view key,
                     std::function<void(std::optional<std::string>)> callback) {
    client_.Async({"GET", Name(key)}, [callback = std::move(callback)](base::Result<Reply> reply) {
        callback(Value(std::move(reply)));
    });
}

void Cache::Set(std::string_view key, std::string value, std::chrono::milliseconds ttl) {
    if (value.size() <= kCacheValueMax) {
        client_.Async({"SET", Name(key), std::move(value), "PX", std::to_string(ttl.count())},
                      Ignore);
    }
}

void Cache::Remove(std::string_view key) {
    client_.Async({"DEL", Name(key)}, Ignore);
}

std::string Cache::Name(std::string_view key) const {
    return "cache:" + prefix_ + ":" + std::string(key);
}

}  // namespace redis
