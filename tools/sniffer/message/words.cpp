#include "tools/sniffer/message/words.hpp"

#include <algorithm>

#include "client/cli/output.hpp"
#include "common/wire/describe.hpp"

namespace gavel::sniffer {
namespace {

std::string count(std::size_t number, const std::string& one, const std::string& many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}
std::string counted_entries(std::size_t number) { return count(number, "entry", "entries"); }
std::string counted_bytes(std::size_t number) { return count(number, "byte", "bytes"); }
std::string shown_slot(Slot slot) { return std::to_string(slot.value); }

std::size_t batches_in(const std::vector<wire::Entry>& entries) {
  std::size_t sum = 0;
  for (const auto& entry : entries) sum += entry.batches.size();
  return sum;
}

std::string told(const wire::Batch& m, const Names& names) {
  const auto requests = requests_of(m);
  if (requests.empty()) return counted_bytes(m.payload ? m.payload->size() : 0);
  return each_of(requests, "; ", [&names](const wire::Request& request) { return words_for(request, names); });
}

std::string told(const wire::Order& m, const Names& names) {
  const std::string commit = "commit " + shown_slot(m.commit);
  if (m.entries.empty()) return commit;
  const bool plain = std::all_of(m.entries.begin(), m.entries.end(),
                                 [](const wire::Entry& e) { return e.kind == wire::EntryKind::batches; });
  if (plain && m.entries.size() > 1)
    return counted_entries(m.entries.size()) + ", " + count(batches_in(m.entries), "batch", "batches") + ", " + commit;
  return each_of(m.entries, ", ", [&names](const wire::Entry& e) { return shown_entry(e, names); }) + ", " + commit;
}

std::string told(const wire::Ack& m, const Names& /*names*/) {
  std::string said = "durable " + shown_slot(m.durable) + " applied " + shown_slot(m.applied);
  if (m.digest) said += " digest " + wire::shown(m.digest) + " at " + shown_slot(m.digest_slot);
  return said;
}

std::string told(const wire::Beat& m, const Names& names) {
  std::string said = wire::shown(m.role);
  if (m.role != wire::Role::leader)
    said += m.following ? " of " + shown_term(m.following, names) : std::string(" without leader");
  said += ", last " + shown_slot(m.last) + " commit " + shown_slot(m.commit);
  if (m.ack) said += " acked " + shown_slot(m.ack->durable);
  said += ", load " + std::to_string(m.load);
  said += ", hears " + (m.hears.empty() ? std::string("nobody")
                                        : each_of(m.hears, " ", [&names](Uid uid) { return names.node(uid); }));
  if (m.heard_promise > m.promised) said += ", heard of " + shown_term(m.heard_promise, names);
  if (m.draining) said += ", draining";
  if (!m.eligible) said += ", not eligible";
  return said;
}

std::string told(const wire::Missing& m, const Names& names) {
  return "lacks " + names.node(m.publisher) + ":" + std::to_string(m.from.value) +
         (m.to == m.from ? "" : ".." + std::to_string(m.to.value));
}
std::string told(const wire::Repair& m, const Names& names) {
  if (m.batches.empty()) return "no batch";
  return "brings " + each_of(m.batches, " ", [&names](const wire::Batch& b) { return shown_batch(b.ref, names); });
}

std::string told(const wire::Token& m, const Names& names) {
  std::string said = "for " + names.node(m.term.uid) + ", votes ";
  if (m.votes.empty()) said += "none";
  for (std::size_t i = 0; i < m.votes.size(); ++i) {
    const auto& vote = m.votes[i];
    said += (i == 0 ? "" : "→") + names.node(vote.voter);
  }
  said += " of ring " + [&] {
    std::string ring;
    for (const Uid uid : m.ring) ring += (ring.empty() ? "" : " ") + names.node(uid);
    return ring;
  }();
  if (m.hand_over) said += ", hand-over";
  if (m.direct) said += ", direct";
  return said + ", hop " + std::to_string(m.hops);
}
std::string told(const wire::TokenAck& /*m*/, const Names& /*names*/) { return "token taken"; }
std::string told(const wire::Rejected& m, const Names& names) { return "promised " + shown_term(m.promised, names); }
std::string told(const wire::HandOver& m, const Names& /*names*/) {
  return m.appointed ? "lead, by the operator's word" : "lead";
}
std::string told(const wire::Fetch& m, const Names& /*names*/) {
  const std::string what = m.from ? "entries from " + shown_slot(m.from) : std::string("the snapshot");
  return "wants " + what + (m.recovery ? ", recovery" : "");
}
std::string told(const wire::Entries& m, const Names& /*names*/) {
  return counted_entries(m.entries.size()) + " after " + shown_slot(m.previous) + ", commit " + shown_slot(m.commit) +
         (m.recovery ? ", recovery" : "");
}
std::string told(const wire::SnapshotChunk& m, const Names& /*names*/) {
  return counted_bytes(m.bytes ? m.bytes->size() : 0) + " from " + std::to_string(m.offset) + " of " +
         std::to_string(m.size) + (m.recovery ? ", recovery" : "");
}
std::string told(const wire::SnapshotFetch& m, const Names& /*names*/) {
  return "wants a snapshot from byte " + std::to_string(m.offset) + (m.recovery ? ", recovery" : "");
}

std::string told(const wire::Beacon& m, const Names& /*names*/) {
  return m.name + " at " + m.client + (m.member ? ", member" : ", not yet a member") + ", " +
         count(m.clients, "client", "clients");
}
std::string told(const wire::Probe& /*m*/, const Names& /*names*/) { return "who is there?"; }

std::string told(const wire::TappedClient& m, const Names& /*names*/) {
  std::string said;
  const auto add = [&said](const std::string& more) { said += (said.empty() ? "" : ", ") + more; };
  if (m.status) add(wire::shown(*m.status) + (m.slot ? " at slot " + shown_slot(m.slot) : std::string()));
  if (m.id != 0) add("call " + std::to_string(m.id));
  if (m.session || m.number) add("session " + std::to_string(m.session.value) + " #" + std::to_string(m.number.value));
  return said;
}
std::string told(const wire::TapMark& m, const Names& /*names*/) { return std::to_string(m.published) + " published"; }

/// Whatever comes to be a message later and is not in the list above.
template <class Message>
std::string told(const Message& /*message*/, const Names& /*names*/) {
  return {};
}

template <class... T>
std::string told_any(const std::variant<T...>& any, const Names& names) {
  return std::visit([&names](const auto& message) { return told(message, names); }, any);
}

}  // namespace

std::string words_for(const Seen& seen, const Names& names) {
  if (!seen.fault.empty()) return "not understood: " + cli::harmless(seen.fault);
  if (std::holds_alternative<std::monostate>(seen.body)) return "body left out";
  return cli::harmless(std::visit(
      [&names]<class Body>(const Body& body) -> std::string {
        if constexpr (std::is_same_v<Body, std::monostate>)
          return {};
        else if constexpr (requires { std::variant_size<Body>::value; })
          return told_any(body, names);
        else
          return told(body, names);
      },
      seen.body));
}

}  // namespace gavel::sniffer
