#include "component/ethereum-service/fleet.h"

#include <csignal>
#include <stdexcept>
#include <thread>
#include <utility>

#include "auth/order.h"
#include "base/hex.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "crypto/secp256k1.h"
#include "evm/address.h"
#include "evm/transaction.h"
#include "net/http_client.h"
#include "net/io_threads.h"
#include "net/json_rpc_client.h"
#include "support/dev_certs.h"
#include "support/free_port.h"

namespace ethereum_service_test {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Stub = chain_v1::ChainService::Stub;

constexpr const char* kNetwork = "eip155:31337";

std::string IntentOf(const common_v1::SignedOrder& order) {
    common_v1::Order read;
    read.ParseFromString(order.order());
    return read.intent_id();
}

std::string AddressOf(const secret::Bytes& key) {
    return evm::Address::FromPublicKey(crypto::Secp256k1PublicKey::FromPrivate(key).value())
        .ToString();
}

base::Result<evm::SignedTransaction> SignBytes(const std::string& unsigned_tx,
                                               const secret::Bytes& key) {
    BASE_ASSIGN_OR_RETURN(const auto transaction, evm::DecodeUnsigned(base::AsBytes(unsigned_tx)));
    return evm::SignTransaction(transaction, key);
}

}  // namespace

SigningGate::SigningGate(secret::Bytes key, wallet_v1::OwnAddress own)
    : key_(std::move(key)), own_(std::move(own)) {
    Unary("Authorise", &SigningGate::Authorise);
    Unary("Sign", &SigningGate::Sign);
    Unary("Void", &SigningGate::Void);
    Unary("ReportOutcome", &SigningGate::ReportOutcome);
    Unary("SignFill", &SigningGate::SignFill);
    Unary("ListAddresses", &SigningGate::ListAddresses);
    Unary("AuthoriseAll", &SigningGate::AuthoriseAll);
    Unary("SignAll", &SigningGate::SignAll);
    Unary("ReportOutcomes", &SigningGate::ReportOutcomes);
}

std::vector<rpc::AccessRule> SigningGate::AccessRules() {
    std::vector<rpc::AccessRule> rules;
    for (const char* method : {"Authorise",
                               "Sign",
                               "Void",
                               "ReportOutcome",
                               "SignFill",
                               "ListAddresses",
                               "AuthoriseAll",
                               "SignAll",
                               "ReportOutcomes"}) {
        rules.push_back(
            {std::string("/platform.wallet.v1.GateService/") + method, {"ethereum-service"}, ""});
    }
    return rules;
}

std::size_t SigningGate::signatures() {
    const std::lock_guard lock(mutex_);
    return stored_.size();
}

std::map<std::string, std::string> SigningGate::outcomes() {
    const std::lock_guard lock(mutex_);
    return outcomes_;
}

base::Result<wallet_v1::AuthoriseResponse> SigningGate::Authorise(
    const wallet_v1::AuthoriseRequest&, const rpc::Context&) {
    wallet_v1::AuthoriseResponse response;
    response.set_verdict(wallet_v1::AuthoriseResponse::VERDICT_ALLOW);
    return response;
}

base::Result<wallet_v1::SignResponse> SigningGate::Sign(const wallet_v1::SignRequest& request,
                                                        const rpc::Context&) {
    const std::string place = IntentOf(request.order()) + "/" + std::to_string(request.attempt());
    const std::lock_guard lock(mutex_);
    if (const auto known = stored_.find(place); known != stored_.end()) {
        return known->second;
    }
    BASE_ASSIGN_OR_RETURN(const auto made, SignBytes(request.unsigned_tx(), key_));
    wallet_v1::SignResponse response;
    response.set_signed_tx(base::ToText(made.raw));
    response.set_tx_hash(base::HexEncodePrefixed(made.hash));
    response.set_unsigned_tx(request.unsigned_tx());
    stored_[place] = response;
    return response;
}

base::Result<wallet_v1::VoidResponse> SigningGate::Void(const wallet_v1::VoidRequest& request,
                                                        const rpc::Context&) {
    const std::lock_guard lock(mutex_);
    wallet_v1::VoidResponse response;
    response.set_voided(stored_.count(request.intent_id() + "/1") == 0);
    return response;
}

base::Result<wallet_v1::ReportOutcomeResponse> SigningGate::ReportOutcome(
    const wallet_v1::ReportOutcomeRequest& request, const rpc::Context&) {
    const std::lock_guard lock(mutex_);
    outcomes_[request.intent_id()] = request.state();
    return wallet_v1::ReportOutcomeResponse();
}

base::Result<wallet_v1::SignFillResponse> SigningGate::SignFill(
    const wallet_v1::SignFillRequest& request, const rpc::Context&) {
    BASE_ASSIGN_OR_RETURN(const auto made, SignBytes(request.unsigned_tx(), key_));
    wallet_v1::SignFillResponse response;
    response.set_signed_tx(base::ToText(made.raw));
    response.set_tx_hash(base::HexEncodePrefixed(made.hash));
    return response;
}

