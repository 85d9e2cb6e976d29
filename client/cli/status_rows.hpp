// How the picture of a cluster looks as rows: for programs everything, under keys that stay; for people what fits a
// hundred columns.
#pragma once

#include <vector>

#include "client/cli/cluster_view.hpp"
#include "client/cli/output.hpp"

namespace gavel::cli {

// For programs: a row a node; a row a replica that answered; a row a group; a row a step of healing.
Section nodes_section(const Sight& sight, const std::vector<GroupView>& groups);
Section groups_section(const std::vector<GroupView>& groups);
Section rings_section(const std::vector<GroupView>& groups, const Names& names);
Section healing_section(const std::vector<GroupView>& groups);

// For people. `all`: also observers, and groups of auctions that have ended.
Section nodes_for_people(const Sight& sight, const std::vector<GroupView>& groups);
Section groups_for_people(const std::vector<GroupView>& groups, bool all);

/// "3/n5": the term that the leader leads in, or the highest that anybody has promised; empty if nobody says.
std::string term_of(const GroupView& group, const Names& names);

}  // namespace gavel::cli
