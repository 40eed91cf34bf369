#include "net/client_core.h"

#include <array>
#include <exception>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "net/http_format.h"
#include "net/http_parse.h"
#include "net/public_address.h"

namespace net {

namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;
using std::chrono::steady_clock;

constexpr std::size_t kReadSize = 16'384;
constexpr std::size_t kOriginsMax = 256;
constexpr std::size_t kTunnelAnswerMax = 8'192;

base::Error NotConnected(std::string detail) {
    return base::Unavailable("upstream_unavailable", std::move(detail));
}

base::Error NotAllowed() {
    return base::InvalidArgument("url_not_allowed", "the URL is not https to a public address");
}

base::Error Lost() {
    return base::Unavailable("upstream_lost", "the connection ended before the whole answer");
}

bool IsRepeatable(const ClientRequest& request) {
    return request.repeatable || request.method == Method::kGet || request.method == Method::kHead;
}

bool IsInterim(int status) {
    return status >= 100 && status < 200;
}

// RFC 9110, section 9.3.6. Nothing follows the head of the answer: the client speaks first.
awaitable<base::Result<void>> OpenTunnel(Stream& stream, const HttpUrl& target) {
    const bool v6 = target.host.find(':') != std::string::npos;
    const std::string place = (v6 ? "[" + target.host + "]" : target.host) + ":" + target.port;
    const std::string head = "CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n\r\n";
    const auto written = co_await stream.Write(head);
    if (!written) {
        co_return NotConnected("the proxy closed the connection");
    }
    std::string answer;
    std::array<char, 1'024> part{};
    while (!answer.ends_with("\r\n\r\n") && answer.size() < kTunnelAnswerMax) {
        const auto count = co_await stream.ReadSome(part);
        if (!count) {
            co_return NotConnected("the proxy closed the connection");
        }
        answer.append(part.data(), *count);
    }
    constexpr std::string_view kGood = " 2";
    if (!answer.starts_with("HTTP/1.") || answer.substr(8, kGood.size()) != kGood) {
        co_return NotConnected("the proxy refused a connection to " + place);
    }
    co_return base::Result<void>();
}

}  // namespace

ClientCore::ClientCore(boost::asio::io_context& context, ClientOptions options)
    : context_(context), options_(std::move(options)), strand_(boost::asio::make_strand(context)) {}

std::shared_ptr<ClientCore::Call> ClientCore::MakeCall(ClientRequest request) {
    return std::make_shared<Call>(std::move(request), strand_);
}

awaitable<base::Result<Response>> ClientCore::Run(std::shared_ptr<ClientCore> self,
                                                  std::shared_ptr<Call> call) {
    if (self->shut_ || call->cancelled) {
        co_return base::MakeError(
            base::ErrorKind::kCancelled, "cancelled", "the call was cancelled");
    }
    self->calls_.insert(call);
    call->timer.expires_after(call->request.deadline);
    boost::asio::co_spawn(self->strand_, Work(self, call), boost::asio::detached);
    bool interrupted = false;
    if (!call->result) {
        const auto [failed] = co_await call->timer.async_wait(kAwait);
        interrupted = failed.failed();
    }
    self->calls_.erase(call);
    if (call->result) {
        co_return *std::move(call->result);
    }
    call->abandoned = true;
    if (call->stream != nullptr) {
        call->stream->Close();
    }
    if (interrupted) {
        co_return base::MakeError(
            base::ErrorKind::kCancelled, "cancelled", "the call was cancelled");
    }
    co_return base::MakeError(
        base::ErrorKind::kDeadlineExceeded,
        "upstream_timeout",
        "no complete answer within " + std::to_string(call->request.deadline.count()) + " ms");
}

void ClientCore::Cancel(const std::shared_ptr<Call>& call) {
    boost::asio::post(strand_, [call] {
        call->cancelled = true;
        call->timer.cancel();
    });
}

void ClientCore::Shutdown() {
    boost::asio::post(strand_, [self = shared_from_this()] {
        self->shut_ = true;
        self->origins_.clear();
        self->idle_.store(0);
        for (const auto& call : self->calls_) {
            call->timer.cancel();
        }
    });
}

