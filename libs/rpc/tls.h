// Mutual TLS between daemons. An identity is the folder of a service with ca.pem, cert.pem and
// key.pem (scripts/certs); its name is the URI spiffe://platform/<service> of the certificate.
// Replaced files are picked up without a restart.
#pragma once

#include <filesystem>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <memory>
#include <string>

#include "base/result.h"

namespace rpc {

// Accepts only clients with a certificate of our authority. Errors: `tls_files` naming what is
// missing or does not fit.
[[nodiscard]] base::Result<std::shared_ptr<grpc::ServerCredentials>> ServerTls(
    const std::filesystem::path& directory);

// Accepts only a server with a certificate of our authority and the identity `peer`. Errors: as
// above.
[[nodiscard]] base::Result<std::shared_ptr<grpc::ChannelCredentials>> ClientTls(
    const std::filesystem::path& directory, const std::string& peer);

// The service at the other end of a call; empty where the certificate names none of ours.
[[nodiscard]] std::string PeerIdentity(const grpc::AuthContext& context);

}  // namespace rpc
