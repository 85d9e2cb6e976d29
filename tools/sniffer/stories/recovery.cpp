// A recovery: one member asks for what it misses (batches, entries, a snapshot) until it has caught up. The first
// member that asks is followed; its story ends when it has what it asked for and asks no more for a while.
#include <algorithm>
#include <map>
#include <optional>

#include "common/base/print.hpp"
#include "tools/sniffer/message/words.hpp"
#include "tools/sniffer/stories/stories.hpp"

namespace gavel::sniffer {
namespace {

constexpr Duration kQuiet = std::chrono::milliseconds(300);
constexpr Duration kGivesUp = std::chrono::seconds(30);

class RecoveryStory : public StoryFinder {
 public:
  explicit RecoveryStory(const Names& names) : names_(names) {}

  void take(const Seen& seen) override {
    if (whole_ || !seen.group) return;
    if (const auto* ack = seen.as<wire::Ack>()) return on_ack(seen, *ack);
    if (const auto* order = seen.as<wire::Order>()) {
      if (seen.group == group_) newest_ = std::max(newest_, order->previous + order->entries.size());
      return;
    }
    if (seen.lane != Lane::unicast || !seen.to) return;
    if (const auto* missing = seen.as<wire::Missing>())
      asks(seen, "batches " +
                     shown_batch(wire::BatchRef{missing->publisher, missing->incarnation, missing->from}, names_) +
                     ".." + print(missing->to) + "?");
    else if (const auto* fetch = seen.as<wire::Fetch>(); fetch && !fetch->recovery)
      asks(seen, fetch->from ? "log from " + print(fetch->from) + "?" : "everything?");
    else if (const auto* more = seen.as<wire::SnapshotFetch>(); more && !more->recovery)
      asks(seen, "more of the snapshot?");
    else
      answers(seen);
  }
  void tick(WallTime now) override {
    if (!group_) return;
    if (answered_ && now - last_ > kQuiet) whole_ = true;
    if (!whole_ && now - last_ > kGivesUp) {
      group_ = {};
      story_ = {};
    }
  }
  bool whole() const override { return whole_; }
  Story story() const override {
    auto story = story_;
    if (group_)
      story.title = "recovery of " + names_.node(who_) + " in " + names_.group(group_) +
                    (caught_up_ || !brought_ ? "" : ", as far as it was seen");
    return story;
  }

 private:
  static Step arrow(const Seen& seen, std::string label) {
    return {seen.at, Step::Shape::arrow, {true, seen.from}, {true, seen.to}, std::move(label), 1, false};
  }

  void asks(const Seen& seen, std::string label) {
    if (!group_) {
      group_ = seen.group;
      who_ = seen.from;
    }
    if (seen.group != group_ || seen.from != who_) return;
    last_ = seen.at;
    story_.add(arrow(seen, std::move(label)));
  }

  void answers(const Seen& seen) {
    if (seen.group != group_ || seen.to != who_) return;
    std::string label;
    if (const auto* repair = seen.as<wire::Repair>()) {
      label = std::to_string(repair->batches.size()) + (repair->batches.size() == 1 ? " batch" : " batches");
    } else if (const auto* entries = seen.as<wire::Entries>(); entries && !entries->recovery) {
      const auto upto = entries->previous + entries->entries.size();
      label =
          entries->entries.empty() ? "nothing more" : "entries " + print(entries->previous.next()) + ".." + print(upto);
      brought_ = std::max(brought_, upto);
    } else if (const auto* chunk = seen.as<wire::SnapshotChunk>(); chunk && !chunk->recovery) {
      label = "snapshot at " + print(chunk->slot) + ", " + std::to_string(chunk->size) + " bytes";
      brought_ = std::max(brought_, chunk->slot);
    } else if (seen.kind == wire::Entries::kKind || seen.kind == wire::SnapshotChunk::kKind) {
      label = seen.type + ", " + std::to_string(seen.size) + " bytes";  // too large for the tap
    } else {
      return;
    }
    last_ = seen.at;
    answered_ = true;
    story_.add(arrow(seen, std::move(label)));
  }

  void on_ack(const Seen& seen, const wire::Ack& ack) {
    if (seen.group != group_) return;
    if (seen.from != who_) {
      newest_ = std::max(newest_, ack.durable);
      return;
    }
    if (!brought_ || caught_up_ || ack.durable < brought_) return;
    caught_up_ = true;
    Step step{seen.at, Step::Shape::cast, {true, seen.from}, {}, "ack " + print(ack.durable), 1, true};
    step.label += ack.durable >= newest_ ? ": caught up" : ", of " + print(newest_);
    story_.add(std::move(step));
  }

  const Names& names_;
  GroupId group_;
  Uid who_;
  WallTime last_;
  Slot brought_;
  Slot newest_;
  bool answered_ = false;
  bool caught_up_ = false;
  bool whole_ = false;
  Story story_;
};

}  // namespace

std::unique_ptr<StoryFinder> find_recovery(const Names& names) { return std::make_unique<RecoveryStory>(names); }

}  // namespace gavel::sniffer
