// Watches every message, before any filter, for what must never be seen (PROTOCOL.md §10, the numbers in brackets): two
// leaders in a term [1]; two entries for a slot, or another one where one was known committed [2, 3]; batches of a
// stream that are ordered out of turn, and holes that stay [5]; acks that go back [6]; digests that differ [4]; an
// acknowledged command that is not in the order [6]. It knows only what it sees: messages of different nodes arrive in
// any order, some are lost, and it may have come late. Where its knowledge does not do, it says nothing and counts
// (`not_checkable`). Pure: time comes with the messages and with `tick`. Bounded: kGroups groups, those heard last,
// with the bounds of log.hpp, holes.hpp and answers.hpp.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/message/seen.hpp"
#include "tools/sniffer/watch/answers.hpp"
#include "tools/sniffer/watch/findings.hpp"
#include "tools/sniffer/watch/holes.hpp"
#include "tools/sniffer/watch/log.hpp"

namespace gavel::sniffer {

class Watch {
 public:
  /// `names` outlives this.
  explicit Watch(const Names& names, WatchOptions options = {}) : names_(names), options_(options) {}

  /// In the order of arrival. What this message shows to be broken; each violation is told once.
  std::vector<Violation> look(const Seen& seen);
  /// Time passes: several times a second. Some things are wrong only when they last.
  std::vector<Violation> tick(WallTime now);
  /// Nothing more will come. What still waits is not checkable.
  std::vector<Violation> end();
  /// Messages of this node did not arrive here: what rests on having seen all of them is not believed any more.
  void missed(Uid node);

  std::uint64_t found() const { return found_; }
  /// Things that would have been checked, had enough been seen.
  std::uint64_t not_checkable() const { return not_checkable_; }

 private:
  static constexpr std::size_t kGroups = 256;
  static constexpr std::size_t kTold = 4096;
  static constexpr std::size_t kTermsKept = 64;
  static constexpr std::size_t kMembers = 64;
  static constexpr std::size_t kDigests = 64;

  struct Leader {
    wire::Member who;
    std::uint64_t number = 0;  ///< of the message that showed it
  };
  struct Acked {
    Incarnation incarnation;
    wire::Term term;
    Slot durable;
    std::uint64_t number = 0;
  };
  struct Digested {
    Digest digest;
    Uid by;
    std::uint64_t number = 0;
  };
  struct Group {
    WallTime heard;
    std::map<wire::Term, Leader> leaders;
    std::map<Uid, Acked> acked;
    std::map<std::pair<wire::Term, Slot>, Digested> digests;
    LogWatch log;
    HoleWatch holes;
  };

  Group& group(GroupId id, WallTime at);
  void pass(WallTime now);
  void look_at(const Seen& seen, Group& group);
  void leads(const Seen& seen, Group& group, const wire::Term& term);
  void look_at_ack(const Seen& seen, Group& group, const wire::Ack& ack, bool repeated);
  std::vector<Violation> told(WallTime at, std::uint64_t number);

  const Names& names_;
  WatchOptions options_;
  std::map<GroupId, Group> groups_;
  AnswerWatch answers_;
  Findings findings_;
  WallTime last_at_;
  std::set<std::string> told_;  ///< keys of what was told, so that it is told once
  std::uint64_t found_ = 0;
  std::uint64_t not_checkable_ = 0;
};

}  // namespace gavel::sniffer
