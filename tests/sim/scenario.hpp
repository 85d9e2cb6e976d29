// A scenario: a few lines that say what happens to a group, and the narration that must come of it. The scenarios in
// tests/trace are the protocol's readable examples; virtual time makes every run of one the same, to the microsecond.
//
//   # A comment, kept with the scenario.
//   nodes 1 2 3            the founding voters
//   run 400 ms             time passes (us, ms, s)
//   crash 3 / restart 3    pause 2 300 ms / drain 3 / undrain 3 / hint 1 3 (1 finds its connection to 3 reset)
//   cut 5 4 / join 5 4     one direction of a link
//   split 1 2              these on one side, all others on the other; `heal` undoes all cuts
//   mute 3 order 50 ms     what it publishes on that lane is lost
//   start 4                a new node, blank; `want 2 3 4` makes them the voters wanted
//   open via 2             a client's session; then, as often as wanted: `bid via 1`
//   quiet / tell           what happens in between is not told
//   messages               from here on, messages are told too, beats and acks apart
//   ---                    what follows is the narration
#pragma once

#include <string>

#include "common/base/result.hpp"

namespace gavel::sim {

struct Scenario {
  std::string script;    ///< up to the line of dashes
  std::string expected;  ///< after it
};

Scenario parse_scenario(const std::string& text);
/// Plays the script and returns its narration. Error: names the line that is not understood.
Result<std::string> play_scenario(const std::string& script);
/// The whole file again, with this narration.
std::string with_narration(const Scenario& scenario, const std::string& narration);

}  // namespace gavel::sim
