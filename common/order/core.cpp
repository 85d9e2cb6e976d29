#include "common/order/core.hpp"

#include <algorithm>

#include "common/order/mistakes.hpp"
#include "common/wire/codec.hpp"

namespace gavel::order {
namespace {

// Nobody can lead yet: a founder has promised nothing and holds the genesis alone, or is the only voter there is.
bool founds(const Recovered& recovered, Uid self) {
  if (!recovered.snapshot || recovered.promised || !recovered.entries.empty()) return false;
  const auto& config = recovered.snapshot->config;
  return config.is_voter(self) && (!recovered.snapshot->slot || config.voters.size() == 1);
}

}  // namespace

Core::Core(Setup setup_, Recovered recovered, std::unique_ptr<StateMachine> machine, Now now_)
    : setup(std::move(setup_)),
      now(now_),
      random(setup.seed),
      journal(setup.participation == Participation::member),
      streams(setup.options.stream_window, setup.options.batches_retained),
      applier(setup.options, std::move(machine)),
      publisher(setup.options, setup.self),
      peers(setup.options.suspicion, setup.options.heartbeat) {
  promised = recovered.promised;
  highest_round = promised.round;
  journal.recovered(promised);
  stalled_since = now.at;
  beat_at = now.at;
  forget_at = now.at + options.forget_after;
  candidacy_at = now.at + options.suspicion + random.between(0us, options.candidacy_jitter);
  if (founds(recovered, self())) {
    founding_until = now.at + options.suspicion;
    const auto& voters = recovered.snapshot->config.voters;
    candidacy_at = now.at;  // the others leave it the time for two beats that may be lost
    const auto jitter = options.candidacy_jitter;
    if (voters.back() != self()) candidacy_at += 2 * options.hop_timeout + jitter / 2 + random.between(0us, jitter);
  }
  if (!recovered.snapshot) return;
  log = Log(*recovered.snapshot);
  const auto restored = applier.restore(recovered.snapshot->state);
  GAVEL_CHECK(restored.has_value(), "a snapshot that the store vouches for must be readable");
  for (auto& entry : recovered.entries) log.append(std::move(entry));
  streams.settle(last_ordered());
  for (auto slot = log.base().next(); slot <= log.last(); ++slot)
    for (std::size_t i = 0; i < log.at(slot).payloads.size(); ++i)
      streams.ordered(log.at(slot).entry.batches[i], log.at(slot).payloads[i]);
  commit = log.base();
  match = broken(Mistake::match_restart) ? log.last() : commit;
}

const wire::Config& Core::config() const {
  if (!broken(Mistake::config_committed)) return log.derived().config;
  static thread_local wire::Config committed;
  committed = log.derived_at(commit).config;
  return committed;
}

bool Core::wants_to_leave() const { return draining || (!goal.voters.empty() && !goal.is_voter(self())); }

bool Core::hears_leader() const {
  if (role == wire::Role::leader) return true;
  return !stalled && leader_term == promised && now.at - leader_heard < options.suspicion;
}

bool Core::mutually_heard() const {
  std::size_t mutual = 0;
  for (const auto voter : config().voters) {
    if (voter == self()) {
      ++mutual;
      continue;
    }
    const auto* peer = peers.find(voter);
    if (!peers.hears(voter, now.at)) continue;
    if (std::binary_search(peer->beat.hears.begin(), peer->beat.hears.end(), self())) ++mutual;
  }
  return is_majority(mutual, config());
}

bool Core::eligible() const {
  return is_voter() && !draining && !diverged && !journal.failed() && !election_lost && role != wire::Role::candidate &&
         role != wire::Role::recovering && mutually_heard();
}

bool Core::gate_open() const {
  std::size_t leaderless = 0;
  for (const auto voter : config().voters) {
    const bool none = voter == self() || (peers.hears(voter, now.at) && !peers.find(voter)->beat.following);
    if (none) ++leaderless;
  }
  return is_majority(leaderless, config());
}

Duration Core::candidacy_delay() {
  const auto heard = peers.heard(now.at);
  const bool highest = std::none_of(heard.begin(), heard.end(), [&](Uid uid) {
    return standing(uid) > standing(self()) && config().is_voter(uid) && peers.find(uid)->beat.eligible;
  });
  const auto jitter = options.candidacy_jitter;
  return highest ? 0us : jitter / 2 + random.between(0us, jitter);
}

Slot Core::ack_slot() const {
  const auto upto = broken(Mistake::ack_last) ? log.last() : match;
  return broken(Mistake::ack_early) ? upto : std::min(upto, journal.durable(log.last()));
}

wire::Ack Core::own_ack() const {
  wire::Ack ack{promised, ack_slot(), commit, {}, {}};
  if (!applier.marks().empty() && !diverged) {
    ack.digest_slot = applier.marks().rbegin()->first;
    ack.digest = applier.marks().rbegin()->second;
  }
  return ack;
}

const Streams::Marks& Core::last_ordered() const {
  if (!broken(Mistake::last_ordered_applied)) return log.derived().last_ordered;
  static thread_local Streams::Marks applied;
  applied = log.derived_at(std::max(commit, log.base())).last_ordered;
  return applied;
}

void Core::group_lives() {
  if (now.at >= founding_until) return;
  candidacy_at = std::max(candidacy_at, founding_until + random.between(0us, options.candidacy_jitter));
  founding_until = kLongAgo;
}

void Core::set_rank(std::uint32_t wish) {
  if (rank == wish) return;
  rank = wish;
  ranked_since = beat_at = now.at;
}

void Core::promise(const wire::Term& term) {
  GAVEL_CHECK(term > promised || broken(Mistake::round_only), "I1: promises only grow");
  promised = term;
  highest_round = std::max(highest_round, term.round);
  if (!broken(Mistake::match_kept)) match = commit;
  journal.promise(term, out->persists);
  role = wire::Role::follower;
  handing_over = appointed = false;
  stalled = false;
  stalled_since = now.at;
  if (!observer()) say(NoteKind::promised, "promises " + print(term));
}

void Core::append(wire::FullEntry entry) {
  const auto slot = log.last().next();
  GAVEL_CHECK(entry.payloads.size() == entry.entry.batches.size(), "I6: an entry holds every batch that it names");
  journal.append(slot, entry, out->persists);
  for (std::size_t i = 0; i < entry.payloads.size(); ++i) streams.ordered(entry.entry.batches[i], entry.payloads[i]);
  if (entry.entry.config) say(NoteKind::configured, "slot " + print(slot) + ": " + print(*entry.entry.config));
  log.append(std::move(entry));
}

void Core::cut_to(Slot last_kept) {
  GAVEL_CHECK(last_kept >= commit, "I3: a committed entry is never cut");
  say(NoteKind::cut, "cuts its tail after " + print(last_kept) + ", which ended at " + print(log.last()));
  auto gone = log.cut(last_kept);
  journal.cut(last_kept, out->persists);
  match = std::min(match, last_kept);
  streams.settle(last_ordered());
  for (auto& entry : gone)  // its batches are there to be ordered again
    for (std::size_t i = 0; i < entry.payloads.size(); ++i)
      streams.hold(entry.entry.batches[i], entry.payloads[i], last_ordered());
}

Result<void> Core::install(const wire::SnapshotRecord& snapshot, Rope encoded) {
  if (auto restored = applier.restore(snapshot.state); !restored) return restored;
  auto kept = snapshot;
  if (broken(Mistake::snapshot_without_config) && snapshot.slot) kept.config = log.derived().config;
  const bool agrees = !log.blank() && log.knows(snapshot.slot) && log.term_at(snapshot.slot) == snapshot.term;
  log.install(kept, encoded);
  journal.snapshot(snapshot.slot, std::move(encoded), agrees, !agrees, out->persists);
  commit = snapshot.slot;
  match = std::min(std::max(match, commit), log.last());
  streams.settle(last_ordered());
  const auto mine = last_ordered().find(self());
  if (mine != last_ordered().end() && mine->second.incarnation == setup.self.incarnation)
    publisher.covered(mine->second.number);
  say(NoteKind::snapshot_installed, "installs the snapshot at " + print(snapshot.slot));
  return {};
}

wire::SnapshotRecord Core::snapshot() const {
  GAVEL_CHECK(!log.blank(), "a blank member has no state to show");
  const auto derived = log.derived_at(commit);
  wire::SnapshotRecord snapshot;
  snapshot.slot = commit;
  snapshot.term = log.term_at(commit);
  snapshot.stamp = log.stamp_at(commit);
  snapshot.config = derived.config;
  snapshot.view = derived.view;
  for (const auto& ordered : derived.last_ordered) snapshot.last_ordered.push_back(ordered.second);
  snapshot.service = applier.machine().kind();
  snapshot.state = applier.snapshot();
  return snapshot;
}

void Core::make_snapshot() {
  if (log.blank() || commit <= log.base()) return;
  const auto made = snapshot();
  auto encoded = wire::encode_shared(made);
  log.compact(made, encoded, options.retained_entries, std::min(options.retained_bytes, log_bound() / 4));
  journal.snapshot(made.slot, std::move(encoded), true, false, out->persists);
  say(NoteKind::snapshot_made, "makes a snapshot at " + print(made.slot));
}

void Core::send(Uid to, wire::OrderMessage message) { out->unicasts.push_back({to, std::move(message)}); }

void Core::cast(Lane lane, wire::OrderMessage message) { out->multicasts.push_back({lane, std::move(message)}); }

}  // namespace gavel::order
