// An election, from the first token (and what led to it: the old leader's last beat, members that hear no leader) round
// the ring, through the recovery of the log, to the view of the new leader and the acks of a majority that commit it.
// The acknowledgements of hops are drawn only where they are missing. Of several groups, the first that begins is told.
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>

#include "common/base/print.hpp"
#include "tools/sniffer/message/words.hpp"
#include "tools/sniffer/stories/stories.hpp"

namespace gavel::sniffer {
namespace {

constexpr Duration kAfterMajority = std::chrono::milliseconds(60);
constexpr Duration kGivesUp = std::chrono::seconds(20);
constexpr Duration kHopAnswer = std::chrono::milliseconds(300);
constexpr std::size_t kGroups = 256;

class ElectionStory : public StoryFinder {
 public:
  explicit ElectionStory(const Names& names) : names_(names) {}

  void take(const Seen& seen) override {
    if (whole() || !seen.group) return;
    if (group_ && seen.group != group_) return;
    if (const auto* beat = seen.as<wire::Beat>()) return on_beat(seen, *beat);
    if (const auto* ack = seen.as<wire::Ack>()) return on_ack(seen, *ack);
    if (const auto* order = seen.as<wire::Order>()) return on_order(seen, *order);
    if (seen.lane == Lane::unicast) on_unicast(seen);
  }

  void tick(WallTime now) override {
    for (auto it = hops_.begin(); it != hops_.end();) {
      if (now - it->second.at < kHopAnswer) {
        ++it;
        continue;
      }
      no_answer(it->second);
      it = hops_.erase(it);
    }
    if (majority_at_ && now - *majority_at_ > kAfterMajority) whole_ = true;
    if (group_ && !whole_ && now - began_ > kGivesUp) start_over();
  }
  bool whole() const override { return whole_; }

  Story story() const override {
    auto story = story_;
    if (group_) story.title = "election of " + names_.group(group_);
    if (new_term_)
      story.title += ", won by " + names_.node(new_term_->uid) + " for term " + shown_term(*new_term_, names_);
    return story;
  }

 private:
  struct Before {  ///< what is known of a group before its election
    Uid leader;
    wire::Term term;
    WallTime led_at;
    std::map<Uid, WallTime> hears_none;  ///< since then a member's beats say so
  };
  struct Hop {
    WallTime at;
    std::string label;
  };

  static Step step_of(const Seen& seen, std::string label, Step::Shape shape, bool key = false) {
    return {seen.at, shape, {true, seen.from}, {true, seen.to}, std::move(label), 1, key};
  }
  static Step cast_of(const Seen& seen, std::string label, bool key = false) {
    auto step = step_of(seen, std::move(label), Step::Shape::cast, key);
    step.to = {};
    return step;
  }

  void on_beat(const Seen& seen, const wire::Beat& beat) {
    if (!before_.contains(seen.group) && before_.size() >= kGroups) return;
    auto& before = before_[seen.group];
    if (beat.role == wire::Role::leader) {
      before = {seen.from, beat.promised, seen.at, {}};
      commits(seen, beat.promised, beat.commit);
    } else if (!beat.following && before.leader && seen.from != before.leader) {
      const bool first = before.hears_none.emplace(seen.from, seen.at).second;
      if (group_ && first && !new_term_) story_.add(step_of(seen, "hears no leader", Step::Shape::note));
    } else if (beat.following) {
      before.hears_none.erase(seen.from);
    }
    if (beat.ack) on_ack(seen, *beat.ack);
  }

  void begin(const Seen& seen) {
    if (group_) return;
    group_ = seen.group;
    began_ = seen.at;
    const auto& before = before_[group_];
    if (!before.leader) return;
    if (!before.hears_none.empty())
      story_.add({before.led_at,
                  Step::Shape::note,
                  {true, before.leader},
                  {},
                  "last beat, leader of " + shown_term(before.term, names_),
                  1,
                  true});
    std::vector<std::pair<WallTime, Uid>> silent;
    for (const auto& [uid, at] : before.hears_none) silent.emplace_back(at, uid);
    std::sort(silent.begin(), silent.end());
    for (const auto& [at, uid] : silent)
      story_.add({at, Step::Shape::note, {true, uid}, {}, "hears no leader", 1, false});
  }

  std::string voters_of(const wire::Token& token) const {
    std::string out;
    for (const auto& vote : token.votes) out += (out.empty() ? "" : " ") + names_.node(vote.voter);
    return "{" + out + "}";
  }

