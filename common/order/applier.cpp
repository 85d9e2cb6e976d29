#include "common/order/applier.hpp"

#include "common/base/digest.hpp"
#include "common/order/mistakes.hpp"

namespace gavel::order {
namespace {

constexpr std::size_t kMarksKept = 8;

}  // namespace

Applier::Applier(const Options& options, std::unique_ptr<StateMachine> machine)
    : options_(options), sessions_(options), machine_(std::move(machine)) {}

std::vector<Applier::OwnBatch> Applier::apply(Slot slot, const wire::FullEntry& entry, const wire::Member& stream,
                                              const GroupView* view, std::vector<Happened>& events) {
  std::vector<OwnBatch> own;
  happened_ = &events;
  event_index_ = 0;
  mark_asked_ = false;
  std::size_t index = 0;
  sessions_.expire(entry.entry.stamp);
  if (view != nullptr) {
    events_.clear();
    machine_->on_view({slot, entry.entry.stamp, {}, {}}, *view, events_);
    tell(slot);
  }
  for (std::size_t i = 0; i < entry.entry.batches.size(); ++i) {
    const auto& ref = entry.entry.batches[i];
    const bool mine = ref.publisher == stream.uid && ref.incarnation == stream.incarnation;
    std::vector<Outcome> outcomes;
    apply_batch(slot, entry.entry.stamp, *entry.payloads[i], mine, index, outcomes);
    if (mine) own.push_back({ref.number, std::move(outcomes)});
  }
  if (slot.value % options_.digest_interval == 0) keep(marks_, slot);
  if (mark_asked_) keep(asked_marks_, slot);
  return own;
}

/// Hands on what came of the request at hand.
void Applier::tell(Slot slot) {
  for (auto& event : events_) happened_->push_back({slot, ++event_index_, std::move(event)});
}

void Applier::keep(std::map<Slot, Digest>& marks, Slot slot) const {
  marks[slot] = digest();
  if (marks.size() > kMarksKept) marks.erase(marks.begin());
}

void Applier::apply_batch(Slot slot, WallTime time, BytesView payload, bool own, std::size_t& index,
                          std::vector<Outcome>& outcomes) {
  chain_ = digest_of(chain_, payload);
  // A payload that cannot be read is the same nothing on every replica.
  const auto list = wire::decode<wire::RequestViews>(payload);
  if (!list) return;
  for (const auto& request : list->requests) {
    auto outcome = apply_request(slot, time, request, own, index++);
    if (own) outcomes.push_back(std::move(outcome));
  }
}

Outcome Applier::apply_request(Slot slot, WallTime time, const wire::RequestView& request, bool own,
                               std::size_t index) {
  Outcome outcome{wire::AnswerStatus::ok, slot, {}, {}};
  const auto execute = [&] {
    events_.clear();
    outcome.body = machine_->apply({slot, time, request.session, request.number}, request.body, events_);
    tell(slot);
    chain_ = digest_of(chain_, outcome.body);
  };
  switch (request.kind) {
    case wire::RequestKind::open:
      outcome.session = Sessions::id_at(slot, index);
      sessions_.open(outcome.session, time);
      break;
    case wire::RequestKind::query:
      if (own) outcome.body = machine_->query(request.body);
      if (broken(Mistake::query_chained)) chain_ = digest_of(chain_, outcome.body);
      break;
    case wire::RequestKind::mark:
      mark_asked_ = true;
      break;
    case wire::RequestKind::proposal:
      execute();
      break;
    case wire::RequestKind::command: {
      const auto found = sessions_.find(request.session, request.number, time);
      if (found.standing == Sessions::Standing::expired) outcome.status = wire::AnswerStatus::expired;
      if (found.standing == Sessions::Standing::stale) outcome.status = wire::AnswerStatus::stale;
      if (found.standing == Sessions::Standing::repeated) {
        outcome.slot = found.kept->slot;
        outcome.body = found.kept->body;
      }
      if (found.standing == Sessions::Standing::fresh) {
        execute();
        sessions_.keep(*found.session, request.number, slot, outcome.body);
      }
      break;
    }
  }
  return outcome;
}

Digest digest_of_applied(Digest chain, Digest machine) {
  return digest_of(chain, BytesView(reinterpret_cast<const char*>(&machine.value), sizeof machine.value));
}

Digest Applier::digest() const { return digest_of_applied(chain_, machine_->digest()); }

Rope Applier::snapshot() const {
  AppliedState state{chain_, sessions_.snapshot(), machine_->snapshot()};
  if (broken(Mistake::snapshot_without_sessions)) state.sessions = {};
  return wire::encode_shared(state);
}

Rope Applier::genesis(const StateMachine& initial) {
  return wire::encode_shared(AppliedState{Digest{1}, {}, initial.snapshot()});
}

Result<void> Applier::restore(const Rope& snapshot) {
  auto state = wire::decode<AppliedState>(*snapshot.joined());
  if (!state) return tl::unexpected<Error>(state.error());
  if (auto restored = machine_->restore(*state->machine.joined()); !restored) return restored;
  chain_ = state->chain;
  sessions_.restore(std::move(state->sessions));
  marks_.clear();
  asked_marks_.clear();
  return {};
}

}  // namespace gavel::order
