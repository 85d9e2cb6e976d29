#include "node/host/metrics.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>
#include <vector>

#include "common/base/print.hpp"
#include "common/wire/describe.hpp"
#include "node/host/exposition.hpp"

namespace gavel::host {
namespace {

struct Row {
  wire::GroupStatus status;
  std::string name;
  std::string id;
};

const char* role_of(const wire::GroupStatus& group, Uid self) {
  if (group.observer) return "observer";
  switch (group.role) {
    case wire::Role::leader:
      return "leader";
    case wire::Role::candidate:
    case wire::Role::recovering:
      return "candidate";
    case wire::Role::follower:
      break;
  }
  return group.config.is_learner(self) ? "learner" : "follower";
}

const wire::MemberStatus* member_of(const wire::GroupStatus& group, Uid uid) {
  const auto at = std::find_if(group.members.begin(), group.members.end(),
                               [uid](const wire::MemberStatus& member) { return member.uid == uid; });
  return at == group.members.end() ? nullptr : &*at;
}

std::uint64_t voters_heard(const wire::GroupStatus& group) {
  return static_cast<std::uint64_t>(
      std::count_if(group.members.begin(), group.members.end(),
                    [](const wire::MemberStatus& member) { return member.voter && member.heard; }));
}

/// How far this node is behind its leader, by the leader's last ack that it heard.
std::uint64_t slots_behind(Slot leader, Slot own) { return leader > own ? leader.since(own) : 0; }

void write_groups(Exposition& out, const Node& node, Now now) {
  std::vector<Row> rows;
  const auto groups = node.groups();
  for (const GroupId group : groups) {
    if (rows.size() >= kMostGroupsTold) break;
    rows.push_back({node.replica(group)->status(now.at), node.name_of(group), std::to_string(group.value)});
  }
  out.gauge("gavel_groups", "Replicas that live on this node, observers included.");
  out.sample(static_cast<std::uint64_t>(groups.size()));

  const Uid self = node.setup().self.uid;
  out.gauge("gavel_group_role", "1, labelled with what this node is in the group.");
  for (const auto& row : rows)
    out.sample(std::uint64_t{1}, {{"group", row.name}, {"group_id", row.id}, {"role", role_of(row.status, self)}});

  using Number = std::function<std::uint64_t(const wire::GroupStatus&)>;
  const auto each = [&](const char* name, const char* help, const Number& number) {
    out.gauge(name, help);
    for (const auto& row : rows) out.sample(number(row.status), {{"group", row.name}, {"group_id", row.id}});
  };
  each("gavel_group_is_leader", "1 on the node that leads the group.",
       [](const auto& group) { return group.role == wire::Role::leader ? 1U : 0U; });
  each("gavel_group_has_leader", "1 if this node hears a leader of the group.",
       [](const auto& group) { return group.leader ? 1U : 0U; });
  each("gavel_group_term_round", "Round of the term that this node promised.",
       [](const auto& group) { return group.promised.round; });
  each("gavel_group_last_slot", "Last slot of this node's log.", [](const auto& group) { return group.last.value; });
  each("gavel_group_commit_slot", "Last slot that this node knows to be committed.",
       [](const auto& group) { return group.commit.value; });
  each("gavel_group_applied_slot", "Last slot that this node has applied.",
       [](const auto& group) { return group.applied.value; });
  each("gavel_group_first_slot", "First slot of this node's log; what is before it is in the snapshot.",
       [](const auto& group) { return group.first.value; });
  each("gavel_group_voters", "Members whose acks and votes count.",
       [](const auto& group) { return group.config.voters.size(); });
  each("gavel_group_learners", "Members that are brought up to date, or kept so, without a vote.",
       [](const auto& group) { return group.config.learners.size(); });
  each("gavel_group_voters_heard", "Voters that this node heard within the suspicion time, itself included.",
       voters_heard);

  const auto lag = [&](const char* name, const char* help, auto wire::MemberStatus::*place) {
    out.gauge(name, help);
    for (const auto& row : rows) {
      const auto* leader = member_of(row.status, row.status.leader);
      if (!leader) continue;
      const Slot own = place == &wire::MemberStatus::applied ? row.status.applied : row.status.last;
      out.sample(slots_behind(leader->*place, own), {{"group", row.name}, {"group_id", row.id}});
    }
  };
  lag("gavel_group_log_lag_slots", "Slots that the leader has on its disk and this node's log has not.",
      &wire::MemberStatus::durable);
  lag("gavel_group_applied_lag_slots", "Slots that the leader has applied and this node has not.",
      &wire::MemberStatus::applied);
}

void write_order(Exposition& out, const Tally& tally) {
  using order::NoteKind;
  struct Counted {
    NoteKind kind;
    const char* name;
    const char* help;
  };
  static constexpr std::array kCounted{
      Counted{NoteKind::elected, "gavel_elections_won_total", "Elections that this node won, in all its groups."},
      Counted{NoteKind::candidate, "gavel_candidacies_total", "Elections that this node began."},
      Counted{NoteKind::election_failed, "gavel_elections_failed_total", "Elections that this node began and lost."},
      Counted{NoteKind::suspected, "gavel_suspicions_total", "Leaders, and neighbours in the ring, taken for dead."},
      Counted{NoteKind::stalled, "gavel_stalls_total", "Leaders that beat and ordered nothing."},
      Counted{NoteKind::stepped_down, "gavel_step_downs_total",
              "Leads that this node lost or gave up, other than by a hand-over."},
      Counted{NoteKind::handing_over, "gavel_handovers_begun_total", "Times that this node began to hand over."},
      Counted{NoteKind::handed_over, "gavel_handovers_asked_total", "Times that it was asked to take over."},
      Counted{NoteKind::snapshot_made, "gavel_snapshots_made_total", "Snapshots that this node made of its state."},
      Counted{NoteKind::snapshot_installed, "gavel_snapshots_installed_total", "Snapshots taken over from others."},
      Counted{NoteKind::repaired, "gavel_states_retaken_total", "States taken anew because they differed."},
      Counted{NoteKind::cut, "gavel_log_cuts_total", "Log tails that another leader's log replaced."},
      Counted{NoteKind::diverged, "gavel_divergences_total", "Times that this node's state differed from others'."},
  };
  for (const auto& counted : kCounted) {
    out.counter(counted.name, counted.help);
    out.sample(tally.of(counted.kind));
  }
  out.counter("gavel_repairs_total", "Times that this node asked others for what it missed, by what it was.");
  out.sample(tally.missed_batches, {{"what", "batches"}});
  out.sample(tally.missed_entries, {{"what", "entries"}});
  out.sample(tally.missed_snapshots, {{"what", "snapshot"}});
  out.histogram("gavel_commit_seconds", "From when this node, as a leader, appended a slot until it was committed.");
  out.sample(tally.commit);
}

std::string label_of(std::string_view words) {
  std::string out(words);
  std::replace(out.begin(), out.end(), ' ', '_');
  return out;
}

void write_clients(Exposition& out, const Node& node, const wire::StatusReport& overview) {
  const auto& counters = node.counters();
  const auto& tally = counters.tally;
  out.gauge("gavel_clients", "Clients that this node serves.");
  out.sample(std::uint64_t{overview.clients});
  out.gauge("gavel_clients_room", "Clients that it serves at most.");
  out.sample(std::uint64_t{overview.room});
  out.counter("gavel_clients_welcomed_total", "Clients that were welcomed.");
  out.sample(counters.clients_welcomed);
  out.counter("gavel_clients_gone_total", "Clients that this node did not keep, by the reason.");
  out.sample(counters.clients_refused, {{"reason", "refused"}});
  out.sample(counters.clients_lost, {{"reason", "lost"}});
  out.sample(counters.clients_idle, {{"reason", "idle"}});
  out.sample(counters.clients_sent_on, {{"reason", "sent_on"}});

  out.counter("gavel_calls_total", "Calls of clients: commands, reads and sessions.");
  out.sample(counters.calls);
  out.counter("gavel_answers_total", "Answers to calls, refusals included.");
  out.sample(counters.answers);
  out.counter("gavel_calls_busy_total", "Calls that were told to wait and come again.");
  out.sample(counters.calls_busy);
  out.counter("gavel_calls_attached_total", "Commands sent again while they were under way.");
  out.sample(counters.calls_attached);
  out.counter("gavel_calls_lost_total", "Calls to a replica that went before it answered.");
  out.sample(counters.calls_lost);
  out.counter("gavel_commands_total", "Commands that went into a group through this node, by what became of them.");
  for (const auto status : {wire::AnswerStatus::ok, wire::AnswerStatus::expired, wire::AnswerStatus::stale,
                            wire::AnswerStatus::busy, wire::AnswerStatus::lost})
    out.sample(tally.commands.at(static_cast<std::size_t>(status)), {{"status", wire::shown(status)}});
  out.histogram("gavel_command_seconds", "From a client's command to its answer, of those that were carried out.");
  out.sample(tally.command);
  out.counter("gavel_bids_total",
              "Bids that came in through this node, by verdict; each once in the cluster, where it was judged first.");
  for (std::size_t i = 0; i < auction::kVerdicts; ++i) {
    const auto verdict = static_cast<auction::Verdict>(i);
    if (verdict == auction::Verdict::unknown_auction || verdict == auction::Verdict::busy) continue;  // nobody's reply
    out.sample(tally.verdicts[i], {{"verdict", label_of(words_for(verdict))}});
  }
  out.counter("gavel_pushes_total", "Events pushed to watchers.");
  out.sample(counters.pushes);
  out.counter("gavel_push_gaps_total", "Times that a watcher was told to read the state anew.");
  out.sample(counters.push_gaps);
}

void write_queues(Exposition& out, const Node::Queues& queues, const Surroundings& around) {
  const auto gauge = [&](const char* name, const char* help, std::uint64_t value) {
    out.gauge(name, help);
    out.sample(value);
  };
  gauge("gavel_calls_waiting", "Calls of clients that are under way.", queues.calls);
  gauge("gavel_watches", "Groups watched, counted for each client.", queues.watches);
  gauge("gavel_disk_tickets_waiting", "Writes that a replica waits for.", queues.disk_tickets);
  gauge("gavel_disk_writes_unsubmitted", "Writes for which the storage's queue had no room.", around.unsubmitted);
  gauge("gavel_storage_queue_batches", "Batches with the storage.", around.storage_batches);
  gauge("gavel_storage_queue_bytes", "Bytes of records that no sync has taken up.", around.storage_bytes);
}

void write_traffic(Exposition& out, const Counters& counters, const Surroundings& around) {
  const auto counter = [&](const char* name, const char* help, std::uint64_t value) {
    out.counter(name, help);
    out.sample(value);
  };
  counter("gavel_received_frames_total", "Frames from nodes and clients.", counters.frames_in);
  counter("gavel_received_bytes_total", "Bytes of them.", counters.bytes_in);
  counter("gavel_sent_frames_total", "Frames to nodes and clients; a published one counts once.", counters.frames_out);
  counter("gavel_sent_bytes_total", "Bytes of them.", counters.bytes_out);
  counter("gavel_published_frames_total", "Frames published, the tap's included.", around.published);
  counter("gavel_beacons_total", "Beacons of nodes that were heard.", counters.beacons);
  counter("gavel_peers_lost_total", "Nodes whose process the transport took for dead.", counters.peers_lost);
  out.gauge("gavel_tap_open", "1 while a sniffer listens to this node's unicast traffic.");
  out.sample(std::uint64_t{around.tapped ? 1U : 0U});
  out.counter("gavel_dropped_frames_total", "Frames that were not sent, or not taken, by the reason.");
  out.sample(around.unsent_peer, {{"reason", "unsent_peer"}});
  out.sample(around.unsent_client, {{"reason", "unsent_client"}});
  out.sample(around.wrong_frames, {{"reason", "wrong_frames"}});
  out.sample(counters.refused_malformed, {{"reason", "malformed"}});
  out.sample(counters.refused_version, {{"reason", "version"}});
  out.sample(counters.refused_cluster, {{"reason", "cluster"}});
  out.sample(counters.refused_kind, {{"reason", "unknown_kind"}});
  out.sample(counters.refused_own_uid, {{"reason", "own_uid"}});
  out.sample(counters.for_unhosted_group, {{"reason", "unhosted_group"}});
}

void write_disk(Exposition& out, const Counters& counters, const Surroundings& around) {
  out.counter("gavel_disk_writes_total", "Records that replicas asked the disk to keep.");
  out.sample(counters.disk_writes);
  out.counter("gavel_disk_written_bytes_total", "Bytes written to the log, in whole blocks.");
  out.sample(around.bytes_written);
  out.histogram("gavel_disk_sync_seconds",
                "One sync for all groups that had something to keep, until its end was seen.");
  out.sample(around.syncs);
}

}  // namespace

std::string metrics(const Node& node, Now now, const Surroundings& around) {
  Exposition out;
  const auto overview = node.overview(now);
  const auto& setup = node.setup();
  out.gauge("gavel_build_info", "1, labelled with what runs here.");
  out.sample(std::uint64_t{1}, {{"version", setup.version},
                                {"cluster", setup.cluster},
                                {"node", setup.name},
                                {"uid", hex(setup.self.uid.value)}});
  out.gauge("gavel_up", "1 while this node can serve new clients; /health says why not.");
  out.sample(std::uint64_t{node.ailment(now).empty() ? 1U : 0U});
  out.gauge("gavel_uptime_seconds", "Since the node was started.");
  out.sample(in_seconds(overview.uptime));
  out.gauge("gavel_alarms", "Alarms that gavel status shows.");
  out.sample(static_cast<std::uint64_t>(overview.alarms.size()));
  write_groups(out, node, now);
  write_order(out, node.counters().tally);
  write_clients(out, node, overview);
  write_queues(out, node.queues(), around);
  write_traffic(out, node.counters(), around);
  write_disk(out, node.counters(), around);
  return out.take();
}

std::string metrics(const ProcessUsage& usage) {
  Exposition out;
  out.gauge("gavel_process_resident_memory_bytes", "Memory of the process that is in RAM.");
  out.sample(usage.resident_bytes);
  out.counter("gavel_process_cpu_seconds_total", "Processor time of the process, user and system.");
  out.sample(usage.cpu_seconds);
  out.gauge("gavel_process_open_fds", "Open file descriptors.");
  out.sample(usage.open_fds);
  out.gauge("gavel_process_max_fds", "File descriptors that it may have open.");
  out.sample(usage.max_fds);
  return out.take();
}

}  // namespace gavel::host
