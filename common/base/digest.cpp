#include "common/base/digest.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace gavel {
namespace {

// Zero stands for "no digest yet".
Digest digest_from(XXH64_hash_t hash) { return Digest{hash == 0 ? 1 : hash}; }

}  // namespace

Digest digest_of(BytesView bytes) { return digest_of(Digest{}, bytes); }

Digest digest_of(Digest before, BytesView bytes) {
  return digest_from(XXH3_64bits_withSeed(bytes.data(), bytes.size(), before.value));
}

Digest digest_of_rope(const Rope& rope) { return digest_of_rope(Digest{}, rope); }

Digest digest_of_rope(Digest before, const Rope& rope) {
  XXH3_state_t state;
  XXH3_INITSTATE(&state);
  XXH3_64bits_reset_withSeed(&state, before.value);
  for (const auto& piece : rope.pieces()) XXH3_64bits_update(&state, piece->data(), piece->size());
  return digest_from(XXH3_64bits_digest(&state));
}

}  // namespace gavel
