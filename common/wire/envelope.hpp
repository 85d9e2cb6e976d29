// What stands before every message between nodes: protocol version, cluster, group, sender. The first two never move,
// so that any version can refuse any other by name. A frame is [version, cluster, group, from, incarnation, kind,
// body].
#pragma once

#include <cstdint>
#include <string>

#include "common/wire/codec.hpp"

namespace gavel::wire {

inline constexpr std::uint64_t kProtocolVersion = 1;
inline constexpr std::size_t kMaxClusterName = 64;

struct Envelope {
  std::string cluster;
  GroupId group;
  Uid from;
  Incarnation incarnation;

  bool operator==(const Envelope&) const = default;
};

/// Why a frame was refused, for the counters; the message says it in words.
enum class RefusalKind : std::uint8_t { malformed, version, cluster, unknown_kind };
struct Refusal {
  RefusalKind kind = RefusalKind::malformed;
  std::string message;
};

template <Kinded T>
Bytes seal(const Envelope& envelope, const T& message) {
  Bytes out;
  out.reserve(kUsualBytes);
  Writer writer(out);
  writer.array(7);
  put(writer, kProtocolVersion);
  put(writer, envelope.cluster);
  put(writer, envelope.group);
  put(writer, envelope.from);
  put(writer, envelope.incarnation);
  put(writer, T::kKind);
  put(writer, message);
  return out;
}
template <class... T>
Bytes seal(const Envelope& envelope, const std::variant<T...>& message) {
  return std::visit([&](const auto& alternative) { return seal(envelope, alternative); }, message);
}

/// A frame whose envelope was accepted; the body waits to be decoded by whoever knows its kind.
class Opened {
 public:
  Envelope envelope;
  std::uint64_t kind = 0;

  template <class Variant>
  Result<Variant> body() const {
    std::optional<Variant> out;
    if (auto cursor = body_; take_kind(cursor, kind, out) && cursor.done()) return *std::move(out);
    const auto document = Document::parse(frame_);
    if (!document) return tl::unexpected<Error>(document.error());
    return decode_kind<Variant>(kind, document->root()[6]);
  }

 private:
  friend tl::expected<Opened, Refusal> open(BytesView frame, const std::string& cluster);
  explicit Opened(BytesView frame) : frame_(frame), body_({}) {}
  static std::optional<Opened> quickly(BytesView frame, const std::string& cluster);

  BytesView frame_;
  Cursor body_;
};

/// Refuses frames of another version or cluster, by name. `frame` must outlive the result.
tl::expected<Opened, Refusal> open(BytesView frame, const std::string& cluster);
/// Not of a temporary: its bytes would be gone before the body is decoded.
template <std::same_as<Bytes> Temporary>
tl::expected<Opened, Refusal> open(Temporary&& frame, const std::string& cluster) = delete;

/// A cluster's name: 1 to 64 characters of [a-z A-Z 0-9 . _ -].
Result<std::string> checked_cluster_name(std::string name);

}  // namespace gavel::wire
