// The command line of gavel-sniff.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/cli/settings.hpp"
#include "common/base/time.hpp"
#include "tools/sniffer/message/filter.hpp"
#include "tools/sniffer/stories/follow.hpp"
#include "tools/sniffer/stories/ladder.hpp"

namespace gavel::sniffer {

enum class Colour : std::uint8_t { automatic, always, never };

struct SniffOptions {
  cli::Settings settings;  ///< `timeout`: for finding the cluster
  Filter filter;

  bool jsonl = false;
  bool hex = false;
  bool raw = false;
  bool quiet = false;
  Colour colour = Colour::automatic;

  bool top = false;
  std::optional<FollowRequest> follow;
  std::optional<LadderFormat> ladder;
  StoryKind story = StoryKind::election;
  std::string out;  ///< of the ladder; empty: the standard output

  std::string record;      ///< a file; empty: nothing is recorded
  std::string read;        ///< a file; empty: live
  std::uint64_t most = 0;  ///< messages shown; 0: any number
  std::optional<Duration> time_limit;
  bool check = false;
  bool lines = false;

  /// False: it only records.
  bool shows() const;
};

/// What to do, or the exit code with which to end at once: everything was said that there was to say.
std::variant<SniffOptions, int> parse_options(int argc, char** argv);

}  // namespace gavel::sniffer
