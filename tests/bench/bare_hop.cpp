#include "bench/bare_hop.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace bench {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace v1 = platform::chain::v1;
using asio::ip::tcp;

struct Job {
    Stub& stub;
    const std::string address;
    const std::string body;
};

// One call with what it needs until its end.
struct Call {
    explicit Call(const std::string& address) {
        request.set_address(address);
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    }

    grpc::ClientContext context;
    v1::ValidateAddressRequest request;
    v1::ValidateAddressResponse response;
};

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(tcp::socket socket, const Job& job) : stream_(std::move(socket)), job_(job) {}

    void Read() {
        request_ = {};
        http::async_read(stream_,
                         buffer_,
                         request_,
                         [self = shared_from_this()](const beast::error_code& failed, std::size_t) {
                             if (!failed) {
                                 self->Ask();
                             }
                         });
    }

private:
    void Ask() {
        auto call = std::make_shared<Call>(job_.address);
        job_.stub.async()->ValidateAddress(
            &call->context,
            &call->request,
            &call->response,
            [self = shared_from_this(), call](const grpc::Status& status) {
                const bool good = status.ok() && call->response.valid();
                asio::post(self->stream_.get_executor(), [self, good] { self->Write(good); });
            });
    }

    void Write(bool good) {
        response_ = {};
        response_.result(good ? http::status::ok : http::status::bad_gateway);
        response_.set(http::field::content_type, "application/json");
        response_.body() = job_.body;
        response_.prepare_payload();
        http::async_write(
            stream_,
            response_,
            [self = shared_from_this()](const beast::error_code& failed, std::size_t) {
                if (!failed) {
                    self->Read();
                }
            });
    }

    beast::tcp_stream stream_;
    const Job& job_;
    beast::flat_buffer buffer_;
    http::request<http::string_body> request_;
    http::response<http::string_body> response_;
};

// Keeps one call under way until the time is over.
class Loop {
public:
    Loop(Stub& stub, std::string address, std::chrono::steady_clock::time_point end)
        : stub_(stub), address_(std::move(address)), end_(end) {}

    void Start() {
        {
            const std::scoped_lock lock(mutex_);
            ++running_;
        }
        Next();
    }

    // How many calls were answered.
    std::uint64_t Wait() {
        std::unique_lock lock(mutex_);
        ended_.wait(lock, [this] { return running_ == 0; });
        return answered_;
    }

private:
    void Next() {
        auto call = std::make_shared<Call>(address_);
        stub_.async()->ValidateAddress(
            &call->context, &call->request, &call->response, [this, call](const grpc::Status& ok) {
                answered_ += ok.ok() ? 1 : 0;
                if (std::chrono::steady_clock::now() < end_) {
                    Next();
                    return;
                }
                const std::scoped_lock lock(mutex_);
                --running_;
                ended_.notify_all();
            });
    }

    Stub& stub_;
    const std::string address_;
    const std::chrono::steady_clock::time_point end_;
    std::atomic<std::uint64_t> answered_{0};
    std::mutex mutex_;
    std::condition_variable ended_;
    int running_ = 0;
};

}  // namespace

struct BareHop::State {
    State(Stub& stub, std::string address, std::string body)
        : job{stub, std::move(address), std::move(body)} {}

    void Accept() {
        acceptor.async_accept(asio::make_strand(context),
                              [this](const beast::error_code& failed, tcp::socket socket) {
                                  if (failed) {
                                      return;
                                  }
                                  socket.set_option(tcp::no_delay(true));
                                  std::make_shared<Session>(std::move(socket), job)->Read();
                                  Accept();
                              });
    }

    const Job job;
    asio::io_context context{2};
    tcp::acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::vector<std::jthread> threads;
};

BareHop::BareHop(Stub& stub, std::string address, std::string body)
    : state_(std::make_unique<State>(stub, std::move(address), std::move(body))) {
    state_->Accept();
    for (int i = 0; i < 2; ++i) {
        state_->threads.emplace_back([this] { state_->context.run(); });
    }
}

BareHop::~BareHop() {
    state_->context.stop();
    state_->threads.clear();
}

std::uint16_t BareHop::port() const {
    return state_->acceptor.local_endpoint().port();
}

double BareCalls(Stub& stub, const std::string& address, int width, std::chrono::seconds time) {
    Loop loop(stub, address, std::chrono::steady_clock::now() + time);
    for (int i = 0; i < width; ++i) {
        loop.Start();
    }
    return static_cast<double>(loop.Wait()) / static_cast<double>(time.count());
}

}  // namespace bench
