// What a service tells those who watch its group. The ordering core and the gateways carry it without looking inside.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"

namespace gavel {

/// Longest topic, in bytes.
inline constexpr std::size_t kMaxTopic = 64;

struct ServiceEvent {
  Bytes body;
  /// Whoever watches this topic of the group is told; empty: the group's main one.
  Bytes topic = {};
  /// It stands for all earlier ones of its topic, as a count does: who is behind hears the newest alone, and nobody
  /// hears of the topic more often than a gateway sees fit.
  bool replaces = false;

  bool operator==(const ServiceEvent&) const = default;
};
using Events = std::vector<ServiceEvent>;

}  // namespace gavel
