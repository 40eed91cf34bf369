// For processes that lock themselves in (seccomp) after start.
#pragma once

namespace crypto {

// Does at once everything this library would do lazily: initialises libsodium, loads OpenSSL's
// configuration, fetches every algorithm, randomises the secp256k1 context. Afterwards no function
// of crypto/ (bcrypt excepted) opens a file or loads a module. May be called more than once.
void Warmup();

}  // namespace crypto
