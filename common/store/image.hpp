// The meaning of operations, as a pure function on what is kept: the reference that every store is tested against, and
// what the store in memory consists of. A broken precondition is a bug of the caller and stops the process.
#pragma once

#include "common/store/log_store.hpp"

namespace gavel::store {

void apply_to(Image& image, const Operation& operation);

/// Same groups, same slots, same bytes (not merely the same pointers).
bool same(const Recovered& a, const Recovered& b);
bool same(const Image& a, const Image& b);

}  // namespace gavel::store
