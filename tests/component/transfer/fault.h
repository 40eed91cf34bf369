// A process's death, for tests that run the engine on their own thread: the call with the wanted
// number throws, before or after its effect, and the test drops the engine.
#pragma once

#include <cstddef>
#include <limits>
#include <mutex>

namespace transfer_test {

struct Crash {};

class Fault {
public:
    enum class When { kBefore, kAfter };

    // The n-th call from now on, counted from 0.
    void Arm(std::size_t call, When when) {
        const std::lock_guard lock(mutex_);
        left_ = call;
        when_ = when;
        fired_ = false;
    }

    void Disarm() { Arm(std::numeric_limits<std::size_t>::max(), When::kBefore); }

    [[nodiscard]] bool fired() const { return fired_; }

    // Stands around the effect of every call of a fake.
    class Call {
    public:
        explicit Call(Fault& fault) : fault_(fault), hit_(fault.Count()) {
            if (hit_ && fault_.when_ == When::kBefore) {
                fault_.fired_ = true;
                throw Crash();
            }
        }

        // The last thing a fake does before it answers.
        void Done() const {
            if (hit_ && fault_.when_ == When::kAfter) {
                fault_.fired_ = true;
                throw Crash();
            }
        }

    private:
        Fault& fault_;
        bool hit_;
    };

private:
    bool Count() {
        const std::lock_guard lock(mutex_);
        if (left_ == std::numeric_limits<std::size_t>::max()) {
            return false;
        }
        return left_-- == 0;
    }

    std::mutex mutex_;
    std::size_t left_ = std::numeric_limits<std::size_t>::max();
    When when_ = When::kBefore;
    bool fired_ = false;
};

}  // namespace transfer_test
