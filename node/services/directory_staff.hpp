// Who serves which auction. Seats are given by load, deterministically, as part of the command that made it necessary:
// nothing is ever under way that the manager's death could lose (PROTOCOL.md §6 is for the groups, which follow). A
// seat moves when its node is lost, gone or draining and another is fit and free; without such a node it stays where it
// is, so that no auction shrinks by itself. A node's `used` always equals its seats in running auctions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "node/services/directory_state.hpp"

namespace gavel {

/// Who is to serve a new auction: up to kMaxMembers fit nodes with a free slot, those with the fewest auctions first,
/// then those with the higher uid. Ascending by uid; empty when no node has a free slot.
std::vector<Uid> pick_members(const DirectoryState& state);

/// The members of an auction by its id, ascending.
using Seats = std::map<std::string, std::vector<Uid>>;

/// The running auctions whose members should change, and to whom. Seats of nodes that are lost or gone come first, then
/// those of draining ones, then auctions with fewer than kMaxMembers get more; each in the order of the auctions' ids.
/// `gone` counts as a node that has left; 0: nobody.
Seats seats_due(const DirectoryState& state, Uid gone = {});

/// The running auctions that the node would still be a member of, after all the changes that its leaving allows.
std::vector<std::string> seats_nobody_takes(const DirectoryState& state, Uid leaving);

/// Gives the seats that are due. The ids of the auctions that changed, ascending.
std::vector<std::string> staff(DirectoryState& state);

/// Takes a node that has left out of its remaining auctions, each of which keeps a member at least. The ids of those
/// that changed, ascending.
std::vector<std::string> shrink(DirectoryState& state, Uid gone);

/// The running auction goes on in a new group, which that fit node founds alone; all other seats are free.
void reseat(DirectoryState& state, const std::string& auction, Uid founder);

}  // namespace gavel
