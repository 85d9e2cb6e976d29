// What operators ask of a gateway: whom it serves, and to have its node lead no more, err or hand out state. And where
// clients go when they cannot stay here.
#include <algorithm>
#include <utility>

#include "common/base/print.hpp"
#include "node/gateway/gateway.hpp"
#include "node/host/node.hpp"
#include "node/services/directory.hpp"

namespace gavel::gateway {
namespace {

std::string name_of(const DirectoryService* directory, Uid uid) {
  if (directory)
    if (const auto it = directory->nodes().find(uid); it != directory->nodes().end()) return it->second.name;
  return "node " + hex(uid.value);
}

/// The core knows nodes by their uids only.
std::string with_names(const DirectoryService* directory, std::string text) {
  if (!directory) return text;
  for (const auto& [uid, node] : directory->nodes()) {
    const std::string as_told = "n" + hex(uid.value);
    if (const auto at = text.find(as_told); at != std::string::npos) text.replace(at, as_told.size(), node.name);
  }
  return text;
}

}  // namespace

// ---- who goes elsewhere -----------------------------------------------------------------------------------------

bool Gateway::leaving() const {
  const auto* directory = placement_.directory();
  if (!directory) return false;
  const auto it = directory->nodes().find(setup_.self.uid);
  return it != directory->nodes().end() && it->second.draining;
}

Crowd::Own Gateway::own() const {
  const auto most = static_cast<std::uint32_t>(Clients::kMost) - Crowd::kAside;
  return {clients(), std::min(setup_.room, most), leaving()};
}

std::vector<Neighbour> Gateway::neighbours(Now now) const {
  std::vector<Neighbour> out;
  const auto* directory = placement_.directory();
  const auto* hosted = replicas_.find(kDirectoryGroup);
  if (!directory || !hosted) return out;
  for (const auto& member : hosted->replica->status(now.at).members) {
    if (member.uid == setup_.self.uid || !member.heard || member.draining) continue;
    const auto it = directory->nodes().find(member.uid);
    if (it == directory->nodes().end() || !it->second.is_fit()) continue;
    out.push_back({member.uid, it->second.endpoints.client, member.load, it->second.room});
  }
  return out;
}

void Gateway::leave(Now now, host::NodeEffects& effects) { send_away(now, Clients::kMost, effects); }

void Gateway::send_away(Now now, std::size_t most, host::NodeEffects& effects) {
  std::optional<std::vector<Neighbour>> others;
  send_on(
      most,
      [&](const Client& client) {
        if (!others) others = neighbours(now);
        return crowd_.send_away(now.at, client.id, *others);
      },
      effects);
}

/// Who was sent here after others had tried stays: it may not get through to where it would be sent.
void Gateway::even_out(Now now, host::NodeEffects& effects) {
  if (!crowd_.may_even_out(now.at, clients())) return;
  const auto others = neighbours(now);
  auto here = own();
  send_on(
      crowd_.surplus(now.at, here, others),
      [&](const Client& client) { return crowd_.even_out(now.at, client.id, here.clients--, others); }, effects,
      Crowd::kMostRedirects);
}

void Gateway::send_on(std::size_t most, const std::function<std::optional<wire::Redirect>(const Client&)>& elsewhere,
                      host::NodeEffects& effects, std::uint32_t redirected_less) {
  for (auto& [routing_id, client] : clients_.all()) {
    if (most == 0) return;
    if (!client.stays || client.sent_on || client.redirected >= redirected_less) continue;
    const auto redirect = elsewhere(client);
    if (!redirect) return;
    --most;
    client.sent_on = true;
    ++counters_.clients_sent_on;
    send(routing_id, *redirect, effects);
  }
}

// ---- operations -------------------------------------------------------------------------------------------------

wire::ClientList Gateway::list(Now now) const {
  wire::ClientList list;
  list.total = clients_.size();
  for (const auto& [id, client] : clients_.all()) {
    if (list.clients.size() >= wire::kMostClients) break;
    list.clients.push_back({client.id, client.name, client.stays, now.at - client.heard,
                            static_cast<std::uint32_t>(client.calls), watches_.of(id)});
  }
  return list;
}

void Gateway::on(Now now, BytesView routing_id, const wire::ClientsQuery& query, host::NodeEffects& effects) {
  auto found = list(now);
  found.id = query.id;
  send(routing_id, std::move(found), effects);
}

void Gateway::on(Now now, BytesView routing_id, const wire::TransferLead& transfer, host::NodeEffects& effects) {
  const auto* directory = placement_.directory();
  const auto operated = [&](bool done, std::string message) {
    send(routing_id, wire::Operated{transfer.id, done, std::move(message)}, effects);
  };
  const auto* hosted = replicas_.find(transfer.group);
  if (!hosted || hosted->observer) return operated(false, "this node does not serve group " + print(transfer.group));
  if (!hosted->replica->leads()) {
    const Uid leader = hosted->replica->leader(now.at);
    return operated(false, "this node does not lead the group; " +
                               (leader ? name_of(directory, leader) + " does" : std::string("nobody does now")));
  }
  const std::string name = name_of(directory, transfer.to);
  if (transfer.to == setup_.self.uid) return operated(true, name + " leads already");
  if (auto objection = hosted->replica->transfer_objection(transfer.to, now.at); !objection.empty())
    return operated(false, with_names(directory, std::move(objection)));
  replicas_.step(now, transfer.group, order::TransferTo{transfer.to}, effects);
  operated(true, "handing over to " + name);
}

void Gateway::on(Now /*now*/, BytesView routing_id, const wire::SetFaults& faults, host::NodeEffects& effects) {
  auto objection = faults_.apply(faults, effects);
  const bool done = objection.empty();
  send(routing_id, wire::Operated{faults.id, done, done ? faults_.summary() : std::move(objection)}, effects);
}

void Gateway::on(Now now, BytesView routing_id, const wire::BackupQuery& query, host::NodeEffects& effects) {
  auto piece = backups_.piece(now, routing_id, query);
  piece.id = query.id;
  send(routing_id, std::move(piece), effects);
}

void Gateway::on(Now now, BytesView routing_id, const wire::RestorePiece& piece, host::NodeEffects& effects) {
  send(routing_id, restorations_.take(now, routing_id, piece), effects);
}

void Gateway::on(Now now, BytesView routing_id, const wire::SetLogLevel& wish, host::NodeEffects& effects) {
  const auto level = log_level_of(wish.level);
  if (level) replicas_.set_log_level(now, *level, effects);
  send(routing_id,
       wire::Operated{wish.id, level.has_value(),
                      level ? "logs " + wish.level
                            : "there is no log level '" + wish.level + "': " + std::string(kLogLevelList) + " are"},
       effects);
}

void Gateway::end_watches(host::NodeEffects& effects) {
  for (const GroupId group : watches_.groups()) {
    if (!placement_.given_up(group)) continue;
    for (const auto& [routing_id, topic] : watches_.end(group))
      send(routing_id, wire::PushedGap{group, wire::kNoMoreEvents, topic.name}, effects);
  }
}

}  // namespace gavel::gateway
