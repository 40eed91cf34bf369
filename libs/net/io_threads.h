// Threads that run Asio's event loop. Coroutines of this library run on them; nothing that blocks
// may.
#pragma once

#include <cstddef>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace net {

class IoThreads {
public:
    explicit IoThreads(std::size_t count = 1);
    // Stops the loop: coroutines that still wait are dropped. Joins the threads.
    ~IoThreads();
    IoThreads(const IoThreads&) = delete;
    IoThreads& operator=(const IoThreads&) = delete;

    [[nodiscard]] boost::asio::io_context& context() { return context_; }

private:
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::vector<std::thread> threads_;
};

}  // namespace net
