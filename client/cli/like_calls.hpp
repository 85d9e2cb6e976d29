// Likes as the program's commands see them: which things there are, and calls that wait.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/cli/house.hpp"
#include "common/wire/services/likes.hpp"

namespace gavel::cli {

/// The item or auction that is meant, by the id under which its likes are counted. Throws Failure: usage if nothing can
/// be called so, not_found if the directory knows none, with the nearest that it does.
std::string find_thing(House& house, const std::string& typed);

/// Nothing if nothing was liked yet, so that nobody counts.
std::optional<GroupId> likes_group(House& house);

/// Waits for the reply, whatever it says.
Told<likes::Liked> send_likes(House& house, GroupId group, const std::string& thing, std::uint32_t count);
Told<likes::Count> count_of(House& house, GroupId group, const std::string& thing);
std::vector<likes::Count> all_counts(House& house, GroupId group);

/// Follows the count of one thing.
class CountWatch {
 public:
  CountWatch(House& house, std::string thing, std::function<void(const likes::Count&)> tell)
      : house_(house), thing_(std::move(thing)), tell_(std::move(tell)) {}
  ~CountWatch();
  CountWatch(const CountWatch&) = delete;
  CountWatch& operator=(const CountWatch&) = delete;

  /// Tells the count as it is if it is another than the last one told, and from then on what is pushed. Without effect
  /// as long as the likes are not open. Throws Failure.
  void begin();
  /// To be called now and then: reads anew after a gap.
  void catch_up();
  bool is_watching() const { return watch_.has_value(); }

 private:
  void on_count(const likes::Count& count);

  House& house_;
  std::string thing_;
  std::function<void(const likes::Count&)> tell_;
  std::optional<std::uint64_t> watch_;
  std::optional<std::uint64_t> last_;
  bool missed_ = false;
};

}  // namespace gavel::cli
