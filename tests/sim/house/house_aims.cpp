#include "tests/sim/house/house_aims.hpp"

#include <algorithm>
#include <variant>

#include "common/wire/client_messages.hpp"
#include "common/wire/envelope.hpp"
#include "node/services/directory.hpp"

namespace gavel::sim {
namespace {
const std::string kCluster = "sim";
/// So many times likelier is a strike at a moment that few runs meet, when this one does first.
constexpr double kRarely = 4;

bool is_leader(const HouseNode& node) {
  const auto* replica = node.node ? node.node->replica(kDirectoryGroup) : nullptr;
  return replica != nullptr && replica->leads();
}

bool is_auction(const HouseNode& node, GroupId group) {
  const auto* directory = node.node->directory();
  return directory != nullptr && directory->auction_of(group) != nullptr;
}
}  // namespace

HouseAims::HouseAims(HouseWorld& world, const FaultSet& allowed)
    : world_(world), allowed_(allowed.test(static_cast<std::size_t>(Fault::aimed))) {
  world_.on_request = [this](HouseNode& node, const Bytes& frame) { on_request(node, frame); };
  world_.on_durable = [this](HouseNode& node, host::DiskTicket upto) { on_durable(node, upto); };
  world_.on_step = [this](HouseNode& node, const host::NodeEffects& effects) { on_step(node, effects); };
}

// ---- the moments --------------------------------------------------------------------------------------------------

void HouseAims::on_request(HouseNode& node, const Bytes& frame) {
  const auto opened = wire::open(frame, kCluster);
  if (!opened || opened->kind != wire::Call::kKind) return;
  const auto message = opened->body<wire::FromClient>();
  const auto* call = message ? std::get_if<wire::Call>(&*message) : nullptr;
  if (call == nullptr || call->group != kDirectoryGroup || call->kind != wire::CallKind::command) return;
  const auto command = wire::decode_any<directory::Command>(call->body);
  if (command && std::holds_alternative<directory::StartAuction>(*command)) at(node, HouseMoment::asked);
}

void HouseAims::on_durable(HouseNode& node, host::DiskTicket upto) {
  auto& writing = writing_[node.index];
  const bool wish = !writing.empty() && *writing.begin() <= upto;
  writing.erase(writing.begin(), writing.upper_bound(upto));
  if (wish && is_leader(node)) at(node, HouseMoment::persisted);
}

void HouseAims::on_step(HouseNode& node, const host::NodeEffects& effects) {
  const auto starts = node.starts;
  const auto alive = [&] { return node.node && node.starts == starts; };
  look_at_publishes(node, effects);
  if (alive()) look_at_writes(node, effects);
  if (alive()) look_at_answers(node, effects);
  if (alive()) look_at_directory(node);
  if (alive()) look_at_auctions(node);
}

void HouseAims::look_at_publishes(HouseNode& node, const host::NodeEffects& effects) {
  const auto prefix = host::topic_prefix(kDirectoryGroup);
  for (const auto& one : effects.publishes) {
    const auto lane = static_cast<order::Lane>(one.topic.back());
    if (Bytes(one.topic.begin(), one.topic.end() - 1) != prefix) continue;
    if (lane != order::Lane::batch && (lane != order::Lane::order || wishes_.empty())) continue;
    const auto opened = wire::open(one.frame, kCluster);
    if (!opened) continue;
    const auto message = opened->body<wire::OrderMessage>();
    if (!message) continue;
    if (const auto* batch = std::get_if<wire::Batch>(&*message)) look_at_batch(node, *batch);
    if (!node.node) return;
    const auto* order = std::get_if<wire::Order>(&*message);
    const bool wish = order != nullptr && std::any_of(order->entries.begin(), order->entries.end(), [&](const auto& e) {
                        return std::any_of(e.batches.begin(), e.batches.end(),
                                           [&](const auto& ref) { return wishes_.contains(ref); });
                      });
    if (wish) at(node, HouseMoment::ordered);
    if (!node.node) return;
  }
}

void HouseAims::look_at_batch(HouseNode& node, const wire::Batch& batch) {
  const auto list =
      batch.payload ? wire::decode<wire::RequestList>(*batch.payload) : Result<wire::RequestList>(wire::RequestList{});
  if (!list) return;
  for (const auto& request : list->requests) {
    const auto command = wire::decode_any<directory::Command>(request.body);
    if (!command) continue;
    if (std::holds_alternative<directory::StartAuction>(*command) && wishes_.insert(batch.ref).second)
      at(node, HouseMoment::published);
    const auto* closed = std::get_if<directory::AuctionClosed>(&*command);
    if (closed != nullptr && node.node) {
      const auto& auctions = world_.checks.directory.newest().auctions;
      const auto known = auctions.find(closed->auction);
      if (known != auctions.end() && closing_.insert(known->second.group).second) at(node, HouseMoment::closing);
    }
  }
}

void HouseAims::look_at_writes(HouseNode& node, const host::NodeEffects& effects) {
  bool founds = false;
  for (const auto& [ticket, operation] : effects.writes) {
    if (operation.kind == store::Operation::Kind::snapshot && !operation.slot && is_auction(node, operation.group))
      founds = true;
    if (operation.kind != store::Operation::Kind::append || operation.group != kDirectoryGroup || wishes_.empty() ||
        !is_leader(node))
      continue;
    const auto entry = wire::decode<wire::FullEntry>(*operation.bytes.joined());
    if (entry && std::any_of(entry->entry.batches.begin(), entry->entry.batches.end(),
                             [&](const auto& ref) { return wishes_.contains(ref); }))
      writing_[node.index].insert(ticket);
  }
  if (founds) at(node, HouseMoment::founding);
}

void HouseAims::look_at_answers(HouseNode& node, const host::NodeEffects& effects) {
  if (unanswered_ == 0) return;
  for (const auto& one : effects.clients) {
    const auto opened = wire::open(one.frame, kCluster);
    if (!opened || opened->kind != wire::Answer::kKind) continue;
    const auto message = opened->body<wire::ToClient>();
    const auto* answer = message ? std::get_if<wire::Answer>(&*message) : nullptr;
    const auto reply = answer == nullptr ? Result<directory::Reply>(directory::Reply{})
                                         : wire::decode_any<directory::Reply>(answer->body);
    if (!reply || !std::holds_alternative<directory::AuctionStarted>(*reply)) continue;
    --unanswered_;
    return at(node, HouseMoment::answered);
  }
}

void HouseAims::look_at_directory(HouseNode& node) {
  const auto* directory = node.node->directory();
  if (directory == nullptr) return;
  const auto known = directory->auctions().size();
  if (known > auctions_) {
    unanswered_ += known - auctions_;
    auctions_ = known;
    return at(node, HouseMoment::committed);
  }
  if (known > learned_ && !is_leader(node)) {
    learned_ = known;
    return at(node, HouseMoment::applied);
  }
  const auto& history = world_.checks.directory;
  if (history.slot() == decided_) return;
  decided_ = history.slot();
  const auto recorded =
      static_cast<std::size_t>(std::count_if(history.newest().auctions.begin(), history.newest().auctions.end(),
                                             [](const auto& entry) { return entry.second.outcome.has_value(); }));
  const bool ended = std::exchange(recorded_, recorded) < recorded;
  if (std::exchange(moved_, history.seats_moved()) < history.seats_moved()) return at(node, HouseMoment::reseated);
  if (ended) at(node, HouseMoment::recorded);
}

void HouseAims::look_at_auctions(HouseNode& node) {
  const auto starts = node.starts;
  for (const auto group : node.node->groups()) {
    if (!is_auction(node, group) || node.node->observes(group)) continue;
    const auto& replica = *node.node->replica(group);
    if (replica.blank()) {
      if (blank_.emplace(node.uid, group).second) at(node, HouseMoment::blank);
    } else if (replica.leads()) {
      if (elected_.insert(group).second) at(node, HouseMoment::elected);
      if (node.node && node.starts == starts) look_at_config(node, group, replica.config());
    }
    if (!node.node || node.starts != starts) return;
  }
}

void HouseAims::look_at_config(HouseNode& node, GroupId group, const wire::Config& config) {
  const auto [it, fresh] = configs_.try_emplace(group, config);
  if (fresh || it->second == config) return;
  const auto before = std::exchange(it->second, config);
  if (config.voters.size() > before.voters.size()) return at(node, HouseMoment::promoted);
  if (config.voters.size() < before.voters.size()) return at(node, HouseMoment::unseated);
  if (config.learners.size() > before.learners.size()) at(node, HouseMoment::learner);
}

// ---- what happens there -------------------------------------------------------------------------------------------

void HouseAims::at(HouseNode& node, HouseMoment moment) {
  world_.statistics.count(moment);
  const bool first = met_.insert(moment).second;
  if (!allowed_ || world_.healed()) return;
  // Many runs do not come to an auction's end, or to a seat's move, before the faults are over.
  const bool is_rare = first && moment >= HouseMoment::closing;
  if (const auto p = world_.house.at_moment; p > 0 && chance(is_rare ? kRarely * p : p)) strike(node, moment);
}

void HouseAims::strike(HouseNode& node, HouseMoment moment) {
  auto* manager = world_.leader_of(kDirectoryGroup);
  auto& victim = manager == nullptr || chance(0.25) ? node : *manager;
  world_.statistics.count(Fault::aimed);
  ++world_.statistics.strikes[static_cast<std::size_t>(moment)];
  world_.narrator.say(victim.uid, "is struck at this moment: " + std::string(text_of(moment)));
  const auto drawn = world_.random.between(0, 9);
  if (drawn < 5) return end(victim);
  if (drawn < 7) {
    world_.timeline.after(world_.random.between(Duration(0), Duration(3ms)), [this, &victim] {
      if (!world_.healed()) end(victim);
    });
  } else if (drawn < 9) {
    world_.network.isolate(victim.index);
    world_.timeline.after(world_.random.between(Duration(50ms), Duration(1500ms)), [this] {
      if (!world_.healed()) world_.network.clear_links();
    });
  } else {
    world_.pause(victim, world_.random.between(Duration(50ms), Duration(1500ms)));
  }
}

void HouseAims::end(HouseNode& node) {
  if (!node.node) return;
  world_.crash(node);
  const auto away = chance(0.5) ? Duration(100ms) : chance(0.5) ? Duration(800ms) : 3 * world_.house.replace_after;
  world_.timeline.after(world_.random.between(Duration(1ms), away), [this, &node] { world_.start(node); });
}

}  // namespace gavel::sim
