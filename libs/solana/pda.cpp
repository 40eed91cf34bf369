#include "solana/pda.h"

#include <string>

#include "crypto/hash.h"

namespace solana {

namespace {

constexpr std::string_view kMarker = "ProgramDerivedAddress";
constexpr std::size_t kSeedsMax = 16;
constexpr std::size_t kSeedSizeMax = 32;

base::Error BadSeed(std::string detail) {
    return base::InvalidArgument("bad_seed", std::move(detail));
}

}  // namespace

base::Result<Pubkey> CreateProgramAddress(const std::vector<base::Bytes>& seeds,
                                          const Pubkey& program) {
    if (seeds.size() > kSeedsMax) {
        return BadSeed("at most 16 seeds are allowed");
    }
    base::Bytes data;
    for (const base::Bytes& seed : seeds) {
        if (seed.size() > kSeedSizeMax) {
            return BadSeed("a seed has at most 32 bytes");
        }
        base::Append(data, seed);
    }
    base::Append(data, program.bytes);
    base::Append(data, base::AsBytes(kMarker));
    const Pubkey address{crypto::Sha256(data)};
    if (address.IsOnCurve()) {
        return base::InvalidArgument("on_curve", "the address could have a private key");
    }
    return address;
}

base::Result<ProgramAddress> FindProgramAddress(std::vector<base::Bytes> seeds,
                                                const Pubkey& program) {
    seeds.emplace_back(1);
    for (int bump = 255; bump >= 0; --bump) {
        seeds.back()[0] = static_cast<std::uint8_t>(bump);
        const auto address = CreateProgramAddress(seeds, program);
        if (address) {
            return ProgramAddress{*address, static_cast<std::uint8_t>(bump)};
        }
        if (address.error().reason != "on_curve") {
            return address.error();
        }
    }
    return base::InvalidArgument("on_curve", "no bump seed gives an address");
}

base::Result<ProgramAddress> AssociatedTokenAddress(const TokenAccountKey& key) {
    return FindProgramAddress({base::ToBytes(key.owner.bytes),
                               base::ToBytes(key.token_program.bytes),
                               base::ToBytes(key.mint.bytes)},
                              AssociatedTokenProgram());
}

base::Result<Pubkey> CreateWithSeed(const SeededKey& key) {
    if (key.seed.size() > kSeedSizeMax) {
        return BadSeed("a seed has at most 32 bytes");
    }
    // Such a program could pass the address off as one of its derived ones.
    if (base::Equal(base::ByteView(key.program.bytes).last(kMarker.size()),
                    base::AsBytes(kMarker))) {
        return BadSeed("the program's id ends in the marker of derived addresses");
    }
    base::Bytes data = base::ToBytes(key.base.bytes);
    base::Append(data, base::AsBytes(key.seed));
    base::Append(data, key.program.bytes);
    return Pubkey{crypto::Sha256(data)};
}

}  // namespace solana
