#include "node/gateway/clients.hpp"

namespace gavel::gateway {

Client* Clients::welcome(TimePoint now, BytesView routing_id, const wire::Hello& hello) {
  Client* client = find(routing_id);
  if (!client && clients_.size() >= kMost) return nullptr;
  if (!client) client = &clients_.emplace(Bytes(routing_id), Client()).first->second;
  client->id = hello.client;
  client->name = hello.name;
  client->stays = hello.stays;
  client->sent_on = false;
  client->redirected = hello.redirected;
  client->heard = now;
  return client;
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
