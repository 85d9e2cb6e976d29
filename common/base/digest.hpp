// Digests (XXH3, 64 bits) of bytes, of states, and of records on disk. They detect accidents, not enemies.
#pragma once

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/rope.hpp"

namespace gavel {

/// Never {0}: zero stands for "no digest yet".
Digest digest_of(BytesView bytes);
/// A chain: the digest of everything before, and then of `bytes`.
Digest digest_of(Digest before, BytesView bytes);
/// The same of a rope's bytes, however they are cut.
Digest digest_of_rope(const Rope& rope);
Digest digest_of_rope(Digest before, const Rope& rope);

}  // namespace gavel
