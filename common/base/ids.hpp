// Strong types for every number that is not a count: a slot cannot be passed for a batch number, nor a uid for an
// incarnation. They are plain values, comparable and hashable, and cost nothing at run time. The words are those of
// common/order/PROTOCOL.md §1.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace gavel {

/// An identity: compared, copied and hashed, never computed with. Zero means "none".
template <class Tag>
struct Id {
  std::uint64_t value = 0;

  constexpr auto operator<=>(const Id&) const = default;
  constexpr explicit operator bool() const { return value != 0; }
};

/// A position in a sequence that starts at 1. Zero means "before the first".
template <class Tag>
struct Position {
  std::uint64_t value = 0;

  constexpr auto operator<=>(const Position&) const = default;
  constexpr explicit operator bool() const { return value != 0; }
  constexpr Position next() const { return {value + 1}; }
  /// The one before; the position before the first is itself.
  constexpr Position prev() const { return {value == 0 ? 0 : value - 1}; }
  constexpr Position& operator++() {
    ++value;
    return *this;
  }
  constexpr Position operator+(std::uint64_t n) const { return {value + n}; }
  /// How many positions lie between `earlier` (excluded) and this one (included); 0 if this one is not later.
  constexpr std::uint64_t since(Position earlier) const { return value > earlier.value ? value - earlier.value : 0; }
};

/// A node for its whole life: 16 bits of operator-set priority, then 48 random bits; the highest wins an LCR election.
using Uid = Id<struct UidTag>;
/// One life of a node: larger at each start (a counter on disk in the high 24 bits, then 16 random bits). The low 24
/// bits count the replicas that it starts in that life, so that no two of them share a stream.
using Incarnation = Id<struct IncarnationTag>;
/// One replicated service instance.
using GroupId = Id<struct GroupTag>;
/// A client's session in one group: the slot of the entry that opened it and its place there (PROTOCOL.md §7).
using SessionId = Id<struct SessionTag>;
/// A client program, as long as it runs.
using ClientId = Id<struct ClientTag>;

/// A position in a group's total order.
using Slot = Position<struct SlotTag>;
/// A position in one publisher's stream.
using BatchNumber = Position<struct BatchTag>;
/// A position in one session's requests.
using RequestNumber = Position<struct RequestTag>;

/// A digest of bytes or of a state (XXH3, 64 bits): detects accidents, not enemies.
using Digest = Id<struct DigestTag>;

/// Priority, from 0 (default) to 65535, that the operator gave a node: the high 16 bits of its uid.
constexpr std::uint16_t priority_of(Uid uid) { return static_cast<std::uint16_t>(uid.value >> 48U); }

/// The group that every cluster has: nodes, items and auctions (PROTOCOL.md §1).
inline constexpr GroupId kDirectoryGroup{1};

}  // namespace gavel

template <class Tag>
struct std::hash<gavel::Id<Tag>> {
  std::size_t operator()(gavel::Id<Tag> id) const noexcept { return std::hash<std::uint64_t>{}(id.value); }
};
template <class Tag>
struct std::hash<gavel::Position<Tag>> {
  std::size_t operator()(gavel::Position<Tag> p) const noexcept { return std::hash<std::uint64_t>{}(p.value); }
};
