// What a sniffer missed, node by node and life by life: each tap word tells how many frames its node had published
// before it, and whatever of these did not arrive was lost on the way, because this program read too slowly or was cut
// off. Exact from the first tap word of a life on; what came before, and what a node sent between its last tap word and
// its death, cannot be known. Nodes beyond kMostNodes are not counted, whatever uids turn up. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "common/base/ids.hpp"

namespace gavel::sniffer {

class Losses {
 public:
  static constexpr std::size_t kMostNodes = 1024;

  /// A frame of this node came; the tap lane's tell `published`. Returns how many frames before it are missing that no
  /// earlier word had told of; 0 as a rule.
  std::uint64_t arrived(Uid node, Incarnation incarnation, std::optional<std::uint64_t> published);

  /// Of all lives. Nodes without losses are there too, with 0.
  const std::map<Uid, std::uint64_t>& missed() const { return missed_; }
  std::uint64_t total() const;

 private:
  struct Life {
    std::uint64_t number = 0;
    std::uint64_t received = 0;             ///< since the baseline, that one included
    std::optional<std::uint64_t> baseline;  ///< what the first tap word told
    std::uint64_t missed = 0;
  };

  std::map<Uid, Life> lives_;
  std::map<Uid, std::uint64_t> missed_;
};

}  // namespace gavel::sniffer
