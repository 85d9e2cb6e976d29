#include "node/gateway/clients.hpp"

#include <utility>

namespace gavel::gateway {

Client* Clients::welcome(TimePoint now, BytesView routing_id, ClientId id, std::string name) {
  if (auto* known = find(routing_id)) {
    known->id = id;
    known->name = std::move(name);
    known->heard = now;
    return known;
  }
  if (clients_.size() >= kMost) return nullptr;
  return &clients_.emplace(Bytes(routing_id), Client{id, std::move(name), now}).first->second;
}

Client* Clients::find(BytesView routing_id) {
  const auto it = clients_.find(routing_id);
  return it == clients_.end() ? nullptr : &it->second;
}

void Clients::forget(BytesView routing_id) {
  if (const auto it = clients_.find(routing_id); it != clients_.end()) clients_.erase(it);
}

std::vector<Bytes> Clients::forget_idle(TimePoint now) {
  std::vector<Bytes> idle;
  for (const auto& [routing_id, client] : clients_)
    if (now > client.heard + kIdle) idle.push_back(routing_id);
  for (const auto& routing_id : idle) clients_.erase(routing_id);
  return idle;
}

}  // namespace gavel::gateway
