// What the directory keeps: nodes, items and auctions, as they stand in its answers, its events and its snapshots, and
// how many of each there may be.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.hpp"
#include "common/base/money.hpp"
#include "common/base/time.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/kinds.hpp"

namespace gavel::directory {

/// A running auction has this many members, if there are enough nodes: the active auctioneer and three followers.
inline constexpr std::size_t kMaxMembers = 4;
/// The directory group has at most this many voters; the other nodes are learners.
inline constexpr std::size_t kMaxVoters = 7;
inline constexpr std::size_t kMaxNodes = 512;
/// At these numbers the auction that ended first goes for a new one, and a sold item with its last auction.
inline constexpr std::size_t kMaxItems = 16384;
inline constexpr std::size_t kMaxAuctions = 16384;
/// So many of the auctions that ended last keep their replicas for questions, as long as nodes retain them at all.
inline constexpr std::size_t kRecentlyEnded = 32;
/// Longest id of an item, in bytes: lower-case letters, digits and single dashes.
inline constexpr std::size_t kMaxItemId = 32;
/// Longest title, name, endpoint or version, in bytes.
inline constexpr std::size_t kMaxText = 128;
inline constexpr Duration kMinAuction = std::chrono::milliseconds(100);
inline constexpr Duration kMaxAuction = std::chrono::hours(24 * 365);

/// Where a node is reached: "tcp://address:port" each.
struct Endpoints {
  std::string pub;
  std::string peer;
  std::string client;
  auto operator<=>(const Endpoints&) const = default;
  GAVEL_FIELDS(pub, peer, client);
};

/// A node's life, as the leader of the directory sees it.
enum class Life : std::uint8_t {
  up = 0,
  down = 1,  ///< not heard; it may be back in a moment, and keeps its seats
  lost = 2   ///< down for so long that others take its seats
};
constexpr bool is_known(Life life) { return life <= Life::lost; }
/// For a person to read.
constexpr std::string_view words_for(Life life) {
  constexpr std::array<std::string_view, 3> kWords{"up", "down", "lost"};
  return kWords[static_cast<std::size_t>(life)];
}

struct NodeRecord {
  Uid uid;
  Incarnation incarnation;
  std::string name;
  Endpoints endpoints;
  /// Auctions that it serves at most, and those that it serves now. None at most: its disk has failed.
  std::uint32_t slots = 1;
  std::uint32_t used = 0;
  std::string version;
  /// Clients that it serves at most.
  std::uint32_t room = 0;
  Life life = Life::up;
  WallTime down_since;  ///< entry time; 0 while it is up
  /// The operator wants it to serve nothing: it keeps no seat that another node can take, and gets none.
  bool draining = false;
  /// 1 for the first node that ever registered, 2 for the next, …; one that was lost begins anew when it comes back.
  std::uint64_t joined = 0;

  /// It keeps no seat that another node can take: drained, or of no use (without slots its disk has failed).
  bool is_leaving() const { return draining || slots == 0; }
  /// It may be given seats.
  bool is_fit() const { return life == Life::up && !is_leaving(); }
  GAVEL_FIELDS(uid, incarnation, name, endpoints, slots, used, version, room, life, down_since, draining, joined);
};

enum class ItemState : std::uint8_t { on_offer = 0, running = 1, sold = 2, unsold = 3 };
constexpr bool is_known(ItemState state) { return state <= ItemState::unsold; }
/// For a person to read.
constexpr std::string_view words_for(ItemState state) {
  constexpr std::array<std::string_view, 4> kWords{"on offer", "running", "sold", "unsold"};
  return kWords[static_cast<std::size_t>(state)];
}

struct Item {
  std::string id;
  std::string title;
  std::string seller;
  Money start_price;
  Money increment;
  ItemState state = ItemState::on_offer;
  /// Auctions that were started for it so far.
  std::uint32_t runs = 0;
  GAVEL_FIELDS(id, title, seller, start_price, increment, state, runs);
};

/// An auction: its group, who serves it, and, once it has been closed, how it ended.
struct Auction {
  /// The item's id; from its second run on with the number of the run after a point ("lot-7.2").
  std::string id;
  GroupId group;
  auction::Terms terms;
  /// The group's first voters, ascending: they never change, and found it.
  std::vector<Uid> genesis;
  /// Those of them who lost their seat since, ascending. They are part of the group's first configuration all the same:
  /// one that comes late founds its replica, and follows.
  std::vector<Uid> replaced;
  /// Who is to serve it, ascending; the group's own configuration follows one step at a time (PROTOCOL.md §6).
  std::vector<Uid> members;
  /// The active auctioneer, and the slot in the auction's group of the view that made it so.
  Uid active;
  Slot active_since;
  std::string starter;
  std::optional<auction::Outcome> outcome;
  /// Its group goes on from a backup: only who holds that state founds it, nobody from nothing.
  bool restored = false;
  GAVEL_FIELDS(id, group, terms, genesis, replaced, members, active, active_since, starter, outcome, restored);
};

/// The group of a standing service (kinds.hpp). The directory's voters serve it: whoever becomes one is called in, and
/// who is none any more has to go, one at a time, as the group's own configuration follows (PROTOCOL.md §6).
struct StandingGroup {
  std::string name;
  ServiceKind service = ServiceKind::lobby;
  GroupId group;
  /// The group's first voters, ascending: they never change, and found it.
  std::vector<Uid> genesis;
  /// It goes on from a backup: its founder has its state already.
  bool restored = false;
  GAVEL_FIELDS(name, service, group, genesis, restored);
};

}  // namespace gavel::directory
