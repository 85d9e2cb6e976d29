// A group as its members' reports show it: who leads, who serves it, how far each is, and how it heals.
#pragma once

#include <string>
#include <vector>

#include "client/cli/names.hpp"
#include "client/cli/survey.hpp"

namespace gavel::cli {

/// What that node says of its own replica of the group; null if it has none or is silent.
const wire::GroupStatus* own_word(const Surveyed& one, GroupId group);
/// The same, and null if it only observes.
const wire::GroupStatus* serving(const Surveyed& one, GroupId group);
/// What the leader says: of those who say that they lead, the one in the highest term. Null if nobody does.
const wire::GroupStatus* leaders_word(const std::vector<Surveyed>& nodes, GroupId group, Uid* leader = nullptr);

/// "leader", "candidate", "recovering", "follower", "learner", "unlisted" or "observer".
std::string role_of(const wire::GroupStatus& group, Uid node);

/// What is still to happen until the group's configuration is what the directory wants; empty when nothing is.
/// One line each: "n5 replaces n2: catching up, 63 %".
std::vector<std::string> healing(const directory::Auction& auction, const wire::GroupStatus* word,
                                 const std::vector<directory::NodeRecord>& nodes);

}  // namespace gavel::cli
