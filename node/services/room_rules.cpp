#include "node/services/room_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "node/services/text.hpp"

namespace gavel {
namespace {

constexpr std::string_view kRoomTopic = "room:";
constexpr std::uint32_t kMostInARow = 1000;
constexpr Duration kSlowestPace = std::chrono::hours(1);
constexpr Duration kShortestLease = std::chrono::seconds(1);
constexpr Duration kLongestLease = std::chrono::hours(24);
/// Some 36,000 years.
constexpr std::int64_t kLastMicros = std::int64_t{1} << 60U;

}  // namespace

bool is_auctioneer(std::string_view name) {
  return std::equal(name.begin(), name.end(), chat::kAuctioneer.begin(), chat::kAuctioneer.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

bool is_member_name(std::string_view name) { return is_plain_text(name, 1, chat::kMaxName) && !is_auctioneer(name); }

bool is_secret(const chat::Secret& secret) { return secret.bytes.size() == chat::kSecretBytes; }

bool is_private_room(std::string_view name) {
  return name.starts_with(chat::kPrivateMark) && is_item_id(name.substr(1));
}

bool are_within_bounds(const chat::RoomRules& rules) {
  return rules.keep <= chat::kMostKept && rules.bytes >= 1 && rules.bytes <= chat::kMostBytes && rules.burst >= 1 &&
         rules.burst <= kMostInARow && rules.pace >= Duration::zero() && rules.pace <= kSlowestPace &&
         rules.lease >= kShortestLease && rules.lease <= kLongestLease;
}

bool is_sayable(std::string_view text, std::size_t most) {
  if (text.size() > most) return false;
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return false;
  return is_plain_text(text.substr(first, text.find_last_not_of(' ') - first + 1), 1, most);
}

bool is_entry_time(WallTime time) { return time.micros >= 0 && time.micros <= kLastMicros; }

Bytes topic_of_public_room(std::string_view name) { return Bytes(kRoomTopic) + Bytes(name); }

Bytes topic_of_private_room(const chat::Secret& key) { return Bytes(kRoomTopic) + key.bytes; }

std::string in_words(Duration duration) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 3> kUnits{
      {{3'600'000'000, " h"}, {60'000'000, " min"}, {1'000'000, " s"}}};
  const auto micros = duration.count();
  for (const auto& [unit, name] : kUnits)
    if (micros > unit && micros % unit == 0) return std::to_string(micros / unit) + std::string(name);
  if (micros % 1'000'000 == 0) return std::to_string(micros / 1'000'000) + " s";
  return std::to_string(micros / 1000 + (micros % 1000 > 0 ? 1 : 0)) + " ms";
}

std::string in_words(const chat::RoomRules& rules) {
  std::string said = "texts of at most " + std::to_string(rules.bytes) + " bytes";
  if (rules.pace > Duration::zero())
    said += ", " + std::to_string(rules.burst) + " in a row and then one in " + in_words(rules.pace);
  return said + "; " + std::to_string(rules.keep) + " lines are kept; who is silent for " + in_words(rules.lease) +
         " has left";
}

}  // namespace gavel
