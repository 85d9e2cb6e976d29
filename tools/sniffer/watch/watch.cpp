#include "tools/sniffer/watch/watch.hpp"

#include <algorithm>

#include "common/base/print.hpp"
#include "tools/sniffer/message/shown.hpp"

namespace gavel::sniffer {
namespace {

/// A pause in what arrives (this program was stopped, or all nodes were) that puts off everything that waits.
constexpr Duration kPause = std::chrono::milliseconds(400);

template <class Map>
void bound(Map& map, std::size_t most) {
  while (map.size() > most) map.erase(map.begin());
}

}  // namespace

Watch::Group& Watch::group(GroupId id, WallTime at) {
  auto it = groups_.find(id);
  if (it == groups_.end()) {
    if (groups_.size() >= kGroups)
      groups_.erase(std::min_element(groups_.begin(), groups_.end(),
                                     [](const auto& a, const auto& b) { return a.second.heard < b.second.heard; }));
    it = groups_.try_emplace(id).first;
  }
  it->second.heard = at;
  return it->second;
}

std::vector<Violation> Watch::look(const Seen& seen) {
  pass(seen.at);
  if (const auto* client = seen.as<wire::TappedClient>()) answers_.on_client(seen, *client);
  if (seen.group && std::holds_alternative<wire::OrderMessage>(seen.body)) look_at(seen, group(seen.group, seen.at));
  return told(seen.at, seen.number);
}

void Watch::look_at(const Seen& seen, Group& group) {
  const LogWatch::Context context{names_, seen.group, findings_};
  if (const auto* batch = seen.as<wire::Batch>()) {
    answers_.on_batch(seen.group, *batch);
    group.holes.on_batch(seen, *batch);
  } else if (const auto* repair = seen.as<wire::Repair>()) {
    for (const auto& one : repair->batches) answers_.on_batch(seen.group, one);
  } else if (const auto* order = seen.as<wire::Order>()) {
    leads(seen, group, order->term);
    group.log.on_order(context, seen, *order);
  } else if (const auto* ack = seen.as<wire::Ack>()) {
    look_at_ack(seen, group, *ack, false);
  } else if (const auto* beat = seen.as<wire::Beat>()) {
    if (beat->role == wire::Role::leader) leads(seen, group, beat->promised);
    group.log.on_beat(context, seen, *beat);
    group.holes.on_beat(seen, *beat);
    if (beat->ack) look_at_ack(seen, group, *beat->ack, true);
  } else if (const auto* entries = seen.as<wire::Entries>()) {
    group.log.on_entries(context, seen, *entries);
    for (const auto& full : entries->entries)
      for (std::size_t i = 0; i < full.entry.batches.size() && i < full.payloads.size(); ++i)
        answers_.on_batch(seen.group, {full.entry.batches[i], full.payloads[i]});
  }
}

// Only its own uid leads a term, and only in the life that started it: a member that was restarted follows at first,
// and leads higher terms. (One owner fills all slots: a rotation has one element today.)
void Watch::leads(const Seen& seen, Group& group, const wire::Term& term) {
  const auto place = names_.group(seen.group) + ": term " + shown_term(term, names_);
  if (seen.from != term.uid) {
    findings_.add(Rule::leaders, seen.group, shown_term(term, names_) + " " + print(seen.from),
                  place + " has a second leader: " + names_.node(seen.from) + " speaks as leader of " +
                      names_.node(term.uid) + "'s term (" + message_words(seen.number) + ")");
    return;
  }
  const auto [it, fresh] = group.leaders.try_emplace(term, Leader{{seen.from, seen.incarnation}, seen.number});
  if (!fresh && it->second.who.incarnation != seen.incarnation)
    findings_.add(Rule::leaders, seen.group, shown_term(term, names_),
                  place + " is led by two lives of " + names_.node(seen.from) + ": " +
                      print(it->second.who.incarnation) + " and " + print(seen.incarnation) + " (" +
                      message_words(it->second.number) + ", then " + message_words(seen.number) + ")");
  bound(group.leaders, kTermsKept);
}

void Watch::look_at_ack(const Seen& seen, Group& group, const wire::Ack& ack, bool repeated) {
  const LogWatch::Context context{names_, seen.group, findings_};
  group.log.on_ack(context, seen, ack);
  if (!group.acked.contains(seen.from)) bound(group.acked, kMembers - 1);
  auto& last = group.acked[seen.from];
  const auto place = names_.group(seen.group) + ": " + names_.node(seen.from);
  const auto both = " (" + message_words(last.number) + ", then " + message_words(seen.number) + ")";
  if (last.incarnation == seen.incarnation && ack.term < last.term) {
    findings_.add(Rule::acks, seen.group,
                  print(seen.from) + " " + print(seen.incarnation) + shown_term(ack.term, names_),
                  place + " acks in term " + shown_term(ack.term, names_) + " after it did in the higher term " +
                      shown_term(last.term, names_) + both);
    return;
  }
  // While a snapshot from another member is on its way to its disk, a member's beats say that nothing is durable.
  const bool installing = repeated && !ack.durable;
  if (last.incarnation == seen.incarnation && ack.term == last.term && ack.durable < last.durable && !installing)
    findings_.add(Rule::acks, seen.group,
                  print(seen.from) + " " + print(seen.incarnation) + shown_term(ack.term, names_) + print(ack.durable),
                  place + " acks slot " + print(ack.durable) + " after slot " + print(last.durable) + ", in term " +
                      shown_term(ack.term, names_) + both);
  if (last.incarnation <= seen.incarnation && !installing)
    last = {seen.incarnation, ack.term, ack.durable, seen.number};

  if (!ack.digest_slot) return;
  const auto [it, fresh] =
      group.digests.try_emplace({ack.term, ack.digest_slot}, Digested{ack.digest, seen.from, seen.number});
  if (!fresh && it->second.digest != ack.digest)
    findings_.add(Rule::digests, seen.group, print(ack.digest_slot) + " " + print(seen.from),
                  place + "'s state after slot " + print(ack.digest_slot) + " has the digest " + print(ack.digest) +
                      ", that of " + names_.node(it->second.by) + " " + print(it->second.digest) + ", in term " +
                      shown_term(ack.term, names_) + " (" + message_words(it->second.number) + ", then " +
                      message_words(seen.number) + ")");
  bound(group.digests, kDigests);
}

void Watch::pass(WallTime now) {
  if (last_at_.micros != 0 && now - last_at_ > kPause) {
    answers_.prolong(now - last_at_);
    for (auto& [id, group] : groups_) group.holes.start_anew(now);
  }
  last_at_ = std::max(last_at_, now);
}

std::vector<Violation> Watch::tick(WallTime now) {
  pass(now);
  for (auto& [id, group] : groups_) {
    const LogWatch::Context context{names_, id, findings_};
    group.log.tick(context, now);
    group.holes.tick(context, group.log, now, options_.patience);
  }
  const auto log_of = [this](GroupId id) {
    const auto it = groups_.find(id);
    return it == groups_.end() ? nullptr : &it->second.log;
  };
  answers_.look(names_, log_of, now, options_.patience, findings_);
  return told(now, 0);
}

std::vector<Violation> Watch::end() {
  auto found = tick(last_at_);
  answers_.end(findings_);
  for (auto& one : told(last_at_, 0)) found.push_back(std::move(one));
  return found;
}

void Watch::missed(Uid node) {
  for (auto& [id, group] : groups_) {
    group.log.missed(node, last_at_);
    group.holes.missed(node, last_at_);
  }
  answers_.missed(node);
}

std::vector<Violation> Watch::told(WallTime at, std::uint64_t number) {
  not_checkable_ += std::exchange(findings_.not_checkable, 0);
  std::vector<Violation> out;
  for (auto& finding : findings_.list) {
    auto key = std::to_string(static_cast<int>(finding.rule)) + " " + print(finding.group) + " " + finding.key;
    if (told_.contains(key)) continue;
    if (told_.size() >= kTold) told_.clear();
    told_.insert(std::move(key));
    ++found_;
    out.push_back({finding.rule, at, finding.group, number, std::move(finding.text)});
  }
  findings_.list.clear();
  return out;
}

}  // namespace gavel::sniffer
