#include "tests/sim/faults.hpp"

#include <sstream>

namespace gavel::sim {
namespace {
constexpr std::array<std::string_view, kFaults> kNames = {
#define X(name, text) #name,
    GAVEL_FAULTS(X)
#undef X
};
constexpr std::array<std::string_view, kFaults> kTexts = {
#define X(name, text) text,
    GAVEL_FAULTS(X)
#undef X
};
}  // namespace

std::string_view name_of(Fault fault) { return kNames[static_cast<std::size_t>(fault)]; }
std::string_view text_of(Fault fault) { return kTexts[static_cast<std::size_t>(fault)]; }

Result<FaultSet> parse_faults(const std::string& list) {
  FaultSet set;
  if (list == "all") return set.set();
  if (list == "none") return set;
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    std::size_t i = 0;
    while (i < kFaults && kNames[i] != word) ++i;
    if (i == kFaults) {
      std::string known;
      for (const auto name : kNames) known += " " + std::string(name);
      return fail("no fault is called '" + word + "'; there are: all none" + known);
    }
    set.set(i);
  }
  return set;
}

}  // namespace gavel::sim