base::Result<wallet_v1::ListAddressesResponse> SigningGate::ListAddresses(
    const wallet_v1::ListAddressesRequest& request, const rpc::Context&) {
    wallet_v1::ListAddressesResponse response;
    if (request.after_epoch() < own_.epoch()) {
        *response.add_addresses() = own_;
    }
    return response;
}

base::Result<wallet_v1::AuthoriseAllResponse> SigningGate::AuthoriseAll(
    const wallet_v1::AuthoriseAllRequest& request, const rpc::Context& context) {
    wallet_v1::AuthoriseAllResponse response;
    for (const auto& entry : request.entries()) {
        BASE_ASSIGN_OR_RETURN(*response.add_outcomes()->mutable_response(),
                              Authorise(entry, context));
    }
    return response;
}

base::Result<wallet_v1::SignAllResponse> SigningGate::SignAll(
    const wallet_v1::SignAllRequest& request, const rpc::Context& context) {
    wallet_v1::SignAllResponse response;
    for (const auto& entry : request.entries()) {
        BASE_ASSIGN_OR_RETURN(*response.add_outcomes()->mutable_response(), Sign(entry, context));
    }
    return response;
}

base::Result<wallet_v1::ReportOutcomesResponse> SigningGate::ReportOutcomes(
    const wallet_v1::ReportOutcomesRequest& request, const rpc::Context& context) {
    wallet_v1::ReportOutcomesResponse response;
    for (const auto& entry : request.entries()) {
        BASE_ASSIGN_OR_RETURN(*response.add_outcomes()->mutable_response(),
                              ReportOutcome(entry, context));
    }
    return response;
}

Fleet::Fleet(const support::AnvilOptions& anvil)
    : anvil_options_(anvil),
      anvil_(std::make_unique<support::Anvil>(anvil)),
      order_seed_(crypto::RandomSecret(32)) {
    secret::Bytes key = crypto::RandomSecret(32);
    from_ = AddressOf(key);
    wallet_v1::OwnAddress own;
    own.set_address(from_);
    own.set_wallet_id(wallet_.ToString());
    own.set_user_id(user_.ToString());
    own.set_epoch(1);
    gate_ = std::make_unique<SigningGate>(std::move(key), own);
    rpc::ServerOptions options;
    options.address = "unix:" + (folder_.path() / "gate.sock").string();
    options.mtls_dir = support::DevCerts() / "wallet-manager";
    options.dispatcher.access = SigningGate::AccessRules();
    options.dispatcher.pool = {"gate", 16, 256};
    gate_server_ = std::make_unique<rpc::Server>(std::move(options), observer());
    gate_server_->Add(*gate_);
    if (const auto started = gate_server_->Start(); !started) {
        throw std::runtime_error(started.error().detail);
    }
    client_.emplace(ClientOf("api-gateway"));
    StartDaemon();
}

Fleet::~Fleet() {
    StopMining();
    daemon_.reset();
    gate_server_->Drain(milliseconds(100));
}

void Fleet::StartDaemon(const std::string& crash_at) {
    const auto order_key = crypto::Ed25519PublicKeyOf(order_seed_).value();
    support::ProcessOptions options;
    options.command = {ETHEREUM_SERVICE};
    options.output = folder_.path() / "daemon.log";
    options.environment = {
        {"CHAIN_NETWORK", "devnet"},
        {"DEPLOYMENT_ID", deployment_},
        {"ORDER_VERIFY_KEY", base::HexEncode(order_key)},
        {"CONTEXT_VERIFY_KEY", base::HexEncode(order_key)},
        {"MTLS_DIR", (support::DevCerts() / "ethereum-service").string()},
        {"ETHEREUM_SERVICE_DATABASE_URL", postgres_.Url("ethereum_service")},
        {"ETH_RPC_URL", anvil_->Url()},
        {"WALLET_MANAGER_ADDRESS", "unix:" + (folder_.path() / "gate.sock").string()},
        {"ETHEREUM_SERVICE_GRPC_LISTEN", "unix:" + (folder_.path() / "daemon.sock").string()},
        {"ETHEREUM_SERVICE_HTTP_PORT", std::to_string(support::FreePort())},
        {"TRANSFER_LEASE", "1s"},
        {"PLATFORM_CRASH_AT", crash_at},
    };
    daemon_ = std::make_unique<support::Process>(std::move(options));
}

bool Fleet::AwaitDeath() {
    const auto code = daemon_->Wait(seconds(30));
    return code == 128 + SIGKILL;
}

void Fleet::ReplaceNode() {
    anvil_.reset();
    // The genesis block's hash depends on its time alone.
    anvil_options_.extra_arguments = {"--timestamp", "1700000000"};
    anvil_ = std::make_unique<support::Anvil>(anvil_options_);
}

nlohmann::json Fleet::AskNode(const std::string& method, const nlohmann::json& params) {
    net::IoThreads io;
    net::HttpClient http(io.context(), {});
    net::JsonRpcOptions options;
    options.chain = "ethereum";
    options.urls = {anvil_->Url()};
    net::JsonRpcClient node(http, std::move(options), metrics_);
    auto answer = node.Call(method, params);
    return answer ? std::move(*answer) : nlohmann::json();
}

