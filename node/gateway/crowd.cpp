#include "node/gateway/crowd.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <tuple>
#include <utility>

namespace gavel::gateway {
namespace {

constexpr std::uint32_t kAny = std::numeric_limits<std::uint32_t>::max();
constexpr std::string_view kFewerThere = "there are fewer clients there";

}  // namespace

std::optional<wire::Redirect> Crowd::judge(TimePoint now, const Own& own, const wire::Hello& hello,
                                           const std::vector<Neighbour>& others) {
  const bool full = own.clients >= own.room;
  const bool insists = hello.redirected > kMostRedirects && !hello.stays;
  if (full && !(insists && own.clients < own.room + kAside)) {
    if (auto on = send_to(now, better(now, hello.client, kAny, others), "this gateway is full")) return on;
    return wire::Redirect{{}, kFullPause, "Busy, all nodes full"};
  }
  if (full || !hello.stays || hello.redirected >= kMostRedirects) return {};
  if (own.leaving) return send_away(now, hello.client, others);
  return send_to(now, better(now, hello.client, own.clients, others), std::string(kFewerThere));
}

std::optional<wire::Redirect> Crowd::send_away(TimePoint now, ClientId client, const std::vector<Neighbour>& others) {
  return send_to(now, better(now, client, kAny, others), "this node is about to leave");
}

std::uint32_t Crowd::surplus(TimePoint now, const Own& own, const std::vector<Neighbour>& others) {
  if (!may_even_out(now, own.clients)) return 0;
  std::uint64_t all = own.clients;
  std::uint64_t gateways = 1;
  std::uint32_t least = own.clients;
  for (const auto& other : others) {
    if (other.load >= other.room) continue;  // it takes nobody, however few it has
    all += other.load;
    ++gateways;
    least = std::min(least, other.load);
  }
  const auto mean = static_cast<std::uint32_t>(all / gateways);
  if (own.clients <= mean || own.clients <= least + mean / 10 + kSlack) return 0;
  evened_out_ = now;
  return std::min(own.clients - mean, kEvenedOutAtOnce);
}

std::optional<wire::Redirect> Crowd::even_out(TimePoint now, ClientId client, std::uint32_t own,
                                              const std::vector<Neighbour>& others) {
  return send_to(now, better(now, client, own - std::min(own, kSlack), others), std::string(kFewerThere));
}

std::vector<Neighbour> Crowd::better(TimePoint now, ClientId client, std::uint32_t below,
                                     std::vector<Neighbour> others) {
  while (!sent_.empty() && (sent_.front().at + kBeatLag < now || sent_.size() > kMostRemembered)) sent_.pop_front();
  for (auto& other : others)
    other.load += static_cast<std::uint32_t>(
        std::count_if(sent_.begin(), sent_.end(), [&](const Sent& sent) { return sent.to == other.uid; }));
  std::erase_if(others, [&](const Neighbour& n) { return n.load >= below || n.load >= n.room; });
  // Among equals another one for each client, lest all gateways send everybody to the same.
  std::sort(others.begin(), others.end(), [&](const Neighbour& a, const Neighbour& b) {
    return std::tuple(a.load, a.uid.value ^ client.value) < std::tuple(b.load, b.uid.value ^ client.value);
  });
  if (others.size() > kMostNamed) others.resize(kMostNamed);
  return others;
}

std::optional<wire::Redirect> Crowd::send_to(TimePoint now, const std::vector<Neighbour>& chosen, std::string reason) {
  if (chosen.empty()) return {};
  sent_.push_back({now, chosen.front().uid});
  wire::Redirect out;
  for (const auto& neighbour : chosen) out.gateways.push_back(neighbour.endpoint);
  out.reason = std::move(reason);
  return out;
}

}  // namespace gavel::gateway
