// The log of one group, as orders and entries show it. Entries are kept by (slot, term), each with the term before it,
// so every leader's log is a chain that can be walked backwards (log matching, PROTOCOL.md §10.2). What a leader has
// sent is frozen where its commit has passed it. Finds two entries for a slot and a term, another entry where one is
// frozen, and batches ordered out of turn (invariants 2, 3, 5). Messages of the same node come in their order, those of
// different nodes in any; a reign whose orders have a hole is trusted only as far as each of its messages goes. A
// cluster that is wiped and founded anew under its name has the same groups, other nodes, and another history: what was
// frozen is forgotten when a reign contradicts it with whose members it has nobody in common. Bounded: the kSlots
// newest entries, kReigns reigns, kPublishers marks each.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "tools/sniffer/message/seen.hpp"
#include "tools/sniffer/watch/findings.hpp"
#include "tools/sniffer/watch/pace.hpp"

namespace gavel::sniffer {

/// What was ordered last of a publisher's batches, as a reign's orders tell it.
struct OrderedMark {
  Incarnation incarnation;
  BatchNumber number;
  bool exact = true;        ///< false: orders were missed, there may be later ones
  std::uint64_t shown = 0;  ///< the message that ordered it
};

/// What one leader ordered in one term.
struct Reign {
  Slot last;
  WallTime contiguous_since;  ///< from then on no order of it is missing
  WallTime batches_at;        ///< it ordered batches then, last
  bool whole = false;         ///< its log is known from the group's first slot on
  std::map<Uid, OrderedMark> marks;
  Slot before;  ///< the slot before the first order that was seen, and its term
  wire::Term before_term;

  /// Nothing if it is not known. Number 0: none of that life was ordered.
  std::optional<OrderedMark> ordered(Uid publisher, Incarnation incarnation) const;
};

class LogWatch {
 public:
  struct Context {
    const Names& names;
    GroupId group;
    Findings& findings;
  };

  void on_order(const Context& context, const Seen& seen, const wire::Order& order);
  void on_entries(const Context& context, const Seen& seen, const wire::Entries& entries);
  void on_beat(const Context& context, const Seen& seen, const wire::Beat& beat);
  void on_ack(const Context& context, const Seen& seen, const wire::Ack& ack);
  /// Messages of this node were missed.
  void missed(Uid node, WallTime now);
  void tick(const Context& context, WallTime now);

  /// Null if it is not known what was committed there.
  const wire::Entry* committed(Slot slot) const;
  /// The highest that anybody spoke of.
  Slot highest_commit() const { return highest_commit_; }
  wire::Term highest_term() const { return highest_term_; }
  /// The reign of the highest term, if an order of it was seen; null otherwise.
  const Reign* reign() const;

  /// The leader of the highest term, by its own beats.
  struct Leading {
    wire::Term term;
    WallTime since;  ///< beats without a pause from then on
    WallTime at;
    Slot last;
    std::vector<Uid> hears;
    BeatPace pace;
  };
  const std::optional<Leading>& leading() const { return leading_; }
  /// It leads the highest term, and was heard lately.
  bool is_led(WallTime now) const {
    return leading_ && leading_->term == highest_term_ && now - leading_->at < leading_->pace.lives();
  }
  /// Somebody who was in the history to which this slot's frozen entry belongs was heard then, or since.
  bool lived(Slot slot, WallTime then) const;
  /// This member was heard before.
  bool was_heard_before(Uid member, WallTime then) const;

 private:
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::size_t kReigns = 8;
  static constexpr std::size_t kPublishers = 512;
  static constexpr std::size_t kSuspects = 16;
  static constexpr std::size_t kMembers = 256;
  static constexpr std::size_t kForeign = 64;

  struct Held {
    wire::Entry entry;
    wire::Term before;  ///< the term of the entry at the slot before
    std::uint64_t shown = 0;
  };
  struct Frozen {
    wire::Term term;  ///< of the entry
    wire::Term by;    ///< the reign whose commit passed it
    std::uint64_t shown = 0;
  };
  /// A reign that contradicts what was committed in another. It is told when somebody is known to have taken part in
  /// both; otherwise they may belong to two histories (a cluster founded anew from a backup).
  struct Suspect {
    wire::Term committed_in;
    wire::Term contradicts_in;
    std::string key;
    std::string text;
    WallTime at;
  };

  void hold(const Context& context, Slot slot, const wire::Entry& entry, const wire::Term& before, const Seen& seen);
  struct Heard {
    WallTime first;
    WallTime last;
    BeatPace pace;
  };

  void heard(const Seen& seen);
  /// Whether somebody is known to have acked in both reigns, or to lead one and have acked in the other.
  bool in_both(const wire::Term& one, const wire::Term& other) const;
  /// What `in` contradicts is another cluster's, or a part that is cut off and nobody else was heard of. False: it is
  /// not, or that was done.
  bool forget_history(const wire::Term& in, const Frozen& frozen);
  void look_at_committed(const Context& context, Slot slot, const wire::Term& term, const wire::Term& in,
                         const Seen& seen);
  void take_turns(const Context& context, Reign& reign, const wire::Entry& entry, Slot slot, const Seen& seen);
  void freeze(const Context& context, const wire::Term& term, Slot commit, const Seen& seen);
  /// What was ordered last of everybody, in the chain that ends with this entry.
  void recall(Reign& reign, Slot slot, wire::Term term);
  void suspect(const Context& context, Suspect suspect);
  bool judged(const Context& context, const Suspect& suspect);
  void heard_term(const wire::Term& term);

  std::map<std::pair<Slot, wire::Term>, Held> entries_;
  std::map<Slot, Frozen> frozen_;
  std::map<wire::Term, Reign> reigns_;
  std::map<wire::Term, std::set<Uid>> acked_;  ///< who acked in which term
  std::map<Uid, Heard> heard_;
  std::set<wire::Term> foreign_;  ///< reigns for which a history was forgotten: that is done once
  std::deque<Suspect> suspects_;
  Slot highest_commit_;
  wire::Term highest_term_;
  std::optional<Leading> leading_;
};

}  // namespace gavel::sniffer
