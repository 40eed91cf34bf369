// A certificate authority and a server certificate, made for one test.
#pragma once

#include <filesystem>
#include <string>

namespace net_test {

class TestCertificate {
public:
    // The server certificate names `name`, a host name.
    explicit TestCertificate(const std::string& name);
    ~TestCertificate();
    TestCertificate(const TestCertificate&) = delete;
    TestCertificate& operator=(const TestCertificate&) = delete;

    [[nodiscard]] std::string authority() const { return (folder_ / "ca.pem").string(); }

    [[nodiscard]] std::string certificate() const { return (folder_ / "cert.pem").string(); }

    [[nodiscard]] std::string key() const { return (folder_ / "key.pem").string(); }

private:
    std::filesystem::path folder_;
};

}  // namespace net_test
