// The envelope of a frame, read without taking the frame apart: no memory, and a few dozen nanoseconds. Enough to count
// what each node sent and to tell whose frames these are; what the frame says is decode.hpp's business.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"

namespace gavel::sniffer {

struct Header {
  BytesView cluster;  ///< within the frame
  GroupId group;
  Uid from;
  Incarnation incarnation;
  std::uint64_t kind = 0;
  /// Frames that its sender's PUB had sent in this life before this one: by word of the tap, on the tap lane only.
  std::optional<std::uint64_t> published;
};

/// Nothing if the frame does not begin like one of this version of the protocol.
std::optional<Header> peek(BytesView frame);

}  // namespace gavel::sniffer
