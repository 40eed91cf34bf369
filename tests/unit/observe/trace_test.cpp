#include "observe/trace.h"

#include <gtest/gtest.h>
#include <string>

namespace {

using observe::TraceContext;

constexpr const char* kHeader = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(Traceparent, RoundTrips) {
    const auto context = observe::ParseTraceparent(kHeader);
    ASSERT_TRUE(context);
    EXPECT_TRUE(context->sampled);
    EXPECT_EQ(context->TraceIdText(), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_EQ(context->SpanIdText(), "b7ad6b7169203331");
    EXPECT_EQ(observe::FormatTraceparent(*context), kHeader);
}

TEST(Traceparent, ReadsLaterVersionsByTheirFirstFields) {
    EXPECT_TRUE(
        observe::ParseTraceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00-more"));
    EXPECT_TRUE(
        observe::ParseTraceparent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"));
}

TEST(Traceparent, RefusesMalformedHeaders) {
    for (const char* header : {"",
                               "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                               "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                               "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                               "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                               "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                               "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                               "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
                               "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                               "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01"}) {
        EXPECT_FALSE(observe::ParseTraceparent(header)) << header;
    }
}

TEST(TraceContext, ChildrenStayInTheTrace) {
    const TraceContext root = TraceContext::NewRoot();
    const TraceContext child = root.Child();
    EXPECT_TRUE(root.IsValid());
    EXPECT_EQ(child.trace_id, root.trace_id);
    EXPECT_NE(child.span_id, root.span_id);
    EXPECT_EQ(child.sampled, root.sampled);
    EXPECT_NE(TraceContext::NewRoot().trace_id, root.trace_id);
    EXPECT_FALSE(TraceContext{}.IsValid());
}

TEST(RequestId, IsMadeSaneAndUnique) {
    const std::string id = observe::NewRequestId();
    EXPECT_EQ(id.size(), 36U);
    EXPECT_TRUE(observe::IsSaneRequestId(id));
    EXPECT_NE(id, observe::NewRequestId());
}

TEST(RequestId, RefusesWhatCouldForgeALineOrAHeader) {
    EXPECT_TRUE(observe::IsSaneRequestId("550e8400-e29b-41d4-a716-446655440000"));
    EXPECT_TRUE(observe::IsSaneRequestId(std::string(128, 'a')));
    for (const std::string& text : {std::string(),
                                    std::string(129, 'a'),
                                    std::string("a b"),
                                    std::string("a\r\nSet-Cookie: x"),
                                    std::string("a\"b"),
                                    std::string("<script>"),
                                    std::string("a/b"),
                                    std::string("\xc3\xa9")}) {
        EXPECT_FALSE(observe::IsSaneRequestId(text)) << text;
    }
}

}  // namespace
