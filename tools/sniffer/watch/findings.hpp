// What the watch finds: a violation, in words, with the rule that was broken. The parts of the watch put down findings;
// Watch tells each once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/wire/order_types.hpp"
#include "tools/sniffer/message/names.hpp"

namespace gavel::sniffer {

enum class Rule : std::uint8_t { leaders, orders, fifo, hole, acks, digests, answers };
/// "two leaders", "two orders", "fifo", "hole", "ack went back", "digests differ", "answer not in the order".
std::string_view name_of(Rule rule);

struct Violation {
  Rule rule = Rule::leaders;
  WallTime at;
  GroupId group;
  std::uint64_t number = 0;  ///< of the message that showed it; 0: that time passed showed it
  std::string text;          ///< group, nodes, term, slot and the numbers of the messages, on one line
};

struct WatchOptions {
  Duration patience = std::chrono::seconds(2);  ///< for what must happen soon: a hole repaired, a commit heard of
};

struct Finding {
  Rule rule = Rule::leaders;
  GroupId group;
  std::string key;  ///< the same for the same violation, within the rule and the group
  std::string text;
};
struct Findings {
  std::vector<Finding> list;
  std::uint64_t not_checkable = 0;

  void add(Rule rule, GroupId group, std::string key, std::string text) {
    list.push_back({rule, group, std::move(key), std::move(text)});
  }
};

/// "message 17", as the findings say it.
inline std::string message_words(std::uint64_t number) { return "message " + std::to_string(number); }

}  // namespace gavel::sniffer
