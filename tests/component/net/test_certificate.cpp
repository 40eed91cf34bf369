#include "component/net/test_certificate.h"

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <memory>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string>

namespace net_test {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

constexpr long kYear = 365L * 24 * 3'600;

struct Identity {
    Key key{EVP_EC_gen("P-256"), EVP_PKEY_free};
    Certificate certificate{X509_new(), X509_free};
};

void AddExtension(Identity& identity, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    EXPECT_NE(extension, nullptr) << value;
    X509_add_ext(identity.certificate.get(), extension, -1);
    X509_EXTENSION_free(extension);
}

// Signed by `issuer`, which may be the identity itself.
void Fill(Identity& identity, const std::string& name, const Identity& issuer, long serial) {
    X509* certificate = identity.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), kYear);
    X509_set_pubkey(certificate, identity.key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate),
                               "CN",
                               MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()),
                               -1,
                               -1,
                               0);
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get()));
}

void Sign(Identity& identity, const Identity& issuer) {
    EXPECT_GT(X509_sign(identity.certificate.get(), issuer.key.get(), EVP_sha256()), 0);
}

File Create(const std::filesystem::path& path) {
    return {std::fopen(path.c_str(), "wb"), std::fclose};
}

}  // namespace

TestCertificate::TestCertificate(const std::string& name) {
    std::string pattern = (std::filesystem::temp_directory_path() / "net-tls-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    Identity authority;
    Fill(authority, "Test Authority", authority, 1);
    AddExtension(authority, NID_basic_constraints, "critical,CA:TRUE");
    Sign(authority, authority);
    Identity server;
    Fill(server, name, authority, 2);
    AddExtension(server, NID_subject_alt_name, "DNS:" + name);
    Sign(server, authority);
    PEM_write_X509(Create(folder_ / "ca.pem").get(), authority.certificate.get());
    PEM_write_X509(Create(folder_ / "cert.pem").get(), server.certificate.get());
    PEM_write_PrivateKey(
        Create(folder_ / "key.pem").get(), server.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

TestCertificate::~TestCertificate() {
    std::filesystem::remove_all(folder_);
}

}  // namespace net_test
