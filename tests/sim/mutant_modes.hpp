// Where each deliberate mistake is looked for: the mode that is directed at it, and how many seeds it may take. Found
// by running them all (README.md has the table); a mistake that is not named here shows in the mixed mode.
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
      {"no_recheck", {Mode::conf2, 201, 100}},
      {"ack_last", {Mode::figure8, 1, 400}},
      {"old_term", {Mode::figure8, 1, 2000}},
      {"duplicate_votes", {Mode::safety, 1, 2000}},
      {"config_before_view", {Mode::conf1, 1, 400}},
      {"config_two", {Mode::conf2, 1, 400}},
      {"keep_last_ordered", {Mode::figure8, 1, 2000}},
      {"swallow_keeps_votes", {Mode::safety, 1, 2000}},
      {"stale_fetch", {Mode::safety, 1, 2000}},
      {"best_slot", {Mode::safety, 1, 2000}},
      {"take_lower", {Mode::safety, 1, 2000}},
      {"keep_uid", {Mode::damage, 1, 400}},
      {"promise_early", {Mode::member, 1, 2000}},
      {"match_restart", {Mode::safety, 1, 2000}},
      {"cut_always", {Mode::safety, 1, 1000}},
      {"snapshot_without_config", {Mode::conf2, 1, 2000}},
      {"rot_tail", {Mode::damage, 1, 400}},
      {"entry_term", {Mode::safety, 1, 400}},
      {"votes_kept", {Mode::safety, 1, 1000}},
      {"round_only", {Mode::safety, 1, 1000}},
      {"unbounded_queue", {Mode::mixed, 1, 400}},
  };
  const auto it = kModesOf.find(mistake);
  return it == kModesOf.end() ? MutantMode{} : it->second;
}

/// The same for the mistakes of a house.
inline MutantMode house_mutant_mode(const std::string& mistake) {
  static const std::map<std::string, MutantMode> kModesOf = {
      {"acts_on_the_past", {Mode::house, 1, 400}},      {"late_founder_stays_away", {Mode::heal, 551, 100}},
      {"founds_with_members", {Mode::manager, 1, 400}}, {"archives_anything", {Mode::house, 1, 400}},
      {"founds_with_voters", {Mode::manager, 1, 200}},  {"hides_gaps", {Mode::house, 1, 100}},
  };
  const auto it = kModesOf.find(mistake);
  return it == kModesOf.end() ? MutantMode{Mode::pool, 1, 100} : it->second;
}

}  // namespace gavel::sim
