// A backup or an archive as a file: written whole or not at all, read with whatever is wrong with it named, and its
// states taken apart by the very services that made them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/wire/archive.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/directory.hpp"

namespace gavel::cli {

/// Throws Failure: not_found if there is no such file, internal if it is damaged, usage if it is none.
wire::Archive read_archive(const std::string& file);
/// Where an archive named so goes: a file of its own or one that it replaces, through a link if it is one. Throws
/// Failure{usage} for a device, a directory, or a place that there is not: nothing else may be replaced by a file.
std::string place_for_archive(const std::string& named);
/// Through a temporary file beside it, synced before it takes the name. Throws Failure{internal}.
void write_archive(const std::string& file, const wire::Archive& archive);

struct FiledAuction {
  auction::Terms terms;
  std::vector<auction::BidRecord> bids;
  std::optional<auction::Outcome> outcome;
};
struct FiledDirectory {
  std::vector<directory::NodeRecord> nodes;
  std::vector<directory::Item> items;
  std::vector<directory::Auction> auctions;
  std::vector<directory::StandingGroup> standing;
};
struct FiledRooms {
  std::size_t rooms = 0;
  std::size_t present = 0;  ///< in all of them
  std::size_t lines = 0;    ///< that are kept
};
struct FiledLikes {
  std::size_t things = 0;
  /// Of all likes; at most what 64 bits hold.
  std::uint64_t total = 0;
};
/// A group of an archive. An auction's audit chain holds, or else there is an error.
struct FiledGroup {
  GroupId group;
  Slot slot;
  WallTime stamp;  ///< of the entry at the slot
  Digest digest;   ///< as every replica has it at that slot
  std::optional<FiledAuction> auction;
  std::optional<FiledDirectory> directory;
  std::optional<FiledRooms> rooms;
  std::optional<FiledLikes> likes;

  /// "directory", "lobby", "likes", or the auction's id.
  std::string title() const;
};
/// Error: in words, to be put after the file's name.
Result<FiledGroup> take_apart(const wire::ArchivedGroup& group);

}  // namespace gavel::cli
