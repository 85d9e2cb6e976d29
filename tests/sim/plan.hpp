// What one run is to be, drawn from its seed: the mode, how many members, the options of the protocol, how bad the
// weather is, which faults come how often, how busy the clients are. Modes direct the faults at one part of the
// protocol.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/random.hpp"
#include "common/base/result.hpp"
#include "common/order/options.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/network.hpp"

namespace gavel::sim {

class Onlooker;

#define GAVEL_MODES(X)                                                                          \
  X(mixed, "everything, at random")                                                             \
  X(safety, "hot: many clients, many faults aimed at the moments that matter")                  \
  X(member, "the configuration changes all the time")                                           \
  X(partial, "after the faults only a majority is fully connected")                             \
  X(quiet, "no requests after the faults: what is pending must come to rest by itself")         \
  X(damage, "disks are lost")                                                                   \
  X(conf1, "two leaders change the configuration, one before it committed an entry of its own") \
  X(conf2, "a candidate two configurations behind, with a vote one behind")                     \
  X(figure8, "leaders vanish with their view, commits are cut off")                             \
  X(house, "whole nodes and clients: directory, auctions, gateways")                            \
  X(pool, "a house whose pool runs dry: nodes join, die for good, are drained and removed")     \
  X(heal, "a house whose nodes are lost for long, some for good, and replaced")                 \
  X(manager, "a house whose manager dies at every step of an assignment")                       \
  X(rolling, "a house that is restarted node by node: nobody may be refused")

enum class Mode : std::uint8_t {
#define X(name, text) name,
  GAVEL_MODES(X)
#undef X
};
#define X(name, text) +1
inline constexpr std::size_t kModes = 0 GAVEL_MODES(X);
#undef X

/// Of a whole house, not of one group.
constexpr bool is_house(Mode mode) { return mode >= Mode::house; }
/// The mode of a run for which none was asked: two of eleven are of a house.
Mode mode_of(std::uint64_t seed);
const char* name_of(Mode mode);
const char* text_of(Mode mode);
Result<Mode> parse_mode(const std::string& name);

/// Which run to make. Everything that is not said is drawn from the seed.
struct RunOptions {
  std::uint64_t seed = 1;
  std::optional<Mode> mode;
  std::optional<std::size_t> nodes;  ///< founding voters, 1 to 7
  FaultSet faults = FaultSet().set();
  bool narrate = false;          ///< the notes of the replicas and what happens to them, on stdout
  bool show_messages = false;    ///< every message too
  Onlooker* onlooker = nullptr;  ///< hears what nodes send; outlives the run
  bool unchecked = false;        ///< what a step breaks is left to the onlooker to find
};

/// How often something happens at each of the moments that faults are aimed at.
struct Aim {
  double anywhere = 0;
  double at_config = 0;
  double at_commit = 0;
  bool splits_only = false;
};

struct Plan {
  Mode mode = Mode::mixed;
  std::size_t founders = 3;
  order::Options options;
  Weather weather;
  Aim aim;
  Duration sync_least = 100us;
  Duration sync_most = 1500us;
  Duration faults_for = 2s;
  Duration gap = 100ms;  ///< most faults are up to twice as far apart
  std::size_t clients = 3;
  std::int64_t least_requests = 10;  ///< of a client, while faults last
  std::int64_t most_requests = 60;
  int late_requests = 4;     ///< of a client, after the faults
  double keeps_replica = 1;  ///< the share of nodes whose replicas follow on when they are removed
  bool bursts = false;       ///< clients that send more than the gateways take
  bool hot() const { return mode == Mode::safety || mode == Mode::member || mode == Mode::figure8; }
  bool scripted() const { return mode == Mode::conf1 || mode == Mode::conf2; }
};

Plan plan_of(const RunOptions& run, Random& random);

}  // namespace gavel::sim