awaitable<void> ClientCore::Work(std::shared_ptr<ClientCore> self, std::shared_ptr<Call> call) {
    std::string failure;
    try {
        auto url = ParseHttpUrl(call->request.url);
        if (url) {
            auto result = co_await self->Exchange(*call, *url);
            call->result.emplace(std::move(result));
        } else {
            call->result.emplace(url.error());
        }
    } catch (const std::exception& exception) {
        failure = exception.what();
    }
    if (!call->result) {
        call->result.emplace(base::Internal("http call failed: " + failure));
    }
    call->timer.cancel();
}

awaitable<base::Result<Response>> ClientCore::Exchange(Call& call, const HttpUrl& url) {
    const std::string name = url.Origin();
    if (origins_.size() >= kOriginsMax && !origins_.contains(name)) {
        std::erase_if(origins_, [this](const auto& entry) {
            const bool unused = entry.second.active == 0;
            idle_ -= unused ? entry.second.kept.size() : 0;
            return unused;
        });
    }
    if (origins_[name].active >= options_.connections_per_origin_max) {
        co_return base::MakeError(base::ErrorKind::kResourceExhausted,
                                  "upstream_busy",
                                  "too many calls to " + url.host + " are under way");
    }
    ++origins_[name].active;
    auto result = co_await ExchangeAt(call, url);
    // Looked up again: a shutdown empties the map while calls end.
    if (const auto origin = origins_.find(name);
        origin != origins_.end() && origin->second.active > 0) {
        --origin->second.active;
    }
    co_return result;
}

awaitable<base::Result<Response>> ClientCore::ExchangeAt(Call& call, const HttpUrl& url) {
    const std::string name = url.Origin();
    call.stream = TakeKept(name);
    const bool reused = call.stream != nullptr;
    if (!reused) {
        const auto opened = co_await Open(call, url);
        if (!opened) {
            co_return opened.error();
        }
    }
    Outcome outcome = co_await Transact(call, url);
    // A kept connection may have died unseen; then nothing of the answer comes.
    const bool died = !outcome.response && !outcome.answer_began && reused;
    if (died && IsRepeatable(call.request) && !call.abandoned) {
        const auto opened = co_await Open(call, url);
        if (!opened) {
            co_return opened.error();
        }
        outcome = co_await Transact(call, url);
    }
    if (outcome.reusable && !call.abandoned) {
        Keep(name, std::move(call.stream));
    }
    call.stream.reset();
    co_return std::move(outcome.response);
}

awaitable<base::Result<void>> ClientCore::Open(Call& call, const HttpUrl& url) {
    tcp::socket socket(strand_);
    call.stream = std::make_shared<Stream>(std::move(socket));
    boost::asio::steady_timer patience(strand_, options_.connect_time);
    patience.async_wait([stream = call.stream](const boost::system::error_code& stopped) {
        if (!stopped) {
            stream->Close();
        }
    });
    auto dialled = co_await Dial(*call.stream, url);
    patience.cancel();
    co_return dialled;
}

awaitable<base::Result<ClientCore::Endpoints>> ClientCore::Resolve(const HttpUrl& url) {
    Endpoints endpoints;
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(url.host, no_address);
    if (!no_address) {
        endpoints.emplace_back(address, static_cast<std::uint16_t>(std::stoul(url.port)));
        co_return endpoints;
    }
    tcp::resolver resolver(strand_);
    const auto [failed, found] = co_await resolver.async_resolve(url.host, url.port, kAwait);
    if (failed) {
        co_return NotConnected("the name " + url.host + " cannot be resolved");
    }
    for (const auto& entry : found) {
        endpoints.push_back(entry.endpoint());
    }
    co_return endpoints;
}

