#include "net/io_threads.h"

namespace net {

IoThreads::IoThreads(std::size_t count)
    : context_(static_cast<int>(count)), work_(context_.get_executor()) {
    threads_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        threads_.emplace_back([this] { context_.run(); });
    }
}

IoThreads::~IoThreads() {
    context_.stop();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

}  // namespace net
