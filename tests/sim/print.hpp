// How the simulator names things in its narration and its findings: as the core's notes do.
#pragma once

#include <cstdio>
#include <string>

#include "common/base/time.hpp"
#include "common/order/print.hpp"

namespace gavel::sim {

inline std::string show(Uid uid) { return order::print(uid); }
inline std::string show(const wire::Term& term) { return "term " + order::print(term); }
inline std::string show(const std::vector<Uid>& uids) { return order::print(uids); }
/// Milliseconds with three decimals, right-aligned.
inline std::string show(TimePoint at) {
  char text[32];
  std::snprintf(text, sizeof text, "%10.3f", static_cast<double>(at.time_since_epoch().count()) / 1000.0);
  return text;
}

}  // namespace gavel::sim
