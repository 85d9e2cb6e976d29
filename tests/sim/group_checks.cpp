#include "tests/sim/group_checks.hpp"

#include <algorithm>
#include <string>

#include "common/wire/codec.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
Digest digest_of_entry(const wire::Entry& entry) { return digest_of(wire::encode(entry)); }
}  // namespace

void GroupChecks::booted(SimNode& node) {
  node.before = {};
  node.executions.clear();
  node.before.commit = node.replica->commit();
  node.before.config = node.replica->config();
  if (node.observer) return;
  const auto& safe = node.disk.safe();
  if (safe.base > total_order.last())
    throw Violation(Invariant::total_order,
                    show(node.uid) + " has a snapshot of slot " + print(safe.base) + ", which was never decided");
  node.before.log.restore(safe.base, total_order.decided(), false);
  for (const auto& write : safe.entries) {
    const auto slot = node.before.log.last().next();
    const auto entry = wire::decode<wire::FullEntry>(*write.operation.bytes.joined());
    log_matching.appended(node.uid, slot, node.before.log.append(entry->entry.term, write.entry));
  }
  if (node.before.log.last() != node.replica->last() && !node.replica->blank())
    throw Violation(Invariant::contract, show(node.uid) + " read a log up to slot " + print(node.before.log.last()) +
                                             " and starts with one up to slot " + print(node.replica->last()));
}

Write GroupChecks::note_write(SimNode& node, order::Persist operation) {
  Digest digest;
  switch (operation.kind) {
    case order::PersistKind::promise:
      break;
    case order::PersistKind::append:
      note_append(node, operation.slot, operation.bytes, digest);
      break;
    case order::PersistKind::cut_tail:
      if (operation.slot < node.before.commit)
        throw Violation(Invariant::durability, show(node.uid) + " cuts its log to slot " + print(operation.slot) +
                                                   ", although it committed slot " + print(node.before.commit));
      node.before.log.cut(std::min(operation.slot, node.before.log.last()));
      break;
    case order::PersistKind::snapshot:
      note_snapshot(node, operation);
      break;
  }
  return {std::move(operation), digest};
}

void GroupChecks::note_append(SimNode& node, Slot slot, const Rope& bytes, Digest& digest) {
  if (slot != node.before.log.last().next())
    throw Violation(Invariant::contract,
                    show(node.uid) + " appends slot " + print(slot) + " after slot " + print(node.before.log.last()));
  auto full = wire::decode<wire::FullEntry>(*bytes.joined());
  if (!full) throw Violation(Invariant::contract, "an entry cannot be read back: " + full.error().message);
  if (full->payloads.size() != full->entry.batches.size())
    throw Violation(Invariant::contract, "an entry without the payloads of its batches");
  for (std::size_t i = 0; i < full->payloads.size(); ++i)
    log_matching.payload(node.uid, full->entry.batches[i], digest_of(*full->payloads[i]));
  digest = digest_of_entry(full->entry);
  log_matching.appended(node.uid, slot, node.before.log.append(full->entry.term, digest));
  if (entries_.try_emplace({slot, full->entry.term}, full->entry).second) election_safety.holds(slot, full->entry);
  if (full->entry.owner == node.uid) appended_.push_back(std::move(full->entry));
}

void GroupChecks::note_snapshot(SimNode& node, const order::Persist& operation) {
  const bool own =
      operation.keep_tail && operation.slot <= node.before.log.last() && operation.slot <= node.replica->commit();
  if (operation.slot > total_order.last() && !own)
    throw Violation(Invariant::total_order, show(node.uid) + " takes over a snapshot of slot " + print(operation.slot) +
                                                ", which was never decided");
  if (operation.slot <= total_order.last())
    node.before.log.restore(operation.slot, total_order.decided(), operation.keep_tail);
}

void GroupChecks::follow_unwritten(SimNode& node, bool installed) {
  auto& log = node.before.log;
  if (log.last() > node.before.commit) log.cut(node.before.commit);
  const auto commit = node.replica->commit();
  if (installed && node.replica->base() > node.before.commit) {
    installed_ = node.replica->base();
    if (installed_ > total_order.last())
      throw Violation(Invariant::total_order, show(node.uid) + " takes over a snapshot of slot " + print(installed_) +
                                                  ", which was never decided");
    log.restore(installed_, total_order.decided(), false);
  }
  for (auto slot = log.last().next(); slot <= commit; slot = slot.next()) {
    if (slot < node.replica->first()) {
      // Compacted in the very step: whoever else decides it will show what it was, until then it must wait.
      if (slot > total_order.last()) return foresee(node, slot);
      log.restore(slot, total_order.decided(), true);
      continue;
    }
    const auto& entry = node.replica->entry(slot);
    entries_.try_emplace({slot, entry.term}, entry);
    log_matching.appended(node.uid, slot, log.append(entry.term, digest_of_entry(entry)));
  }
}

