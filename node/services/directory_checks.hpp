// What the directory takes from outside, and in which words it refuses the rest. Pure leaves: they look, and change
// nothing.
#pragma once

#include <optional>
#include <string>

#include "common/wire/services/directory.hpp"
#include "node/services/directory_state.hpp"
#include "node/services/service.hpp"

namespace gavel {

/// A refusal, or nothing if all is well.
using Objection = std::optional<directory::Refused>;

Objection check_node(const DirectoryState& state, const directory::RegisterNode& node);
Objection check_item(const DirectoryState& state, const directory::AddItem& add);

/// That the node is not up, and that others can take its seats, or that it does not matter.
Objection check_removal(const DirectoryState& state, const directory::RemoveNode& remove);

/// That the auction runs in that group, and that the node is fit and has a seat in it or a slot for one.
Objection check_restoration(const DirectoryState& state, const directory::RestoreAuction& restore);

/// When an auction that starts at this entry's time is to end. Refused: it is not between kMinAuction and kMaxAuction
/// long.
struct End {
  WallTime at;
  Objection objection;
};
End check_end(const Context& context, const directory::StartAuction& start);
/// That the item is there, and on offer.
Objection check_start(const DirectoryState& state, const directory::StartAuction& start);

/// How many of that many members may fail at once without a pause, and what that means in words.
std::uint32_t failures_survived(std::size_t members);
std::string safety_of(std::size_t members);

}  // namespace gavel