  void on_unicast(const Seen& seen) {
    if (const auto* token = seen.as<wire::Token>()) {
      begin(seen);
      if (new_term_ && token->term <= *new_term_) return;
      ring_ = {token->ring.begin(), token->ring.end()};
      const auto label = std::string(token->hand_over ? "hand-over token "
                                     : token->direct  ? "asks: "
                                                      : "token ") +
                         shown_term(token->term, names_) + " " + voters_of(*token);
      hops_[{seen.from, token->id}] = {seen.at, label};
      const bool home = seen.to == token->term.uid;
      return story_.add(step_of(seen, label + (home ? " home" : ""), Step::Shape::arrow, home));
    }
    if (const auto* ack = seen.as<wire::TokenAck>()) {
      hops_.erase({seen.to, ack->id});
      return;
    }
    if (const auto* hand_over = seen.as<wire::HandOver>()) {
      begin(seen);
      return story_.add(
          step_of(seen, hand_over->appointed ? "take over, as appointed" : "take over", Step::Shape::arrow, true));
    }
    if (!group_ || new_term_) return;
    if (const auto* rejected = seen.as<wire::Rejected>())
      story_.add(step_of(seen, "rejected: promised " + shown_term(rejected->promised, names_), Step::Shape::arrow));
    if (const auto* fetch = seen.as<wire::Fetch>(); fetch && fetch->recovery)
      story_.add(step_of(seen, "log from " + print(fetch->from) + "?", Step::Shape::arrow));
    if (const auto* entries = seen.as<wire::Entries>(); entries && entries->recovery)
      story_.add(step_of(seen,
                         entries->entries.empty() ? "nothing more"
                                                  : "entries " + print(entries->previous.next()) + ".." +
                                                        print(entries->previous + entries->entries.size()),
                         Step::Shape::arrow));
    if (const auto* chunk = seen.as<wire::SnapshotChunk>(); chunk && chunk->recovery)
      story_.add(step_of(seen, "snapshot at " + print(chunk->slot), Step::Shape::arrow));
  }

  void no_answer(const Hop& hop) {
    for (auto step = story_.steps.rbegin(); step != story_.steps.rend(); ++step)
      if (step->label.starts_with(hop.label) && step->at == hop.at) {
        step->label += ", no answer";
        return;
      }
  }

  void on_order(const Seen& seen, const wire::Order& order) {
    if (!group_ || new_term_) return;
    auto slot = order.previous;
    for (const auto& entry : order.entries) {
      ++slot;
      if (entry.kind != wire::EntryKind::view || seen.from != entry.term.uid) continue;
      if (before_[group_].term >= entry.term && before_[group_].leader != entry.term.uid) continue;
      new_term_ = entry.term;
      view_ = slot;
      story_.add(cast_of(seen, "leads " + shown_term(entry.term, names_) + ": view at slot " + print(slot), true));
      const auto early = std::exchange(early_acks_, {});
      for (const auto& ack : early)
        if (const auto* body = ack.as<wire::Ack>()) on_ack(ack, *body);
      return;
    }
  }

  void on_ack(const Seen& seen, const wire::Ack& ack) {
    if (!group_) return;
    if (!new_term_) {  // the order may be on its way, from another node
      if (seen.as<wire::Ack>() && early_acks_.size() < 64) early_acks_.push_back(seen);
      return;
    }
    if (ack.term == *new_term_ && ack.durable >= view_ && acked_.insert(seen.from).second) {
      story_.add(cast_of(seen, "ack " + print(ack.durable)));
      const auto voters = static_cast<std::size_t>(
          std::count_if(acked_.begin(), acked_.end(), [&](Uid uid) { return ring_.empty() || ring_.contains(uid); }));
      if (!majority_at_ && 2 * voters > std::max<std::size_t>(ring_.size(), 1)) {
        majority_at_ = seen.at;
        story_.add({seen.at,
                    Step::Shape::note,
                    {true, new_term_->uid},
                    {},
                    "acks of " + std::to_string(voters) + " of " + std::to_string(ring_.size()) +
                        " voters: committed, " + std::to_string((seen.at - first()).count() / 1000) + " ms",
                    1,
                    true});
      }
    }
    commits(seen, ack.term, ack.applied);
  }
  void commits(const Seen& seen, const wire::Term& term, Slot commit) {
    if (group_ && seen.group == group_ && new_term_ && term == *new_term_ && commit >= view_ && !majority_at_)
      majority_at_ = seen.at;
  }
  WallTime first() const { return story_.steps.empty() ? began_ : story_.steps.front().at; }

  void start_over() {
    group_ = {};
    story_ = {};
    hops_.clear();
    ring_.clear();
    acked_.clear();
    early_acks_.clear();
    new_term_.reset();
    majority_at_.reset();
  }

  const Names& names_;
  std::map<GroupId, Before> before_;
  GroupId group_;
  WallTime began_;
  std::set<Uid> ring_;
  std::map<std::pair<Uid, std::uint64_t>, Hop> hops_;  ///< without a TokenAck so far
  std::optional<wire::Term> new_term_;
  Slot view_;
  std::set<Uid> acked_;
  std::vector<Seen> early_acks_;
  std::optional<WallTime> majority_at_;
  Story story_;
  bool whole_ = false;
};

}  // namespace

std::unique_ptr<StoryFinder> find_election(const Names& names) { return std::make_unique<ElectionStory>(names); }

}  // namespace gavel::sniffer
