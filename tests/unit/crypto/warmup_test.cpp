#include "crypto/warmup.h"

#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include "crypto/aes_gcm.h"
#include "crypto/base58.h"
#include "crypto/bip32.h"
#include "crypto/bip39.h"
#include "crypto/ed25519.h"
#include "crypto/random.h"
#include "crypto/schnorr.h"
#include "crypto/secp256k1.h"
#include "crypto/slip10.h"
#include "crypto/wif.h"

namespace {

// The system calls that a key-holding process keeps. Everything else kills it.
void LockIn() {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    int failed = filter == nullptr ? 1 : 0;
    for (const int call : {SCMP_SYS(read),
                           SCMP_SYS(write),
                           SCMP_SYS(exit),
                           SCMP_SYS(exit_group),
                           SCMP_SYS(futex),
                           SCMP_SYS(getrandom),
                           SCMP_SYS(getpid),
                           SCMP_SYS(brk),
                           SCMP_SYS(clock_gettime),
                           SCMP_SYS(munmap),
                           SCMP_SYS(mremap),
                           SCMP_SYS(madvise),
                           SCMP_SYS(mlock),
                           SCMP_SYS(munlock),
                           SCMP_SYS(rt_sigreturn),
                           SCMP_SYS(restart_syscall)}) {
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    constexpr scmp_arg_cmp kNotExecutable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
    for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
        failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, kNotExecutable);
    }
    failed |= seccomp_load(filter);
    if (failed != 0) {
        _exit(3);
    }
}

bool UseSymmetric() {
    const auto key = crypto::RandomSecret(crypto::kAesKeySize);
    const auto nonce = crypto::RandomArray<crypto::kGcmNonceSize>();
    const auto sealed = crypto::AesGcmSeal(key, nonce, {}, key);
    const auto derived = crypto::HkdfSha256(key, {}, {}, 64);
    return sealed && crypto::AesGcmOpen(key, nonce, {}, *sealed) &&
           !crypto::AesGcmOpen(derived, nonce, {}, *sealed) && derived.size() == 64 &&
           crypto::Blake2b256({}, {}) != crypto::Keccak256({}) &&
           crypto::HmacSha256(key, {}) != crypto::Sha256({});
}

bool UseKeys() {
    const auto mnemonic = crypto::MnemonicFromEntropy(crypto::RandomSecret(32));
    const auto seed = crypto::MnemonicToSeed(*mnemonic, secret::String("pass"));
    const crypto::DerivationPath path = {crypto::kHardened | 44, crypto::kHardened};
    const auto master = crypto::ExtendedPrivateKey::FromSeed(*seed);
    const auto key = master->Derive(path);
    const auto text = key->Serialize(crypto::KeyPrefix::kX);
    const auto solana = crypto::Slip10Derive(*seed, path);
    const auto wif = crypto::WifEncode({key->key.Clone(), true}, crypto::WifNetwork::kMain);
    const auto digest = crypto::Sha256({});
    return crypto::ParseExtendedPrivate(text) && wif &&
           crypto::EcdsaSign(key->key, digest, crypto::LowR::kYes) &&
           crypto::SchnorrSign(key->key, digest, crypto::RandomArray<32>()) &&
           crypto::TaprootPrivateKey(key->key, {}) && crypto::Ed25519Sign(solana->seed, digest) &&
           crypto::IsValidPrivateKey(crypto::GeneratePrivateKey());
}

// Each test runs in a fresh process, so that no other test has warmed anything up.
class Warmup : public testing::Test {
protected:
    void SetUp() override {
#if defined(PLATFORM_SANITIZE) || defined(PLATFORM_COVERAGE)
        GTEST_SKIP() << "instrumentation makes system calls of its own";
#endif
        GTEST_FLAG_SET(death_test_style, "threadsafe");
    }
};

using WarmupDeathTest = Warmup;

TEST_F(WarmupDeathTest, LeavesNothingToLoad) {
    EXPECT_EXIT(
        {
            crypto::Warmup();
            crypto::Warmup();
            LockIn();
            _exit(UseSymmetric() && UseKeys() ? 0 : 1);
        },
        testing::ExitedWithCode(0),
        "");
}

TEST_F(WarmupDeathTest, FilterKillsAnOpenedFile) {
    EXPECT_EXIT(
        {
            LockIn();
            _exit(open("/dev/null", O_RDONLY) >= 0 ? 0 : 1);
        },
        testing::KilledBySignal(SIGSYS),
        "");
}

// Without the warm-up OpenSSL reads its configuration file at its first fetch.
TEST_F(WarmupDeathTest, IsNeeded) {
    EXPECT_EXIT(
        {
            LockIn();
            _exit(UseSymmetric() ? 0 : 1);
        },
        testing::KilledBySignal(SIGSYS),
        "");
}

}  // namespace