void GroupChecks::foresee(const SimNode& node, Slot from) {
  for (const auto& [slot, executed] : node.executions)
    if (slot >= from && executed.session) exactly_once.foreseen(executed.command, executed.reply);
}

std::vector<Executed> GroupChecks::executed_at(SimNode& node, Slot slot) {
  std::vector<Executed> out;
  for (const auto& execution : node.executions)
    if (execution.slot == slot) out.push_back(execution.executed);
  return out;
}

std::vector<Uid> GroupChecks::safe_on(const wire::Config& config, Slot slot, const LogRecord& record) const {
  std::vector<Uid> safe;
  for (const auto& node : nodes_)
    if (config.is_voter(node.uid) && (node.gone || node.disk.holds(slot, record.entry))) safe.push_back(node.uid);
  return safe;
}

void GroupChecks::decide(SimNode& node, Slot slot, const LogRecord& record, const wire::Entry& entry, Found& found) {
  found.first_commit = true;
  ++statistics_.commits;
  leader_completeness.committed(node.uid, slot, record, node.replica->promised());
  fifo.committed(slot, entry.batches);
  // The count was made under the configuration before this step or after it.
  const auto& now = node.replica->config();
  const auto& before = node.before.config;
  if (const auto safe = safe_on(now, slot, record); 2 * safe.size() <= now.voters.size())
    durability.committed(node.uid, slot, safe_on(before, slot, record), before.voters);
  if (entry.config) {
    ++statistics_.configurations;
    found.configurations.push_back(*entry.config);
  }
}

void GroupChecks::follow_mark(const SimNode& node, Slot slot) {
  const auto& marks = node.replica->marks();
  if (marks.size() >= 8 && slot < marks.begin()->first) return;  // forgotten already
  const auto it = marks.find(slot);
  total_order.marked(node.uid, slot, it == marks.end() ? std::nullopt : std::optional(it->second));
}

void GroupChecks::follow_commit(SimNode& node, Slot installed, Found& found) {
  auto& log = node.before.log;
  const auto commit =
      node.observer || node.memory_only ? std::min(node.replica->commit(), log.last()) : node.replica->commit();
  if (commit < node.before.commit) throw Violation(Invariant::contract, show(node.uid) + " takes a commit back");
  if (commit > log.last())
    throw Violation(Invariant::contract, show(node.uid) + " commits slot " + print(commit) + " beyond its log");
  for (auto slot = node.before.commit.next(); slot <= commit; slot = slot.next()) {
    const auto record = log.at(slot);
    const bool known = slot <= total_order.last();
    const auto entry = known ? entries_.end() : entries_.find({slot, record.term});
    if (total_order.applied(node.uid, slot, record, known ? WallTime{} : entry->second.stamp))
      decide(node, slot, record, entry->second, found);
    if (slot <= installed) continue;
    const auto commands = executed_at(node, slot);
    total_order.executed(node.uid, slot, commands);
    follow_mark(node, slot);
    if (known) continue;
    for (const auto& command : commands)
      if (command.session) exactly_once.executed(command.command, slot, command.reply);
  }
  if (commit != node.before.commit && commit == node.replica->commit())
    total_order.state(node.uid, commit, node.replica->machine().digest());
  node.before.commit = commit;
}

Found GroupChecks::stepped(SimNode& node, const order::Effects& effects) {
  Found found;
  const bool installed = std::any_of(effects.notes.begin(), effects.notes.end(), [](const order::Note& note) {
    return note.kind == order::NoteKind::snapshot_installed;
  });
  installed_ = installed ? node.replica->base() : Slot{};
  if (node.observer || node.memory_only)
    follow_unwritten(node, installed);
  else if (node.before.log.last() != node.replica->last())
    throw Violation(Invariant::contract, show(node.uid) + " has a log up to slot " + print(node.replica->last()) +
                                             " and wrote one up to slot " + print(node.before.log.last()));
  found.own_entries = std::exchange(appended_, {});
  follow_commit(node, installed_, found);
  for (const auto& event : effects.events) total_order.happened(node.uid, event.slot, event.index, event.event.body);
  const auto leads = node.replica->leads() ? node.replica->promised() : wire::Term{};
  if (leads && leads != node.before.led) {
    found.leads = true;
    election_safety.leads(leads, node.self());
    leader_completeness.leads(node.uid, leads, node.before.log);
  }
  node.before.led = leads;
  if (node.before.config != node.replica->config()) node.before.config = node.replica->config();
  boundedness.stepped(node.uid, node.replica->overfull(), effects, node.disk.pending());
  std::erase_if(node.executions, [&](const Execution& execution) { return execution.slot <= node.before.commit; });
  return found;
}

}  // namespace gavel::sim
