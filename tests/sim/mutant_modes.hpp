// Where each deliberate mistake is looked for: the mode that is directed at it, and how many seeds it may take. Found by
// running them all (README.md has the table); a mistake that is not named here shows in the mixed mode.
#pragma once

#include <map>
#include <string>

#include "tests/sim/plan.hpp"

namespace gavel::sim {

struct MutantMode {
  Mode mode = Mode::mixed;
  std::uint64_t first = 1;
  std::uint64_t seeds = 200;
};

inline MutantMode mutant_mode(const std::string& mistake) {
  static const std::map<std::string, MutantMode> kModesOf = {
  };
  const auto it = kModesOf.find(mistake);
  return it == kModesOf.end() ? MutantMode{} : it->second;
}

}  // namespace gavel::sim
