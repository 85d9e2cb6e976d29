// `--follow`: the way of one request, from the client's call to its answer: gateway, batch, order, the disks of the
// members, commit, reply; what was sent again and what had to be repaired in between. Each hop with its time, the
// latency since the first hop and since the one before, as a table with bars, or as JSON lines. What was not seen is
// said to be; of a request of which nothing was seen nothing is written. Bounded: kBatches batches are remembered until
// the request is found in one of them, then what is about it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string_view>

#include "common/base/result.hpp"
#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/view/view.hpp"

namespace gavel::sniffer {

struct FollowRequest {
  bool next = true;  ///< the next command that comes in; otherwise the one of this session and number
  SessionId session;
  RequestNumber number;
};
/// "next", or "SESSION/NUMBER" as `gavel bid -o json` prints them; with 0x before it, a number is hexadecimal.
Result<FollowRequest> parse_follow(std::string_view text);

struct FollowOptions {
  bool jsonl = false;
  bool colour = false;
  std::size_t width = 100;
  Duration patience = std::chrono::seconds(10);  ///< without another hop, before it is told as far as it was seen
  /// Which calls "next" may take, as the filters say; the view itself wants to see everything. Empty: any.
  std::function<bool(const Seen&)> picks;
};
std::unique_ptr<View> make_follow(std::ostream& out, const Names& names, FollowRequest request,
                                  FollowOptions options = {});

}  // namespace gavel::sniffer
