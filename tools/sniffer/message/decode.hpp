// From a captured frame to what it means. Nothing that arrives is fatal: what is unknown or damaged comes out as such,
// with the reason.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "tools/sniffer/capture/capture.hpp"
#include "tools/sniffer/message/seen.hpp"

namespace gavel::sniffer {

class Decoder {
 public:
  explicit Decoder(std::string cluster) : cluster_(std::move(cluster)) {}

  /// Nothing for frames of other clusters (counted), and for names. Numbers the rest.
  std::optional<Seen> decode(const Capture& capture);
  /// Frames of other clusters, or of other versions of the protocol.
  std::uint64_t foreign() const { return foreign_; }

 private:
  /// A frame that one node sent: fills in everything about it.
  bool decode_frame(BytesView frame, Seen& seen);

  std::string cluster_;
  std::uint64_t seen_ = 0;
  std::uint64_t foreign_ = 0;
};

/// The message's name; "kind 99" if there is none.
std::string type_of(std::uint64_t kind);
/// All kinds that can be seen, by number, with their names.
const std::map<std::uint64_t, std::string>& known_types();

}  // namespace gavel::sniffer
