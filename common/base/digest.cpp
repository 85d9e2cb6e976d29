#include "common/base/digest.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace gavel {

Digest digest_of(BytesView bytes) { return digest_of(Digest{}, bytes); }

Digest digest_of(Digest before, BytesView bytes) {
  const auto hash = XXH3_64bits_withSeed(bytes.data(), bytes.size(), before.value);
  return Digest{hash == 0 ? 1 : hash};
}

}  // namespace gavel
