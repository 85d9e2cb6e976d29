#include "tools/bench/peers/rounds.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/child.hpp"

namespace gavel::peers {
namespace {

/// A first guess of what it takes to start and to end a cluster.
constexpr Duration kToStart = 2s;
/// What a turn may take beside that, whose own waits have an end each; and what ending its nodes may take.
constexpr Duration kAllowance = 5min;
constexpr Duration kGrace = 10s;

std::vector<const Known*> chosen(const RunOptions& options, const Tell& tell) {
  std::vector<const Known*> all;
  for (const std::string& name : options.only) all.push_back(&find_peer(name));
  if (all.empty())
    for (const Known& peer : known_peers()) all.push_back(&peer);
  std::erase_if(all, [&](const Known* peer) {
    const std::string why = hindrance(*peer);
    if (!why.empty()) tell(peer->name + ": " + why);
    return !why.empty();
  });
  return all;
}

Duration estimate(const std::vector<const Known*>& peers, const RunOptions& options) {
  Duration all{};
  for (const Known* peer : peers)
    all += peer->warms_up + kToStart +
           (2 * (options.warm_up + options.measured) + kToStart) * loads_for(peer->name).size();
  return all * options.rounds;
}

std::vector<std::string> command_of(const Known& peer, const RunOptions& options, const Scratch& scratch) {
  const auto milliseconds = [](Duration time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + "ms";
  };
  return {"/proc/self/exe",
          "turn",
          peer.name,
          "--in-flight",
          std::to_string(options.in_flight),
          "--for",
          milliseconds(options.measured),
          "--warm-up",
          milliseconds(options.warm_up),
          "--placement",
          options.spread ? "spread" : "any",
          "--dir",
          scratch.path(),
          "--bench",
          options.bench};
}

/// One round of one peer, in a child. Why it failed; empty: it did not. Throws if interrupted.
std::string take_turn(const Known& peer, const RunOptions& options, const Scratch& scratch, Comparison& comparison) {
  const Folder folder(scratch.path());
  const std::string figures = folder.path() + "/figures.json";
  ChildOptions how;
  how.command = command_of(peer, options, scratch);
  how.speaks = true;
  how.only_output = figures;
  Child child(how);
  int code = -1;
  try {
    code = child.wait(estimate({&peer}, options) / options.rounds + kAllowance);
  } catch (const cli::Failure&) {  // interrupted: its nodes go first
    child.end(kGrace);
    throw;
  }
  if (code < 0) child.end(kGrace);
  std::ifstream in(figures);
  const cli::Row said = cli::Row::parse(in, nullptr, false);
  if (!said.is_object())
    return code < 0     ? "it took too long"
           : code > 128 ? std::string("its client was ended by a signal: ") + ::strsignal(code - 128)
                        : "its client gave exit code " + std::to_string(code);
  const auto needed = loads_for(peer.name);
  const cli::Row loads = said.value("loads", cli::Row::array());
  for (std::size_t i = 0; i < std::min(needed.size(), loads.size()); ++i)
    comparison.add(peer.name, needed[i], loads[i].at("theirs"), loads[i].at("ours"));
  return said.value("failed", "");
}

}  // namespace

bool run_rounds(const RunOptions& options, const Scratch& scratch, Comparison& comparison, const Tell& tell) {
  const auto peers = chosen(options, tell);
  if (peers.empty()) return false;
  tell("about " + std::to_string(std::chrono::ceil<std::chrono::minutes>(estimate(peers, options)).count()) +
       " minutes");
  bool all = true;
  for (std::size_t round = 1; round <= options.rounds; ++round) {
    for (const Known* peer : peers) {
      tell("round " + std::to_string(round) + " of " + std::to_string(options.rounds) + ", " + peer->title);
      const std::string failed = take_turn(*peer, options, scratch, comparison);
      if (failed.empty()) continue;
      all = false;
      comparison.add_failure(peer->name, round, failed);
      tell("  failed: " + failed);
    }
  }
  return all;
}

cli::Exit run_turn(const Known& peer, const RunOptions& options, const Scratch& scratch, const Tell& tell,
                   std::ostream& out) {
  Turn turn(options, scratch, peer, tell);
  std::string failed;
  try {
    turn.run();
  } catch (const cli::Failure& failure) {
    if (failure.code == cli::Exit::interrupted) throw;
    failed = failure.message;
  }
  out << cli::Row{{"loads", turn.rows()}, {"failed", failed}} << std::endl;
  return failed.empty() ? cli::Exit::ok : cli::Exit::internal;
}

}  // namespace gavel::peers
