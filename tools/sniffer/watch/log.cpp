#include "tools/sniffer/watch/log.hpp"

#include <algorithm>
#include <array>

#include "common/base/print.hpp"
#include "tools/sniffer/message/shown.hpp"

namespace gavel::sniffer {
namespace {

constexpr Duration kSuspectFor = std::chrono::seconds(30);

}  // namespace

std::string_view name_of(Rule rule) {
  static constexpr std::array<std::string_view, 7> kNames{
      "two leaders", "two orders", "fifo", "hole", "ack went back", "digests differ", "answer not in the order"};
  return kNames.at(static_cast<std::size_t>(rule));
}

std::optional<OrderedMark> Reign::ordered(Uid publisher, Incarnation incarnation) const {
  const auto mark = marks.find(publisher);
  if (mark == marks.end()) return whole ? std::optional(OrderedMark{incarnation, {}, true, 0}) : std::nullopt;
  if (!mark->second.exact) return std::nullopt;
  if (mark->second.incarnation < incarnation) return OrderedMark{incarnation, {}, true, mark->second.shown};
  return mark->second;
}

const Reign* LogWatch::reign() const {
  const auto it = reigns_.find(highest_term_);
  return it == reigns_.end() ? nullptr : &it->second;
}

const wire::Entry* LogWatch::committed(Slot slot) const {
  const auto frozen = frozen_.find(slot);
  if (frozen == frozen_.end()) return nullptr;
  const auto held = entries_.find({slot, frozen->second.term});
  return held == entries_.end() ? nullptr : &held->second.entry;
}

void LogWatch::heard_term(const wire::Term& term) { highest_term_ = std::max(highest_term_, term); }

// ---- who is there -----------------------------------------------------------------------------------------------

void LogWatch::heard(const Seen& seen) {
  auto it = heard_.find(seen.from);
  if (it == heard_.end()) {
    if (heard_.size() >= kMembers)
      heard_.erase(std::min_element(heard_.begin(), heard_.end(),
                                    [](const auto& a, const auto& b) { return a.second.last < b.second.last; }));
    it = heard_.try_emplace(seen.from, Heard{seen.at, seen.at, {}}).first;
  }
  it->second.last = std::max(it->second.last, seen.at);
  if (seen.as<wire::Beat>()) it->second.pace.beat(seen.incarnation, seen.at);
}

bool LogWatch::was_heard_before(Uid member, WallTime then) const {
  const auto it = heard_.find(member);
  return it != heard_.end() && it->second.first < then;
}

bool LogWatch::lived(Slot slot, WallTime then) const {
  const auto frozen = frozen_.find(slot);
  if (frozen == frozen_.end()) return false;
  const auto acked = acked_.find(frozen->second.by);
  return std::any_of(heard_.begin(), heard_.end(), [&](const auto& item) {
    const auto& [uid, heard] = item;
    const bool of_it = uid == frozen->second.by.uid || (acked != acked_.end() && acked->second.contains(uid));
    return of_it && then - heard.last < heard.pace.lives();
  });
}

bool LogWatch::in_both(const wire::Term& one, const wire::Term& other) const {
  if (one.uid == other.uid) return true;
  const auto first = acked_.find(one);
  const auto second = acked_.find(other);
  if (first != acked_.end() && first->second.contains(other.uid)) return true;
  if (second != acked_.end() && second->second.contains(one.uid)) return true;
  return first != acked_.end() && second != acked_.end() &&
         std::any_of(first->second.begin(), first->second.end(), [&](Uid uid) { return second->second.contains(uid); });
}

bool LogWatch::forget_history(const wire::Term& in, const Frozen& frozen) {
  if (in_both(in, frozen.by) || !foreign_.insert(in).second) return false;
  if (foreign_.size() > kForeign) foreign_.erase(foreign_.begin());
  frozen_.clear();
  std::erase_if(entries_, [&](const auto& item) { return item.first.second != in; });
  std::erase_if(reigns_, [&](const auto& item) { return item.first != in; });
  highest_commit_ = {};
  highest_term_ = in;
  if (leading_ && leading_->term != in) leading_.reset();
  return true;
}

// ---- two entries for a slot -------------------------------------------------------------------------------------

void LogWatch::hold(const Context& context, Slot slot, const wire::Entry& entry, const wire::Term& before,
                    const Seen& seen) {
  const auto [it, fresh] = entries_.try_emplace({slot, entry.term}, Held{entry, before, seen.number});
  if (fresh) {
    while (entries_.size() > kSlots) entries_.erase(entries_.begin());
    return;
  }
  const auto& held = it->second;
  if (held.entry == entry && held.before == before) return;
  const auto where = context.names.group(context.group) + ": slot " + print(slot) + " of term " +
                     shown_term(entry.term, context.names);
  const auto both = " (" + message_words(held.shown) + ", then " + message_words(seen.number) + " from " +
                    context.names.node(seen.from) + ")";
  if (!(held.entry == entry))
    context.findings.add(Rule::orders, context.group, print(slot) + "@" + shown_term(entry.term, context.names),
                         where + " was ordered twice: " + shown_entry(held.entry, context.names) + " and " +
                             shown_entry(entry, context.names) + both);
  else
    context.findings.add(Rule::orders, context.group, print(slot) + "@" + shown_term(entry.term, context.names),
                         where + " follows two different entries, of term " + shown_term(held.before, context.names) +
                             " and of term " + shown_term(before, context.names) + both);
}

void LogWatch::look_at_committed(const Context& context, Slot slot, const wire::Term& term, const wire::Term& in,
                                 const Seen& seen) {
  const auto it = frozen_.find(slot);
  if (it == frozen_.end()) return;
  const auto frozen = it->second;
  if (frozen.term == term) return;
  if (in <= frozen.by) {
    if (forget_history(in, frozen)) ++context.findings.not_checkable;
    return;
  }
  const auto& names = context.names;
  suspect(context, {frozen.by, in, print(slot) + "!" + shown_term(in, names),
                    names.group(context.group) + ": slot " + print(slot) + " was committed in term " +
                        shown_term(frozen.by, names) + " with an entry of term " + shown_term(frozen.term, names) +
                        ", and the leader of term " + shown_term(in, names) + " has one of term " +
                        shown_term(term, names) + " there (" + message_words(frozen.shown) + ", then " +
                        message_words(seen.number) + " from " + names.node(seen.from) + ")",
                    seen.at});
  forget_history(in, frozen);
}

void LogWatch::suspect(const Context& context, Suspect suspect) {
  if (judged(context, suspect)) return;
  if (suspects_.size() >= kSuspects) {
    suspects_.pop_front();
    ++context.findings.not_checkable;
  }
  suspects_.push_back(std::move(suspect));
}

bool LogWatch::judged(const Context& context, const Suspect& suspect) {
  const bool sure = in_both(suspect.committed_in, suspect.contradicts_in);
  if (sure) context.findings.add(Rule::orders, context.group, suspect.key, suspect.text);
  return sure;
}

// ---- whose turn it is -------------------------------------------------------------------------------------------

void LogWatch::recall(Reign& reign, Slot slot, wire::Term term) {
  for (; slot; slot = slot.prev()) {
    const auto it = entries_.find({slot, term});
    if (it == entries_.end()) return;
    const auto& batches = it->second.entry.batches;
    for (auto ref = batches.rbegin(); ref != batches.rend(); ++ref)
      reign.marks.try_emplace(ref->publisher, OrderedMark{ref->incarnation, ref->number, true, it->second.shown});
    term = it->second.before;
  }
  reign.whole = true;
}

void LogWatch::take_turns(const Context& context, Reign& reign, const wire::Entry& entry, Slot slot, const Seen& seen) {
  const auto& names = context.names;
  for (const auto& ref : entry.batches) {
    const auto report = [&](const std::string& what, std::uint64_t before) {
      context.findings.add(Rule::fifo, context.group,
                           "batch " + shown_batch(ref, names) + "/" + print(ref.incarnation) + "@" + print(slot),
                           names.group(context.group) + ": slot " + print(slot) + " of term " +
                               shown_term(entry.term, names) + " orders batch " + shown_batch(ref, names) + " " + what +
                               " (" + (before ? message_words(before) + ", then " : "") + message_words(seen.number) +
                               " from " + names.node(seen.from) + ")");
    };
    auto mark = reign.marks.find(ref.publisher);
    if (mark == reign.marks.end()) {
      if (reign.marks.size() >= kPublishers) {
        reign.marks.clear();
        reign.whole = false;
        reign.contiguous_since = seen.at;
      }
      if (reign.whole && ref.number != BatchNumber{1}) report("first of its stream", 0);
      reign.marks.try_emplace(ref.publisher, OrderedMark{ref.incarnation, ref.number, true, seen.number});
      continue;
    }
    auto& last = mark->second;
    if (ref.incarnation < last.incarnation) {
      report("of a life of its publisher that is closed", last.shown);
      continue;
    }
    const auto ordered = ref.incarnation == last.incarnation ? last.number : BatchNumber{};
    if (ref.number <= ordered)
      report("again, after " + print(ordered), last.shown);
    else if (last.exact && ref.number != ordered.next())
      report("after " + print(ordered) + ", and skips " + print(ordered.next()), last.shown);
    if (ref.number > ordered || ref.incarnation != last.incarnation)
      last = {ref.incarnation, ref.number, true, seen.number};
  }
}

// ---- what is said -----------------------------------------------------------------------------------------------

void LogWatch::on_order(const Context& context, const Seen& seen, const wire::Order& order) {
  heard(seen);
  heard_term(order.term);
  if (order.entries.empty()) return;
  auto [it, fresh] = reigns_.try_emplace(order.term);
  auto& reign = it->second;
  if (fresh) {
    reign.before = reign.last = order.previous;
    reign.before_term = order.previous_term;
    reign.contiguous_since = seen.at;
    recall(reign, order.previous, order.previous_term);
  } else if (order.previous > reign.last) {  // some were missed
    for (auto& [publisher, mark] : reign.marks) mark.exact = false;
    reign.whole = false;
    reign.contiguous_since = seen.at;
    reign.before = reign.last = order.previous;
    reign.before_term = order.previous_term;
  }
  look_at_committed(context, order.previous, order.previous_term, order.term, seen);
  auto slot = order.previous;
  auto before = order.previous_term;
  for (const auto& entry : order.entries) {
    ++slot;
    hold(context, slot, entry, before, seen);
    look_at_committed(context, slot, entry.term, order.term, seen);
    before = entry.term;
    if (slot <= reign.last) continue;
    reign.last = slot;
    take_turns(context, reign, entry, slot, seen);
    if (!entry.batches.empty()) reign.batches_at = seen.at;
  }
  freeze(context, order.term, order.commit, seen);
  while (reigns_.size() > kReigns) reigns_.erase(reigns_.begin());
}

void LogWatch::on_entries(const Context& context, const Seen& seen, const wire::Entries& entries) {
  heard_term(entries.term);
  highest_commit_ = std::max(highest_commit_, entries.commit);
  auto slot = entries.previous;
  auto before = entries.previous_term;
  for (const auto& full : entries.entries) {
    ++slot;
    hold(context, slot, full.entry, before, seen);
    before = full.entry.term;
  }
}

void LogWatch::on_beat(const Context& context, const Seen& seen, const wire::Beat& beat) {
  heard(seen);
  heard_term(std::max(beat.promised, beat.heard_promise));
  highest_commit_ = std::max(highest_commit_, beat.commit);
  if (beat.role != wire::Role::leader) return;
  freeze(context, beat.promised, beat.commit, seen);
  if (leading_ && beat.promised < leading_->term) return;
  const bool same = leading_ && leading_->term == beat.promised;
  const bool goes_on = same && seen.at - leading_->at < leading_->pace.lives();
  auto pace = same ? leading_->pace : BeatPace{};
  pace.beat(seen.incarnation, seen.at);
  leading_ = Leading{beat.promised, goes_on ? leading_->since : seen.at, seen.at, beat.last, beat.hears, pace};
}

void LogWatch::on_ack(const Context& context, const Seen& seen, const wire::Ack& ack) {
  heard(seen);
  heard_term(ack.term);
  highest_commit_ = std::max(highest_commit_, ack.applied);
  if (auto& members = acked_[ack.term]; members.size() < kMembers) members.insert(seen.from);
  while (acked_.size() > 4 * kReigns) acked_.erase(acked_.begin());
  std::erase_if(suspects_, [&](const Suspect& suspect) { return judged(context, suspect); });
}

void LogWatch::missed(Uid node, WallTime now) {
  for (auto& [term, reign] : reigns_) {
    if (term.uid != node) continue;
    for (auto& [publisher, mark] : reign.marks) mark.exact = false;
    reign.whole = false;
    reign.contiguous_since = now;
  }
}

void LogWatch::tick(const Context& context, WallTime now) {
  context.findings.not_checkable +=
      std::erase_if(suspects_, [now](const Suspect& suspect) { return now - suspect.at > kSuspectFor; });
}

// ---- what is committed ------------------------------------------------------------------------------------------

// From the newest slot of that reign's log that its commit has passed, back to what is frozen already.
void LogWatch::freeze(const Context& context, const wire::Term& in, Slot commit, const Seen& seen) {
  highest_commit_ = std::max(highest_commit_, commit);
  const auto it = reigns_.find(in);
  if (it == reigns_.end()) return;
  const auto& reign = it->second;
  auto slot = std::min(commit, reign.last);
  auto term = in;
  if (slot <= reign.before) {  // of older terms: by way of what stands before the reign
    const auto upto = slot;
    term = reign.before_term;
    for (slot = reign.before; slot > upto; slot = slot.prev()) {
      const auto held = entries_.find({slot, term});
      if (held == entries_.end()) return;
      term = held->second.before;
    }
  }
  for (; slot; slot = slot.prev()) {
    if (const auto frozen = frozen_.find(slot); frozen != frozen_.end()) {
      if (frozen->second.term != term) look_at_committed(context, slot, term, in, seen);
      break;
    }
    const auto held = entries_.find({slot, term});
    if (held == entries_.end()) break;
    frozen_.emplace(slot, Frozen{term, in, seen.number});
    term = held->second.before;
  }
  while (frozen_.size() > kSlots) frozen_.erase(frozen_.begin());
}

}  // namespace gavel::sniffer
