#include "redis/local_limiter.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace redis {

namespace {

std::chrono::milliseconds RoundUp(std::int64_t microseconds) {
    return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::microseconds(microseconds));
}

Pace FallbackPace(const Limit& limit) {
    Pace pace = PaceOf(limit);
    if (limit.halve_in_fallback) {
        pace.interval_us *= 2;
        pace.burst = std::max<std::int64_t>(pace.burst / 2, 1);
    }
    return pace;
}

}  // namespace

void Merge(Decision& decision, const Limit& limit, const Cell& cell) {
    const bool refuses = cell.remaining < 0;
    const auto retry_after = RoundUp(cell.retry_after_us);
    const bool tighter = decision.limit_name.empty() || (refuses && decision.allowed) ||
                         (refuses && retry_after > decision.retry_after) ||
                         (decision.allowed && !refuses && cell.remaining < decision.remaining);
    if (!tighter) {
        return;
    }
    decision.allowed = !refuses;
    decision.limit_name = limit.name;
    decision.limit = limit.burst;
    decision.remaining = std::max<std::int64_t>(cell.remaining, 0);
    decision.retry_after = retry_after;
    decision.reset = RoundUp(cell.reset_us);
}

Decision LocalLimiter::Check(std::span<const Limit> limits,
                             std::chrono::steady_clock::time_point now,
                             Decision before) {
    const std::int64_t now_us =
        std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
    Decision decision = std::move(before);
    decision.fallback = true;
    std::vector<std::pair<std::string, std::int64_t>> next;
    const std::lock_guard lock(mutex_);
    for (const Limit& limit : limits) {
        std::string key = limit.subject + ' ' + limit.name;
        const Cell cell = Advance(FallbackPace(limit), Touch(key, now_us).tat_us, now_us);
        Merge(decision, limit, cell);
        next.emplace_back(std::move(key), cell.tat_us);
    }
    if (decision.allowed) {
        for (const auto& [key, tat_us] : next) {
            Touch(key, now_us).tat_us = tat_us;
        }
    }
    return decision;
}

LocalLimiter::Entry& LocalLimiter::Touch(const std::string& key, std::int64_t now_us) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
        entries_.splice(entries_.begin(), entries_, found->second);
        return entries_.front();
    }
    if (entries_.size() >= entries_max_) {
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
    entries_.push_front({key, now_us});
    by_key_.emplace(key, entries_.begin());
    return entries_.front();
}

std::size_t LocalLimiter::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

}  // namespace redis