void Fleet::MineEvery(milliseconds interval) {
    miner_ = std::jthread([this, interval](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            static_cast<void>(AskNode("evm_mine", nlohmann::json::array()));
            std::this_thread::sleep_for(interval);
        }
    });
}

bool Fleet::AwaitReady(seconds time) {
    // An order that nobody signed is refused as such only once payments are open.
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until && daemon_->Running()) {
        const auto answer =
            client_->Call(&Stub::Transfer, chain_v1::TransferRequest(), Context(seconds(2)));
        if (!answer && answer.error().reason == "bad_order_signature") {
            return true;
        }
        std::this_thread::sleep_for(milliseconds(200));
    }
    return false;
}

rpc::Client<chain_v1::ChainService> Fleet::ClientOf(const std::string& service) {
    rpc::PeerOptions options;
    options.service = "ethereum-service";
    options.address = "unix:" + (folder_.path() / "daemon.sock").string();
    options.mtls_dir = support::DevCerts() / service;
    return rpc::Client<chain_v1::ChainService>(
        rpc::Peer::Make(std::move(options), observer()).value());
}

rpc::Context Fleet::Context(seconds time) {
    rpc::Context context;
    context.request.request_id = observe::NewRequestId();
    context.deadline = std::chrono::system_clock::now() + time;
    return context;
}

common_v1::Order Fleet::OrderOf(const std::string& intent) {
    common_v1::Order order;
    order.set_deployment_id(deployment_);
    order.set_network(kNetwork);
    order.set_intent_id(intent);
    order.set_user_id(user_.ToString());
    order.set_wallet_id(wallet_.ToString());
    order.set_from(from_);
    order.mutable_asset()->set_decimals(18);
    order.mutable_asset()->set_symbol("ETH");
    order.set_fee_cap("5000000000000000");
    return order;
}

chain_v1::TransferRequest Fleet::Payment(const std::string& to, const std::string& wei) {
    common_v1::Order order = OrderOf(base::IntentId::Random().ToString());
    order.mutable_transfer()->set_mode(common_v1::TRANSFER_MODE_EXACT);
    auto* recipient = order.mutable_transfer()->add_recipients();
    recipient->set_address(to);
    recipient->set_amount(wei);
    chain_v1::TransferRequest request;
    *request.mutable_order() =
        auth::SignOrder(order, base::SystemClock().Now(), order_seed_).value();
    return request;
}

common_v1::SignedOrder Fleet::Replacement(const chain_v1::TransferView& target, bool cancel) {
    common_v1::Order order = OrderOf(target.id());
    if (cancel) {
        order.mutable_cancel()->set_tx_hash(target.tx_hash());
    } else {
        order.mutable_speed_up()->set_tx_hash(target.tx_hash());
    }
    return auth::SignOrder(order, base::SystemClock().Now(), order_seed_).value();
}

base::Result<chain_v1::TransferView> Fleet::Send(const chain_v1::TransferRequest& request) {
    BASE_ASSIGN_OR_RETURN(const auto response, client_->Call(&Stub::Transfer, request, Context()));
    return response.transfer();
}

base::Result<chain_v1::TransferView> Fleet::AwaitStatus(const std::string& id,
                                                        chain_v1::TransferStatus status) {
    chain_v1::GetTransferRequest request;
    request.set_intent_id(id);
    base::Result<chain_v1::TransferView> last = base::NotFound("not_asked", "");
    for (int look = 0; look < 200; ++look) {
        const auto response = client_->Call(&Stub::GetTransfer, request, Context(seconds(5)));
        last = response ? base::Result<chain_v1::TransferView>(response->transfer())
                        : response.error();
        if (last && last->status() == status) {
            return last;
        }
        std::this_thread::sleep_for(milliseconds(150));
    }
    return last;
}

bool Fleet::AwaitAttempt(const std::string& id, std::uint32_t number, const std::string& state) {
    chain_v1::GetTransferRequest request;
    request.set_intent_id(id);
    for (int look = 0; look < 100; ++look) {
        const auto response = client_->Call(&Stub::GetTransfer, request, Context(seconds(5)));
        if (response) {
            for (const chain_v1::Attempt& attempt : response->transfer().attempts()) {
                if (attempt.number() == number && attempt.state() == state) {
                    return true;
                }
            }
        }
        std::this_thread::sleep_for(milliseconds(100));
    }
    return false;
}

std::string Fleet::BalanceOf(const std::string& address) {
    chain_v1::GetBalanceRequest request;
    request.set_address(address);
    const auto response = client_->Call(&Stub::GetBalance, request, Context());
    return response ? response->balance() : response.error().reason;
}

base::Result<> Fleet::Fund() {
    chain_v1::RequestFaucetRequest request;
    request.set_address(from_);
    BASE_RETURN_IF_ERROR(client_->Call(&Stub::RequestFaucet, request, Context()));
    return {};
}

}  // namespace ethereum_service_test
