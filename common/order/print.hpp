// How the protocol's values look in notes: "n5" is the node with uid 5, "3.5" the term (3, 5).
#pragma once

#include <string>
#include <vector>

#include "common/base/print.hpp"
#include "common/wire/order_types.hpp"

namespace gavel::order {

inline std::string print(Uid uid) { return "n" + hex(uid.value); }
inline std::string print(const wire::Term& term) { return std::to_string(term.round) + "." + hex(term.uid.value); }
inline std::string print(Slot slot) { return std::to_string(slot.value); }
inline std::string print(const std::vector<Uid>& uids) {
  std::string out;
  for (const auto uid : uids) out += (out.empty() ? "" : " ") + print(uid);
  return "[" + out + "]";
}
inline std::string print(const wire::Config& config) {
  return "voters " + print(config.voters) + (config.learners.empty() ? "" : " learners " + print(config.learners));
}
inline std::string print(const wire::Vote& vote) { return print(vote.last_slot) + " of term " + print(vote.last_term); }

}  // namespace gavel::order
