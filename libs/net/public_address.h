// Which addresses lie on the open internet: the guard on every URL that a user can set. It looks at
// what a name resolves to in the very moment of connecting, so that no name can point elsewhere in
// between.
#pragma once

#include <boost/asio/ip/address.hpp>

namespace net {

// False for everything that the IANA special-purpose registries (RFC 6890 and later) do not call
// globally reachable: private, loopback, link-local (with it the metadata servers of clouds),
// shared, documentation, multicast, reserved, and IPv6 forms that carry such an IPv4 address.
[[nodiscard]] bool IsPublicAddress(const boost::asio::ip::address& address);

}  // namespace net
