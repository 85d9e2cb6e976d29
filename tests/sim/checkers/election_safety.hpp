// Invariant 1: one leader per term, in one life of it; in a view, one owner per slot, and only the owner fills it.
#pragma once

#include <map>

#include "common/wire/order_types.hpp"

namespace gavel::sim {

class ElectionSafety {
 public:
  void leads(wire::Term term, wire::Member leader);
  /// An entry that a replica holds at `slot`.
  void holds(Slot slot, const wire::Entry& entry);

 private:
  std::map<wire::Term, wire::Member> leaders_;
  std::map<wire::Term, wire::View> views_;
};

}  // namespace gavel::sim