awaitable<base::Result<void>> ClientCore::Dial(Stream& stream, const HttpUrl& url) {
    if (options_.public_only && !url.tls) {
        co_return NotAllowed();
    }
    const HttpUrl* const proxy = options_.proxies.For(url);
    HttpUrl target = url;
    base::Result<Endpoints> endpoints = Endpoints();
    if (proxy == nullptr || options_.public_only) {
        endpoints = co_await Resolve(url);
    }
    if (endpoints && options_.public_only) {
        std::erase_if(*endpoints, [](const tcp::endpoint& endpoint) {
            return !IsPublicAddress(endpoint.address());
        });
        if (endpoints->empty()) {
            co_return NotAllowed();
        }
        // What was checked is what the proxy connects to.
        target.host = endpoints->front().address().to_string();
    }
    if (endpoints && proxy != nullptr) {
        endpoints = co_await Resolve(*proxy);
    }
    if (!endpoints) {
        co_return endpoints.error();
    }
    const auto [failed, endpoint] =
        co_await boost::asio::async_connect(stream.socket(), *endpoints, kAwait);
    if (failed) {
        co_return NotConnected("no connection to " + (proxy ? *proxy : url).authority + ": " +
                               failed.message());
    }
    boost::system::error_code ignored;
    stream.socket().set_option(tcp::no_delay(true), ignored);
    if (proxy != nullptr && url.tls) {
        const auto opened = co_await OpenTunnel(stream, target);
        if (!opened) {
            co_return opened.error();
        }
    }
    if (!url.tls) {
        co_return base::Result<void>();
    }
    if (!options_.tls) {
        co_return NotConnected("https is not set up for this client");
    }
    TlsContext tls = *options_.tls;
    std::string host = url.host;
    const auto secured = co_await stream.Connect(std::move(tls), std::move(host));
    if (!secured) {
        co_return NotConnected("no verified TLS connection to " + url.authority);
    }
    co_return base::Result<void>();
}

awaitable<ClientCore::Outcome> ClientCore::Transact(Call& call, const HttpUrl& url) {
    Request request;
    request.method = call.request.method;
    request.headers = call.request.headers;
    if (!request.headers.Find("User-Agent")) {
        request.headers.Add("User-Agent", "crypto-platform");
    }
    request.body = std::move(call.request.body);
    // To a proxy for http the target is the whole URL (RFC 9112, section 3.2.2).
    const bool proxied = !url.tls && options_.proxies.For(url) != nullptr;
    const std::string target = proxied ? "http://" + url.authority + url.target : url.target;
    const std::string head = FormatRequestHead(request, target, url.authority);
    // The call may be abandoned, and its stream closed, while this waits.
    const std::shared_ptr<Stream> stream = call.stream;
    const auto written = co_await stream->Write(head, request.body);
    call.request.body = std::move(request.body);
    Outcome outcome{.response = Lost()};
    if (written) {
        co_await Receive(call, *stream, outcome);
    }
    co_return outcome;
}

awaitable<void> ClientCore::Receive(Call& call, Stream& stream, Outcome& outcome) {
    const ParseLimits limits{options_.header_max, call.request.body_max};
    const bool head = call.request.method == Method::kHead;
    auto parser = std::make_unique<ResponseParser>(limits, head);
    std::string buffer;
    std::vector<char> space(kReadSize);
    while (parser->state() != ParseState::kDone) {
        const auto count = co_await stream.ReadSome(space);
        if (count) {
            outcome.answer_began = true;
            buffer.append(space.data(), *count);
        } else if (count.error() == boost::asio::error::eof && outcome.answer_began) {
            parser->FeedEnd();
        } else {
            co_return;
        }
        for (std::size_t used = 1; used > 0 && !buffer.empty();) {
            used = parser->Feed(buffer);
            buffer.erase(0, used);
            if (parser->state() == ParseState::kDone && IsInterim(parser->status())) {
                parser = std::make_unique<ResponseParser>(limits, head);
            } else if (parser->state() == ParseState::kDone) {
                break;
            }
        }
        if (parser->state() == ParseState::kFailed) {
            outcome.response = parser->error();
            co_return;
        }
    }
    outcome.reusable = parser->KeepsAlive() && buffer.empty();
    outcome.response = parser->Take();
}

std::shared_ptr<Stream> ClientCore::TakeKept(const std::string& name) {
    auto& kept = origins_[name].kept;
    while (!kept.empty()) {
        Kept last = std::move(kept.back());
        kept.pop_back();
        --idle_;
        if (steady_clock::now() - last.since < options_.idle_time && !last.stream->IsStale()) {
            return std::move(last.stream);
        }
    }
    return nullptr;
}

void ClientCore::Keep(const std::string& name, std::shared_ptr<Stream> stream) {
    auto& kept = origins_[name].kept;
    if (shut_ || kept.size() >= options_.idle_per_origin_max) {
        return;
    }
    kept.push_back({std::move(stream), steady_clock::now()});
    ++idle_;
}

}  // namespace net
