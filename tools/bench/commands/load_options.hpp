// The options of a load, as they are typed, and what they mean together.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "tools/bench/load/bids_run.hpp"

namespace gavel::bench {

/// Replies that a session keeps (order::Options::reply_window): with more under way, a repeated command might find
/// its reply forgotten.
inline constexpr std::size_t kMostOfOneSession = 64;

struct TypedLoad {
  std::size_t clients = 8;
  /// 0: not given.
  std::size_t in_flight = 0;
  double rate = 0;
  std::string length = "10s", warm_up = "500ms";
  std::string amounts = "race", through;
  std::size_t size = 128;
  std::size_t auctions = 1;
};

void add_load_options(CLI::App& command, TypedLoad& typed);
void add_bid_options(CLI::App& command, TypedLoad& typed);
/// Throws Failure{usage}.
BidsOptions understand(const TypedLoad& typed);

}  // namespace gavel::bench
