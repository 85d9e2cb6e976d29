// Invariant 7: a session's request takes effect at most once; an acknowledged one exactly once, with the result that
// the client was told.
#pragma once

#include <map>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"

namespace gavel::sim {

class ExactlyOnce {
 public:
  /// The operation took effect, in the decided order.
  void executed(const Bytes& operation, Slot slot, const Bytes& result);
  /// Some replica executed it at a slot that it has compacted before anybody could see it; others will show it.
  void foreseen(const Bytes& operation, const Bytes& result);
  /// A client was told so.
  void acknowledged(const Bytes& operation, const Bytes& result) const;
  std::size_t count() const { return effects_.size() + foreseen_.size(); }

 private:
  struct Effect {
    Slot slot;
    Bytes result;
  };
  std::map<Bytes, Effect> effects_;
  std::map<Bytes, Bytes> foreseen_;
};

}  // namespace gavel::sim
