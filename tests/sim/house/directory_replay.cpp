#include "tests/sim/house/directory_replay.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "common/wire/codec.hpp"
#include "node/services/directory.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {

/// A directory whose history is followed command by command.
class FollowedDirectory final : public order::StateMachine {
 public:
  explicit FollowedDirectory(DirectoryHistory& history) : history_(history) {}

  std::uint16_t kind() const override { return static_cast<std::uint16_t>(ServiceKind::directory); }
  Bytes apply(const order::CommandContext& context, BytesView command, Events& events) override {
    auto reply = directory_.apply({context.slot, context.time, context.session, context.number}, command, events);
    history_.follow(context.slot, directory_.state());
    return reply;
  }
  Bytes query(BytesView question) const override { return directory_.query(question); }
  Rope snapshot() const override { return Rope(directory_.snapshot()); }
  Result<void> restore(BytesView snapshot) override { return directory_.restore(snapshot); }
  Digest digest() const override { return directory_.digest(); }

 private:
  DirectoryService directory_;
  DirectoryHistory& history_;
};

}  // namespace

DirectoryReplay::DirectoryReplay(const order::Options& options, DirectoryHistory& history)
    : options_(options), applier_(options_, std::make_unique<FollowedDirectory>(history)) {}

void DirectoryReplay::writes(Uid node, const store::Operation& operation) {
  if (operation.group != kDirectoryGroup) return;
  if (operation.kind == store::Operation::Kind::snapshot && !operation.keep_tail) logs_.erase(node);
  if (operation.kind != store::Operation::Kind::append) return;
  auto entry = wire::decode<wire::FullEntry>(*operation.bytes.joined());
  if (!entry) throw Violation(Invariant::contract, show(node) + " writes what is no entry: " + entry.error().message);
  logs_[node].insert_or_assign(operation.slot, *std::move(entry));
}

bool DirectoryReplay::applied(Uid node, Slot slot) {
  auto& log = logs_[node];
  log.erase(log.begin(), log.upper_bound(slot_));
  bool news = false;
  for (auto next = log.begin(); next != log.end() && next->first == slot_.next() && next->first <= slot;
       next = log.erase(next)) {
    slot_ = next->first;
    std::vector<order::Happened> events;
    applier_.apply(slot_, next->second, {}, nullptr, events);
    news = true;
  }
  return news;
}

}  // namespace gavel::sim
