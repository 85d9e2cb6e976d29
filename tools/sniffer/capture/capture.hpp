// One frame as it arrived at the sniffer, undecoded: what is recorded, and what everything else is made from, live or
// from a file alike.
#pragma once

#include <cstdint>

#include "common/base/bytes.hpp"
#include "common/base/time.hpp"
#include "common/wire/fields.hpp"

namespace gavel::sniffer {

enum class Channel : std::uint8_t {
  published = 1,  ///< by a node's PUB, the tap lane included
  datagram = 2,   ///< UDP
  names = 3       ///< what nodes and groups are called, from then on (message/names.hpp); made by the sniffer itself
};
constexpr bool is_known(Channel channel) { return channel >= Channel::published && channel <= Channel::names; }

struct Capture {
  WallTime at;  ///< by the sniffer's clock
  Channel channel = Channel::published;
  Bytes topic;  ///< `published` only
  Bytes payload;
  GAVEL_FIELDS(at, channel, topic, payload);
};

}  // namespace gavel::sniffer
