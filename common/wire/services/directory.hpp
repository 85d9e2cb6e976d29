// The directory's messages: nodes, items and auctions, as the idle node manager keeps them. Kinds 100 to 149; a number
// on the wire is never reused. Every time is entry time (PROTOCOL.md §3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/wire/services/directory_records.hpp"

namespace gavel::directory {

// Commands.

/// A node came to be, or was started again; an earlier incarnation than the known one changes nothing.
struct RegisterNode {
  static constexpr std::uint64_t kKind = 100;
  Uid uid;
  Incarnation incarnation;
  std::string name;
  Endpoints endpoints;
  std::uint32_t slots = 1;
  std::string version;
  std::uint32_t room = 0;
  GAVEL_FIELDS(uid, incarnation, name, endpoints, slots, version, room);
};
/// What the directory's leader sees of a node's life; counts for the known incarnation only.
struct NodeState {
  static constexpr std::uint64_t kKind = 101;
  Uid uid;
  Incarnation incarnation;
  Life life = Life::up;
  GAVEL_FIELDS(uid, incarnation, life);
};
/// A node goes for good, or lost what it had promised (PROTOCOL.md §8).
struct LeaveNode {
  static constexpr std::uint64_t kKind = 102;
  Uid uid;
  GAVEL_FIELDS(uid);
};
/// Puts an item on offer. An empty id is replaced by "lot-N".
struct AddItem {
  static constexpr std::uint64_t kKind = 103;
  std::string id;
  std::string title;
  std::string seller;
  Money start_price;
  Money increment;
  GAVEL_FIELDS(id, title, seller, start_price, increment);
};
/// Starts an auction at this entry's time; it ends after `duration`, or at `end` when that is given.
struct StartAuction {
  static constexpr std::uint64_t kKind = 104;
  std::string item;
  Duration duration{};
  std::optional<WallTime> end;
  std::string starter;
  GAVEL_FIELDS(item, duration, end, starter);
};
/// The auction's group has closed it. Said by the host of its leader until it is answered; said again, it changes
/// nothing.
struct AuctionClosed {
  static constexpr std::uint64_t kKind = 105;
  std::string auction;
  auction::Outcome outcome;
  /// Whose close it is; one that the auction has left behind (RestoreAuction) changes nothing. 0: its present one.
  GroupId group{};
  GAVEL_FIELDS(auction, outcome, group);
};
/// The auction's group has another active auctioneer; an earlier view than the known one changes nothing.
struct AuctionLed {
  static constexpr std::uint64_t kKind = 106;
  std::string auction;
  Uid active;
  Slot since;
  GroupId group{};  ///< as in AuctionClosed
  GAVEL_FIELDS(auction, active, since, group);
};
/// The operator's: the node is to serve nothing from now on (or is back in the pool). By uid.
struct DrainNode {
  static constexpr std::uint64_t kKind = 107;
  Uid uid;
  bool draining = true;
  GAVEL_FIELDS(uid, draining);
};
/// The operator's: a node that is not up will not come back. Refused (would_shrink) if an auction would be left with
/// fewer members, unless `shrink` says that it may be.
struct RemoveNode {
  static constexpr std::uint64_t kKind = 108;
  Uid uid;
  bool shrink = false;
  GAVEL_FIELDS(uid, shrink);
};
/// An auction's group is lost, and that node holds its state from a backup: the auction goes on in a new group, founded
/// by that node alone. Refused (conflict) if its group is not `former` any more: said again, it changes nothing.
struct RestoreAuction {
  static constexpr std::uint64_t kKind = 109;
  std::string auction;
  Uid uid;
  GroupId former;
  GAVEL_FIELDS(auction, uid, former);
};
/// Opens the group of the standing service of that name (kinds.hpp), if it is not open yet; said again, it changes
/// nothing.
struct OpenStanding {
  static constexpr std::uint64_t kKind = 114;
  std::string name;
  GAVEL_FIELDS(name);
};
using Command = std::variant<RegisterNode, NodeState, LeaveNode, AddItem, StartAuction, AuctionClosed, AuctionLed,
                             DrainNode, RemoveNode, RestoreAuction, OpenStanding>;

/// What a client may ask for; everything else is for the nodes of the cluster to say.
inline bool clients_may(const Command& command) {
  return std::holds_alternative<AddItem>(command) || std::holds_alternative<StartAuction>(command) ||
         std::holds_alternative<DrainNode>(command) || std::holds_alternative<RemoveNode>(command) ||
         std::holds_alternative<OpenStanding>(command);
}

// Replies to commands.

enum class Refusal : std::uint8_t {
  malformed = 0,
  unknown_node = 1,
  unknown_item = 2,
  unknown_auction = 3,
  duplicate = 4,
  bad_id = 5,
  bad_text = 6,
  bad_price = 7,
  bad_time = 8,
  not_on_offer = 9,
  no_free_node = 10,
  limit_exceeded = 11,
  conflict = 12,
  bad_node = 13,
  not_for_clients = 14,
  still_up = 15,
  would_shrink = 16,
  unknown_service = 17,
};
inline constexpr std::size_t kRefusals = 18;
constexpr bool is_known(Refusal refusal) { return static_cast<std::size_t>(refusal) < kRefusals; }
/// For a person to read.
constexpr std::string_view words_for(Refusal refusal) {
  constexpr std::array<std::string_view, kRefusals> kWords{
      "malformed", "unknown node", "unknown item",    "unknown auction", "duplicate",    "bad id",
      "bad text",  "bad price",    "bad time",        "not on offer",    "no free node", "limit exceeded",
      "conflict",  "bad node",     "not for clients", "still up",        "would shrink", "unknown service"};
  return kWords[static_cast<std::size_t>(refusal)];
}

struct Refused {
  static constexpr std::uint64_t kKind = 110;
  Refusal refusal = Refusal::malformed;
  /// What was wrong and what would be right.
  std::string message;
  GAVEL_FIELDS(refusal, message);
};
/// `changed` is false for what was known already.
struct Done {
  static constexpr std::uint64_t kKind = 111;
  bool changed = false;
  GAVEL_FIELDS(changed);
};
struct ItemAdded {
  static constexpr std::uint64_t kKind = 112;
  std::string id;
  GAVEL_FIELDS(id);
};
struct AuctionStarted {
  static constexpr std::uint64_t kKind = 113;
  Auction auction;
  /// Where clients reach the members, in their order; empty for one that has left.
  std::vector<std::string> clients;
  /// How many of the members may fail at once without loss or pause, and what that means in words.
  std::uint32_t failures_survived = 0;
  std::string safety;
  GAVEL_FIELDS(auction, clients, failures_survived, safety);
};
struct StandingOpened {
  static constexpr std::uint64_t kKind = 115;
  StandingGroup standing;
  GAVEL_FIELDS(standing);
};
using Reply = std::variant<Refused, Done, ItemAdded, AuctionStarted, StandingOpened>;

// Questions.

struct AskNodes {
  static constexpr std::uint64_t kKind = 120;
  GAVEL_FIELDS();
};
/// Items from the id `from` on (empty: from the first), at most kPage.
struct AskItems {
  static constexpr std::uint64_t kKind = 121;
  std::string from;
  GAVEL_FIELDS(from);
};
enum class Which : std::uint8_t { all = 0, running = 1, ended = 2 };
constexpr bool is_known(Which which) { return which <= Which::ended; }
/// Auctions from the id `from` on (empty: from the first), at most kPage.
struct AskAuctions {
  static constexpr std::uint64_t kKind = 122;
  Which which = Which::all;
  std::string from;
  GAVEL_FIELDS(which, from);
};
/// By its id; an item's id means its latest auction.
struct AskAuction {
  static constexpr std::uint64_t kKind = 123;
  std::string auction;
  GAVEL_FIELDS(auction);
};
/// The standing groups that are open.
struct AskStanding {
  static constexpr std::uint64_t kKind = 124;
  GAVEL_FIELDS();
};
using Question = std::variant<AskNodes, AskItems, AskAuctions, AskAuction, AskStanding>;

/// Items or auctions in one answer.
inline constexpr std::size_t kPage = 256;

// Answers; a question that was not understood, or asks for what is not there, is answered with Refused.

struct Nodes {
  static constexpr std::uint64_t kKind = 130;
  std::vector<NodeRecord> nodes;
  GAVEL_FIELDS(nodes);
};
struct Items {
  static constexpr std::uint64_t kKind = 131;
  std::vector<Item> items;
  /// Where to go on asking, when there is more.
  std::optional<std::string> next;
  GAVEL_FIELDS(items, next);
};
struct Auctions {
  static constexpr std::uint64_t kKind = 132;
  std::vector<Auction> auctions;
  /// Where to go on asking, when there is more.
  std::optional<std::string> next;
  GAVEL_FIELDS(auctions, next);
};
struct AuctionAnswer {
  static constexpr std::uint64_t kKind = 133;
  Auction auction;
  /// Where clients reach the members, in their order; empty for one that has left.
  std::vector<std::string> clients;
  GAVEL_FIELDS(auction, clients);
};
struct Standing {
  static constexpr std::uint64_t kKind = 134;
  std::vector<StandingGroup> groups;
  GAVEL_FIELDS(groups);
};
using Answer = std::variant<Refused, Nodes, Items, Auctions, AuctionAnswer, Standing>;

// Events, pushed to those who watch, in the order in which they came about.

struct NodeChanged {
  static constexpr std::uint64_t kKind = 140;
  NodeRecord node;
  /// False when it has left for good.
  bool member = true;
  GAVEL_FIELDS(node, member);
};
struct ItemChanged {
  static constexpr std::uint64_t kKind = 141;
  Item item;
  GAVEL_FIELDS(item);
};
struct AuctionChanged {
  static constexpr std::uint64_t kKind = 142;
  Auction auction;
  GAVEL_FIELDS(auction);
};
struct StandingChanged {
  static constexpr std::uint64_t kKind = 143;
  StandingGroup standing;
  GAVEL_FIELDS(standing);
};
using Event = std::variant<NodeChanged, ItemChanged, AuctionChanged, StandingChanged>;

}  // namespace gavel::directory
