// The vocabulary of the ordering protocol as it stands on the wire and on disk (PROTOCOL.md §1): terms, batches by
// name, entries, configurations, views, votes.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/wire/fields.hpp"

namespace gavel::wire {

/// A reign: compared as a pair, so two candidates never share one. The zero term is before every other.
struct Term {
  std::uint64_t round = 0;
  Uid uid;

  auto operator<=>(const Term&) const = default;
  explicit operator bool() const { return round != 0; }
  GAVEL_FIELDS(round, uid);
};

/// Names the bytes of one batch for ever: the stream (group, publisher, incarnation) and the number in it.
struct BatchRef {
  Uid publisher;
  Incarnation incarnation;
  BatchNumber number;

  auto operator<=>(const BatchRef&) const = default;
  GAVEL_FIELDS(publisher, incarnation, number);
};

/// A node in one of its lives.
struct Member {
  Uid uid;
  Incarnation incarnation;

  auto operator<=>(const Member&) const = default;
  GAVEL_FIELDS(uid, incarnation);
};

/// Who counts (voters) and who only receives (learners). Both are sorted, without repeats, and disjoint.
struct Config {
  std::vector<Uid> voters;
  std::vector<Uid> learners;

  bool operator==(const Config&) const = default;
  bool is_voter(Uid uid) const { return std::binary_search(voters.begin(), voters.end(), uid); }
  bool is_learner(Uid uid) const { return std::binary_search(learners.begin(), learners.end(), uid); }
  bool is_member(Uid uid) const { return is_voter(uid) || is_learner(uid); }
  GAVEL_FIELDS(voters, learners);
};

/// A reign as the log records it: whose turn each slot after `slot` is. One owner in the rotation is a fixed sequencer.
struct View {
  Slot slot;
  Term term;
  std::vector<Member> rotation;

  bool operator==(const View&) const = default;
  GAVEL_FIELDS(slot, term, rotation);
};

enum class EntryKind : std::uint8_t { view = 1, batches = 2, config = 3, noop = 4 };
constexpr bool is_known(EntryKind kind) { return kind >= EntryKind::view && kind <= EntryKind::noop; }

/// What a slot holds, without the payloads of the batches it names.
struct Entry {
  Term term;
  EntryKind kind = EntryKind::noop;
  Uid owner;
  WallTime stamp;
  std::vector<BatchRef> batches;  ///< kind batches only
  std::optional<Config> config;   ///< kind config only
  std::vector<Member> rotation;   ///< kind view only

  bool operator==(const Entry&) const = default;
  GAVEL_FIELDS(term, kind, owner, stamp, batches, config, rotation);
};

/// An entry with the payloads of its batches, in their order: as it is stored, fetched and recovered.
struct FullEntry {
  Entry entry;
  std::vector<SharedBytes> payloads;

  GAVEL_FIELDS(entry, payloads);
};

/// A member's word in an election: what its log ends with.
struct Vote {
  Uid voter;
  Term last_term;
  Slot last_slot;

  bool operator==(const Vote&) const = default;
  GAVEL_FIELDS(voter, last_term, last_slot);
};

/// How far a stream is held, or ordered.
struct StreamMark {
  Uid publisher;
  Incarnation incarnation;
  BatchNumber number;

  auto operator<=>(const StreamMark&) const = default;
  GAVEL_FIELDS(publisher, incarnation, number);
};

enum class Role : std::uint8_t { follower = 1, candidate = 2, recovering = 3, leader = 4 };
constexpr bool is_known(Role role) { return role >= Role::follower && role <= Role::leader; }

}  // namespace gavel::wire
