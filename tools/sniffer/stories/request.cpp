#include "tools/sniffer/stories/request.hpp"

#include <algorithm>
#include <array>

#include "common/base/print.hpp"
#include "common/wire/describe.hpp"
#include "tools/sniffer/message/words.hpp"

namespace gavel::sniffer {
namespace {

constexpr Duration kAcksAfterAnswer = std::chrono::milliseconds(250);
constexpr Duration kTapWait = std::chrono::seconds(1);
constexpr Duration kAcksStill = std::chrono::seconds(1);
/// A hop that was seen still earlier before its cause had another one, which was not seen.
constexpr Duration kReordered = std::chrono::milliseconds(5);

/// Not before `cause`, if there is one. The time of the earliest of the kind.
std::optional<WallTime> follow_from(std::vector<Hop>& hops, Hop::Kind kind, std::optional<WallTime> cause) {
  std::optional<WallTime> first;
  for (auto& hop : hops) {
    if (hop.kind != kind) continue;
    if (cause && hop.at < *cause && *cause - hop.at <= kReordered) hop.at = *cause;
    first = first ? std::min(*first, hop.at) : hop.at;
  }
  return first;
}

}  // namespace

std::string_view name_of(Hop::Kind kind) {
  static constexpr std::array<std::string_view, 9> kNames{"call", "batch",  "missing",   "repair", "order",
                                                          "ack",  "commit", "announced", "answer"};
  return kNames.at(static_cast<std::size_t>(kind));
}

RequestWay::RequestWay(const Names& names, FollowRequest request, Duration patience, Picks picks)
    : names_(names), request_(request), patience_(patience), picks_(std::move(picks)) {}

void RequestWay::take(const Seen& seen) {
  if (done_) return;
  if (first_at_.micros == 0) first_at_ = seen.at;
  last_at_ = std::max(last_at_, seen.at);
  if (const auto* client = seen.as<wire::TappedClient>()) return on_client(seen, *client);
  if (const auto* token = seen.as<wire::Token>()) ring_[seen.group] = {token->ring.begin(), token->ring.end()};
  if (const auto* batch = seen.as<wire::Batch>()) return on_batch(seen, *batch);
  if (const auto* order = seen.as<wire::Order>()) return on_order(seen, *order);
  if (const auto* ack = seen.as<wire::Ack>()) return on_ack(seen, *ack);
  if (const auto* beat = seen.as<wire::Beat>()) {
    if (beat->ack) on_ack(seen, *beat->ack);
    return on_commit(seen, beat->commit);
  }
  if (seen.group != group_) return;
  if (const auto* missing = seen.as<wire::Missing>()) {
    for (const auto& ref : batches_)
      if (ref.publisher == missing->publisher && ref.incarnation == missing->incarnation &&
          ref.number >= missing->from && ref.number <= missing->to)
        add({Hop::Kind::missing,
             seen.at,
             seen.number,
             {true, seen.from},
             {true, seen.to},
             "asks for batch " + shown_batch(ref, names_)});
  } else if (const auto* repair = seen.as<wire::Repair>()) {
    for (const auto& one : repair->batches)
      if (batches_.contains(one.ref))
        add({Hop::Kind::repair,
             seen.at,
             seen.number,
             {true, seen.from},
             {true, seen.to},
             "brings batch " + shown_batch(one.ref, names_)});
  }
}

void RequestWay::on_client(const Seen& seen, const wire::TappedClient& client) {
  tapped_ = true;
  const std::tuple key{seen.from, client.client, client.id};
  if (client.incoming && client.kind == wire::Call::kKind && client.session && client.number) {
    if (!known() && request_.next && (!picks_ || picks_(seen))) choose(client.group, client.session, client.number);
    const bool wanted =
        known() ? client.session == session_ && client.number == number_ && (!group_ || client.group == group_)
                : !request_.next && client.session == request_.session && client.number == request_.number &&
                      (!picks_ || picks_(seen));
    if (!wanted) return;
    if (!known()) choose(client.group, client.session, client.number);
    calls_.insert(key);
    add({Hop::Kind::call,
         seen.at,
         seen.number,
         kClient,
         {true, seen.from},
         "call " + std::to_string(session_.value) + "/" + print(number_),
         seen_hop(Hop::Kind::call)});
  } else if (!client.incoming && client.kind == wire::Answer::kKind && calls_.contains(key)) {
    const bool ok = client.status == wire::AnswerStatus::ok;
    const auto status = client.status.value_or(wire::AnswerStatus::malformed);
    add({Hop::Kind::answer,
         seen.at,
         seen.number,
         {true, seen.from},
         kClient,
         "answer " + wire::shown(status) + (client.slot ? ", slot " + print(client.slot) : "")});
    answered_ = answered_ || ok || (status != wire::AnswerStatus::busy && status != wire::AnswerStatus::lost);
  }
}

void RequestWay::choose(GroupId group, SessionId session, RequestNumber number) {
  group_ = group;
  session_ = session;
  number_ = number;
  hop_at_ = last_at_;
  const auto kept = std::exchange(remembered_, {});
  for (const auto& published : kept)
    if (published.group == group_) mine(published);
}

void RequestWay::on_batch(const Seen& seen, const wire::Batch& batch) {
  Published published;
  published.group = seen.group;
  published.ref = batch.ref;
  published.hop = {Hop::Kind::batch, seen.at, seen.number, {true, seen.from}, {}, ""};
  for (const auto& request : requests_of(batch)) {
    ++published.requests;
    if (request.kind == wire::RequestKind::command) published.commands.emplace_back(request.session, request.number);
  }
  if (known()) {
    if (published.group == group_) mine(published);
    return;
  }
  // Without a tap of the client lane, a request begins with its batch.
  const auto wanted =
      std::find(published.commands.begin(), published.commands.end(), std::pair{request_.session, request_.number});
  const bool asked = !request_.next && wanted != published.commands.end();
  const bool any = request_.next && !tapped_ && seen.at - first_at_ > kTapWait && !published.commands.empty();
  if ((asked || any) && (!picks_ || picks_(seen))) {
    const auto [session, number] = asked ? *wanted : published.commands.front();
    remembered_.push_back(published);
    return choose(seen.group, session, number);
  }
  remembered_.push_back(std::move(published));
  if (remembered_.size() > kBatches) remembered_.pop_front();
}

void RequestWay::mine(const Published& published) {
  const auto at = std::find(published.commands.begin(), published.commands.end(), std::pair{session_, number_});
  if (at == published.commands.end()) return;
  auto hop = published.hop;
  hop.again = !batches_.insert(published.ref).second;
  hop.text = "batch " + shown_batch(published.ref, names_) + " with " + std::to_string(published.requests) +
             (published.requests == 1 ? " request" : " requests");
  add(hop);
  if (const auto known = orders_.find({published.group, published.ref}); known != orders_.end()) ordered(known->second);
}

void RequestWay::on_order(const Seen& seen, const wire::Order& order) {
  auto slot = order.previous;
  for (const auto& entry : order.entries) {
    ++slot;
    if (entry.config) ring_[seen.group] = {entry.config->voters.begin(), entry.config->voters.end()};
    for (const auto& ref : entry.batches) {
      Ordered one{{Hop::Kind::order,
                   seen.at,
                   seen.number,
                   {true, seen.from},
                   {},
                   "order: slot " + print(slot) + ", term " + shown_term(order.term, names_)},
                  order.term,
                  slot};
      if (seen.group == group_ && batches_.contains(ref)) ordered(one);
      if (orders_.insert_or_assign({seen.group, ref}, std::move(one)).second)
        orders_in_order_.emplace_back(seen.group, ref);
      if (orders_.size() > kBatches) {
        orders_.erase(orders_in_order_.front());
        orders_in_order_.pop_front();
      }
    }
  }
  on_commit(seen, order.commit);
}

void RequestWay::ordered(const Ordered& ordered) {
  if (slot_ && ordered.slot == *slot_ && ordered.term == term_) return;
  if (slot_ && ordered.term < term_) return;
  auto hop = ordered.hop;
  hop.again = slot_.has_value();
  slot_ = ordered.slot;
  term_ = ordered.term;
  acked_.clear();
  committed_ = false;
  add(std::move(hop));
}

void RequestWay::on_ack(const Seen& seen, const wire::Ack& ack) {
  acks_[{seen.group, seen.from}] = seen.at;
  if (acks_.size() > kBatches) acks_.erase(acks_.begin());
  if (seen.group != group_ || !slot_) return;
  if (ack.term >= term_ && ack.durable >= *slot_ && acked_.insert(seen.from).second) {
    add({Hop::Kind::ack, seen.at, seen.number, {true, seen.from}, {}, "ack " + print(ack.durable)});
    const auto& ring = ring_[group_];
    const auto count = static_cast<std::size_t>(
        std::count_if(acked_.begin(), acked_.end(), [&](Uid uid) { return ring.empty() || ring.contains(uid); }));
    if (!committed_ && 2 * count > voters()) {
      committed_ = true;
      add({Hop::Kind::commit,
           seen.at,
           seen.number,
           {true, seen.from},
           {},
           "committed: acks of " + std::to_string(count) + " of " + std::to_string(voters()) +
               (ring.empty() ? " that ack" : " voters")});
    }
  }
  on_commit(seen, ack.applied);
}

// The voters of a group are told in tokens and configurations; before one was seen, whoever acks counts.
std::size_t RequestWay::voters() const {
  if (const auto ring = ring_.find(group_); ring != ring_.end() && !ring->second.empty()) return ring->second.size();
  return static_cast<std::size_t>(std::count_if(acks_.begin(), acks_.end(), [&](const auto& item) {
    return item.first.first == group_ && last_at_ - item.second < kAcksStill;
  }));
}

void RequestWay::on_commit(const Seen& seen, Slot commit) {
  if (seen.group != group_ || !slot_ || announced_ || commit < *slot_) return;
  announced_ = true;
  add({Hop::Kind::announced, seen.at, seen.number, {true, seen.from}, {}, "says that it is committed"});
}

void RequestWay::add(Hop hop) {
  hop_at_ = std::max(hop_at_, hop.at);
  if (hops_.size() >= kHops) return;
  const auto place =
      std::upper_bound(hops_.begin(), hops_.end(), hop, [](const Hop& a, const Hop& b) { return a.at < b.at; });
  hops_.insert(place, std::move(hop));
}

std::vector<Hop> RequestWay::hops() const {
  auto hops = hops_;
  const auto call = follow_from(hops, Hop::Kind::call, {});
  const auto batch = follow_from(hops, Hop::Kind::batch, call);
  const auto order = follow_from(hops, Hop::Kind::order, batch ? batch : call);
  follow_from(hops, Hop::Kind::ack, order);
  const auto commit = follow_from(hops, Hop::Kind::commit, order);
  for (const auto last : {Hop::Kind::announced, Hop::Kind::answer}) {
    follow_from(hops, last, order);
    follow_from(hops, last, commit);
  }
  // The kinds are in the order of cause and effect; all acks that made the commit stand before it.
  std::stable_sort(hops.begin(), hops.end(),
                   [](const Hop& a, const Hop& b) { return a.at < b.at || (a.at == b.at && a.kind < b.kind); });
  return hops;
}

bool RequestWay::seen_hop(Hop::Kind kind) const {
  return std::any_of(hops_.begin(), hops_.end(), [kind](const Hop& hop) { return hop.kind == kind; });
}

void RequestWay::tick(WallTime now) {
  if (done_ || !known()) return;
  const auto still = now - hop_at_;
  const bool all = answered_ && announced_ && acked_.size() >= voters();
  done_ = all || (answered_ && still > kAcksAfterAnswer) || still > patience_;
}

std::vector<std::string> RequestWay::not_seen() const {
  std::vector<std::string> out;
  const auto lacks = [&](Hop::Kind kind, const char* what) {
    if (!seen_hop(kind)) out.emplace_back(what);
  };
  lacks(Hop::Kind::call, "the client's call");
  lacks(Hop::Kind::batch, "its batch");
  lacks(Hop::Kind::order, "the order");
  lacks(Hop::Kind::commit, "acks of a majority");
  lacks(Hop::Kind::answer, "the answer");
  return out;
}

}  // namespace gavel::sniffer
