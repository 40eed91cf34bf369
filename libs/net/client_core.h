// What the calls of one HTTP client share. Everything runs on one strand.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "net/http_client.h"
#include "net/stream.h"
#include "net/url.h"

namespace net {

class ClientCore : public std::enable_shared_from_this<ClientCore> {
public:
    using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
    using Strand = boost::asio::strand<boost::asio::io_context::executor_type>;

    // One call, from its start to its answer.
    struct Call {
        Call(ClientRequest r, const Strand& strand) : request(std::move(r)), timer(strand) {}

        ClientRequest request;
        boost::asio::steady_timer timer;  // expires at the deadline; cancelled by the answer
        std::shared_ptr<Stream> stream;   // in use, so that the deadline can close it
        std::optional<base::Result<Response>> result;
        bool cancelled = false;
        bool abandoned = false;  // nobody waits for the result any more
    };

    ClientCore(boost::asio::io_context& context, ClientOptions options);

    [[nodiscard]] std::shared_ptr<Call> MakeCall(ClientRequest request);

    // On the strand.
    static boost::asio::awaitable<base::Result<Response>> Run(std::shared_ptr<ClientCore> self,
                                                              std::shared_ptr<Call> call);

    // From any thread.
    void Cancel(const std::shared_ptr<Call>& call);
    void Shutdown();

    [[nodiscard]] const Strand& strand() const { return strand_; }

    [[nodiscard]] bool InIoThread() const {
        return context_.get_executor().running_in_this_thread();
    }

    [[nodiscard]] std::size_t idle() const { return idle_.load(); }

private:
    struct Kept {
        std::shared_ptr<Stream> stream;
        std::chrono::steady_clock::time_point since;
    };

    struct Origin {
        std::deque<Kept> kept;
        std::size_t active = 0;
    };

    struct Outcome {
        base::Result<Response> response;
        bool reusable = false;      // the connection may serve another call
        bool answer_began = false;  // at least one byte of an answer came
    };

    static boost::asio::awaitable<void> Work(std::shared_ptr<ClientCore> self,
                                             std::shared_ptr<Call> call);
    boost::asio::awaitable<base::Result<Response>> Exchange(Call& call, const HttpUrl& url);
    boost::asio::awaitable<base::Result<Response>> ExchangeAt(Call& call, const HttpUrl& url);
    boost::asio::awaitable<base::Result<void>> Open(Call& call, const HttpUrl& url);
    boost::asio::awaitable<base::Result<void>> Dial(Stream& stream, const HttpUrl& url);
    boost::asio::awaitable<base::Result<Endpoints>> Resolve(const HttpUrl& url);
    boost::asio::awaitable<Outcome> Transact(Call& call, const HttpUrl& url);
    boost::asio::awaitable<void> Receive(Call& call, Stream& stream, Outcome& outcome);
    [[nodiscard]] std::shared_ptr<Stream> TakeKept(const std::string& name);
    void Keep(const std::string& name, std::shared_ptr<Stream> stream);

    boost::asio::io_context& context_;
    const ClientOptions options_;
    Strand strand_;
    std::map<std::string, Origin> origins_;
    std::unordered_set<std::shared_ptr<Call>> calls_;
    bool shut_ = false;
    std::atomic<std::size_t> idle_{0};
};

}  // namespace net
