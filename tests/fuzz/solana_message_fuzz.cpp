// Whatever the decoders of Solana's transactions take is canonical, and a message that reads as an
// order's payment is that payment to the last byte.
#include "base/check.h"
#include "fuzz/target.h"
#include "solana/params.h"
#include "solana/payment.h"
#include "unit/solana/samples.h"

namespace {

chain::Plan Plan(bool native) {
    chain::Plan plan;
    plan.from = samples::KeyOf(1).ToString();
    plan.asset = solana::ParametersOf(chain::Mode::kDevnet).native;
    plan.action = chain::Transfer{{{samples::KeyOf(2).ToString(), money::UInt256(5'000)}}};
    plan.fee_cap = money::UInt256(20'000'000);
    if (!native) {
        plan.asset.contract = samples::Plain(55).ToString();
        plan.asset.program = solana::TokenProgram().ToString();
        plan.asset.decimals = 6;
    }
    return plan;
}

solana::Message Payment(bool native) {
    solana::PaymentFigures figures;
    figures.compute_limit = 840;
    figures.compute_price = 2'000;
    figures.amount = 5'000;
    figures.memo = "invoice 7";
    figures.creates_account = !native;
    figures.blockhash = samples::Plain(9);
    return solana::ComposePayment(Plan(native), figures).value();
}

}  // namespace

std::vector<base::Bytes> FuzzExamples() {
    std::vector<secret::Bytes> seeds;
    seeds.push_back(samples::Seed(1));
    std::vector<base::Bytes> examples;
    for (const solana::Message& message :
         {Payment(true),
          Payment(false),
          solana::CompileMessage(samples::Transfer(solana::MessageVersion::kV0)).value()}) {
        examples.push_back(solana::SerializeMessage(message));
        examples.push_back(
            solana::SerializeTransaction(solana::SignMessage(message, seeds).value()));
    }
    return examples;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const chain::Plan native = Plan(true);
    static const chain::Plan token = Plan(false);
    const base::ByteView input(data, size);
    if (const auto message = solana::ParseMessage(input)) {
        BASE_CHECK(base::Equal(solana::SerializeMessage(*message), input));
        for (const chain::Plan* plan : {&native, &token}) {
            if (const auto figures = solana::ReadPayment(*message, *plan)) {
                BASE_CHECK(solana::ComposePayment(*plan, *figures).value() == *message);
            }
        }
    }
    if (const auto transaction = solana::ParseTransaction(input)) {
        BASE_CHECK(base::Equal(solana::SerializeTransaction(*transaction), input));
        // Never a crash, whatever stands where a signature should be.
        static_cast<void>(solana::AllSignaturesValid(*transaction));
    }
    return 0;
}
