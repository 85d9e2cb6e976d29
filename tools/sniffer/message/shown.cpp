#include "tools/sniffer/message/shown.hpp"

#include "common/base/print.hpp"

namespace gavel::sniffer {

std::string shown_term(const wire::Term& term, const Names& names) {
  return term ? std::to_string(term.round) + "." + names.node(term.uid) : "-";
}

std::string shown_entry(const wire::Entry& entry, const Names& names) {
  const auto named = [&names](Uid uid) { return names.node(uid); };
  switch (entry.kind) {
    case wire::EntryKind::view:
      return "view of " + names.node(entry.term.uid);
    case wire::EntryKind::batches:
      return each_of(entry.batches, " ", [&names](const wire::BatchRef& ref) { return shown_batch(ref, names); });
    case wire::EntryKind::config: {
      if (!entry.config) return "configuration";
      std::string said = "voters " + each_of(entry.config->voters, " ", named);
      if (!entry.config->learners.empty()) said += ", learners " + each_of(entry.config->learners, " ", named);
      return said;
    }
    case wire::EntryKind::noop:
      return "no-op";
  }
  return "?";
}

std::string shown_slots(const std::optional<Slots>& slots) {
  if (!slots) return "-";
  const std::string first = print(slots->first);
  return slots->first == slots->last ? first : first + ".." + print(slots->last);
}

std::string shown_client(ClientId client) {
  if (!client) return "?";
  const std::string digits = hex(client.value);
  return (std::string(16 - digits.size(), '0') + digits).substr(0, 8);
}

std::string shown_batch(const std::optional<wire::BatchRef>& batch, const Names& names) {
  return batch ? names.node(batch->publisher) + ":" + std::to_string(batch->number.value) : "-";
}

}  // namespace gavel::sniffer
