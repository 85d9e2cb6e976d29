#include "client/core/gateways.hpp"

#include <algorithm>

namespace gavel::client {

Gateways::Gateways(Duration avoid, Duration avoid_max, std::size_t limit, Random random)
    : avoid_(avoid), avoid_max_(avoid_max), limit_(limit), random_(random) {}

Gateways::Candidate* Gateways::find(const std::string& endpoint) {
  const auto at =
      std::find_if(known_.begin(), known_.end(), [&](const Candidate& c) { return c.endpoint == endpoint; });
  return at == known_.end() ? nullptr : &*at;
}

void Gateways::add(const std::string& endpoint, bool given) {
  constexpr std::size_t kMaxEndpoint = 256;
  if (endpoint.empty() || endpoint.size() > kMaxEndpoint || find(endpoint) != nullptr) return;
  if (known_.size() >= limit_) {
    const auto worst = std::max_element(known_.begin(), known_.end(), [](const Candidate& a, const Candidate& b) {
      return std::pair(!a.given, a.failures) < std::pair(!b.given, b.failures);
    });
    if (worst == known_.end() || worst->given || (worst->failures == 0 && !given)) return;
    known_.erase(worst);
  }
  Candidate candidate;
  candidate.endpoint = endpoint;
  candidate.given = given;
  known_.push_back(std::move(candidate));
}

std::optional<std::string> Gateways::choose(TimePoint now) {
  std::vector<const Candidate*> best;
  for (const Candidate& c : known_) {
    if (c.avoid_until > now) continue;
    if (!best.empty() && c.rank() < best.front()->rank()) best.clear();
    if (best.empty() || c.rank() == best.front()->rank()) best.push_back(&c);
  }
  if (best.empty()) return {};
  return best[static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(best.size()) - 1))]->endpoint;
}

TimePoint Gateways::next_choice() const {
  TimePoint at = kNever;
  for (const Candidate& c : known_) at = std::min(at, c.avoid_until);
  return at;
}

bool Gateways::has_other(const std::string& endpoint, TimePoint now) const {
  return std::any_of(known_.begin(), known_.end(),
                     [&](const Candidate& c) { return c.endpoint != endpoint && c.avoid_until <= now; });
}

void Gateways::worked(const std::string& endpoint) {
  Candidate* c = find(endpoint);
  if (c == nullptr) return;
  c->failures = 0;
  c->avoid_until = kLongAgo;
  c->refusal.clear();
}

void Gateways::failed(const std::string& endpoint, TimePoint now) {
  Candidate* c = find(endpoint);
  if (c == nullptr) return;
  constexpr std::uint32_t kMostDoublings = 16;
  const Duration pause = avoid_ * (1U << std::min(c->failures, kMostDoublings));
  ++c->failures;
  c->avoid_until = now + std::min(pause, avoid_max_);
}

void Gateways::refused(const std::string& endpoint, TimePoint now, std::string reason) {
  failed(endpoint, now);
  if (Candidate* c = find(endpoint)) {
    c->avoid_until = now + avoid_max_;
    c->refusal = std::move(reason);
  }
}

void Gateways::full(const std::string& endpoint, TimePoint until) {
  if (Candidate* c = find(endpoint)) c->avoid_until = until;
}

std::optional<std::string> Gateways::all_refused() const {
  if (known_.empty()) return {};
  const bool all = std::all_of(known_.begin(), known_.end(), [](const Candidate& c) { return !c.refusal.empty(); });
  return all ? std::optional(known_.front().refusal) : std::nullopt;
}

std::vector<std::string> Gateways::endpoints() const {
  std::vector<std::string> all;
  for (const bool given : {true, false})
    for (const Candidate& c : known_)
      if (c.given == given) all.push_back(c.endpoint);
  return all;
}

}  // namespace gavel::client
