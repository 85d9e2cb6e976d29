#include "tools/sniffer/capture/places.hpp"

#include <algorithm>
#include <utility>

namespace gavel::sniffer {

Places::Change Places::claimed(Uid node, const std::string& pub) {
  if (!nodes_.contains(node) && nodes_.size() >= kMostNodes) return {};
  Node& known = nodes_[node];
  if (known.named == pub || known.claims.size() >= kMostClaims || !known.claims.insert(pub).second) return {};
  return {pub, {}};
}

Places::Change Places::named(Uid node, const std::string& pub) {
  Change change;
  if (!nodes_.contains(node) && nodes_.size() >= kMostNodes) make_room(change);
  if (!nodes_.contains(node) && nodes_.size() >= kMostNodes) return change;
  Node& known = nodes_[node];
  if (known.named == pub) return change;
  auto former = std::exchange(known.claims, {});
  if (!known.named.empty()) former.insert(known.named);
  known.named = pub;
  leave(former, change);
  change.connect = pub;
  return change;
}

void Places::forget(const std::string& pub) {
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    Node& node = at->second;
    node.claims.erase(pub);
    if (node.named == pub) node.named.clear();
    at = node.named.empty() && node.claims.empty() ? nodes_.erase(at) : std::next(at);
  }
}

std::set<std::string> Places::all() const {
  std::set<std::string> all;
  for (const auto& [uid, node] : nodes_) {
    if (!node.named.empty()) all.insert(node.named);
    all.insert(node.claims.begin(), node.claims.end());
  }
  return all;
}

bool Places::is_used(const std::string& pub) const {
  return std::any_of(nodes_.begin(), nodes_.end(),
                     [&pub](const auto& each) { return each.second.named == pub || each.second.claims.contains(pub); });
}

void Places::leave(const std::set<std::string>& former, Change& change) const {
  std::copy_if(former.begin(), former.end(), std::back_inserter(change.disconnect),
               [this](const std::string& pub) { return !is_used(pub); });
}

void Places::make_room(Change& change) {
  const auto at =
      std::find_if(nodes_.begin(), nodes_.end(), [](const auto& each) { return each.second.named.empty(); });
  if (at == nodes_.end()) return;
  const auto former = std::move(at->second.claims);
  nodes_.erase(at);
  leave(former, change);
}

}  // namespace gavel::sniffer
