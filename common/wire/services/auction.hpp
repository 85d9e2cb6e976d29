// The auction's messages: what a client may command and ask of it, what it answers, and what it tells those who watch.
// Kinds 150 to 199; a number on the wire is never reused. Every time is entry time (PROTOCOL.md §3).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/ids.hpp"
#include "common/base/money.hpp"
#include "common/base/time.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/services/money_field.hpp"

namespace gavel::auction {

/// Longest name of a participant, in bytes.
inline constexpr std::size_t kMaxName = 128;
/// Highest amount of a bid or a price, in minor units: far below what could overflow when an increment is added.
inline constexpr std::int64_t kMaxAmount = 1'000'000'000'000'000;
/// Bids on one page of the history.
inline constexpr std::uint32_t kMaxPage = 256;

/// The rules by which bids are judged. Further kinds come with their own rules (node/services/auction_rules.hpp).
enum class Kind : std::uint8_t { english = 0 };
constexpr bool is_known(Kind kind) { return kind == Kind::english; }

/// What an auction is from its first slot on: fixed in the directory when it is started, and the same on every replica.
struct Terms {
  std::string auction;
  std::string item;
  std::string title;
  std::string seller;
  Kind kind = Kind::english;
  Money start_price;
  Money increment;
  /// Open on [start, end).
  WallTime start;
  WallTime end;
  GAVEL_FIELDS(auction, item, title, seller, kind, start_price, increment, start, end);
};

/// What became of a bid. `unknown_auction` and `busy` are for whoever answers without an auction to ask.
enum class Verdict : std::uint8_t {
  accepted = 0,
  too_low = 1,
  below_increment = 2,
  not_open = 3,
  closed = 4,
  own_item = 5,
  wrong_currency = 6,
  unknown_auction = 7,
  limit_exceeded = 8,
  busy = 9,
  bad_name = 10,
};
inline constexpr std::size_t kVerdicts = 11;
constexpr bool is_known(Verdict verdict) { return static_cast<std::size_t>(verdict) < kVerdicts; }
/// For a person to read.
constexpr std::string_view words_for(Verdict verdict) {
  constexpr std::array<std::string_view, kVerdicts> kWords{
      "accepted",       "too low",         "below increment", "not open", "closed",  "own item",
      "wrong currency", "unknown auction", "limit exceeded",  "busy",     "bad name"};
  return kWords[static_cast<std::size_t>(verdict)];
}

/// An accepted bid, as the history keeps it. Session and request let an audit match it with what a client was told.
struct BidRecord {
  /// Its place among the accepted bids: 1, 2, 3, …
  std::uint64_t ordinal = 0;
  Slot slot;
  WallTime time;
  std::string bidder;
  Money amount;
  SessionId session;
  RequestNumber request;
  /// The audit chain up to and including this bid.
  Digest chain;
  GAVEL_FIELDS(ordinal, slot, time, bidder, amount, session, request, chain);
};

/// How the auction ended. Without a winner nobody bid, and `price` is zero.
struct Outcome {
  std::optional<std::string> winner;
  Money price;
  /// Accepted bids.
  std::uint64_t bids = 0;
  Slot slot;
  WallTime closed_at;
  /// The audit chain over all accepted bids and the close.
  Digest chain;
  GAVEL_FIELDS(winner, price, bids, slot, closed_at, chain);
};

// Commands.

/// Take part: be among those whom `show` lists. A bid that is accepted does the same.
struct Join {
  static constexpr std::uint64_t kKind = 150;
  std::string name;
  GAVEL_FIELDS(name);
};
/// Take part no longer. A leading bid stands.
struct Leave {
  static constexpr std::uint64_t kKind = 151;
  std::string name;
  GAVEL_FIELDS(name);
};
struct Bid {
  static constexpr std::uint64_t kKind = 152;
  std::string bidder;
  Money amount;
  GAVEL_FIELDS(bidder, amount);
};
/// Proposed by the leader when the end has come; without effect in an entry that is earlier than the end.
struct Close {
  static constexpr std::uint64_t kKind = 153;
  GAVEL_FIELDS();
};
using Command = std::variant<Join, Leave, Bid, Close>;

// Replies to commands.

/// Not understood at all: malformed bytes. What a client may do wrong has a verdict instead.
struct Refused {
  static constexpr std::uint64_t kKind = 160;
  std::string message;
  GAVEL_FIELDS(message);
};
struct BidReply {
  static constexpr std::uint64_t kKind = 161;
  Verdict verdict = Verdict::accepted;
  /// The least amount that this auction would take next, when it takes bids at all.
  std::optional<Money> enough;
  std::optional<std::string> leader;
  /// The leading bid, or the start price when there is none.
  Money price;
  /// Where in the order the bid was judged.
  Slot slot;
  /// Its place among the accepted bids; 0 if it was not accepted.
  std::uint64_t ordinal = 0;
  /// The verdict in words, with what was wrong and what would be right; empty if the rest of the reply says it
  /// (in_words, auction_words.hpp).
  std::string message;
  GAVEL_FIELDS(verdict, enough, leader, price, slot, ordinal, message);
};
/// To join and leave.
struct Presence {
  static constexpr std::uint64_t kKind = 162;
  Verdict verdict = Verdict::accepted;
  std::string name;
  bool present = false;
  std::uint64_t participants = 0;
  std::string message;
  GAVEL_FIELDS(verdict, name, present, participants, message);
};
/// To close: the outcome, or nothing when it was too early.
struct CloseReply {
  static constexpr std::uint64_t kKind = 163;
  std::optional<Outcome> outcome;
  GAVEL_FIELDS(outcome);
};
using Reply = std::variant<Refused, BidReply, Presence, CloseReply>;

// Events, pushed to those who watch, in the order in which they came about.

struct NewHighest {
  static constexpr std::uint64_t kKind = 170;
  std::string auction;
  BidRecord bid;
  GAVEL_FIELDS(auction, bid);
};
struct Joined {
  static constexpr std::uint64_t kKind = 171;
  std::string auction;
  std::string name;
  std::uint64_t participants = 0;
  GAVEL_FIELDS(auction, name, participants);
};
struct Left {
  static constexpr std::uint64_t kKind = 172;
  std::string auction;
  std::string name;
  std::uint64_t participants = 0;
  GAVEL_FIELDS(auction, name, participants);
};
struct Closed {
  static constexpr std::uint64_t kKind = 173;
  std::string auction;
  Outcome outcome;
  GAVEL_FIELDS(auction, outcome);
};
using Event = std::variant<NewHighest, Joined, Left, Closed>;

// Questions.

struct AskShow {
  static constexpr std::uint64_t kKind = 180;
  GAVEL_FIELDS();
};
/// Accepted bids from ordinal `from` (1 is the first) on, at most `limit` and at most kMaxPage of them.
struct AskHistory {
  static constexpr std::uint64_t kKind = 181;
  std::uint64_t from = 1;
  std::uint32_t limit = kMaxPage;
  GAVEL_FIELDS(from, limit);
};
struct AskResult {
  static constexpr std::uint64_t kKind = 182;
  GAVEL_FIELDS();
};
using Question = std::variant<AskShow, AskHistory, AskResult>;

// Answers; a question that was not understood is answered with Refused.

/// Rejected bids of one verdict.
struct Rejections {
  Verdict verdict = Verdict::too_low;
  std::uint64_t count = 0;
  GAVEL_FIELDS(verdict, count);
};
struct Summary {
  static constexpr std::uint64_t kKind = 190;
  Terms terms;
  std::optional<BidRecord> leading;
  Money enough;
  std::uint64_t bids = 0;
  std::uint64_t participants = 0;
  /// The first of the participants by name, at most kMaxPage.
  std::vector<std::string> present;
  std::vector<Rejections> rejections;
  std::optional<Outcome> outcome;
  /// The audit chain so far.
  Digest chain;
  GAVEL_FIELDS(terms, leading, enough, bids, participants, present, rejections, outcome, chain);
};
struct History {
  static constexpr std::uint64_t kKind = 191;
  std::uint64_t total = 0;
  std::vector<BidRecord> bids;
  GAVEL_FIELDS(total, bids);
};
/// Without an outcome the auction has not been closed yet.
struct ResultAnswer {
  static constexpr std::uint64_t kKind = 192;
  std::string auction;
  std::optional<Outcome> outcome;
  GAVEL_FIELDS(auction, outcome);
};
using Answer = std::variant<Refused, Summary, History, ResultAnswer>;

}  // namespace gavel::auction
