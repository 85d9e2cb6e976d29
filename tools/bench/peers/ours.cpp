#include "tools/bench/peers/ours.hpp"

#include <algorithm>
#include <fstream>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/child.hpp"
#include "tools/bench/peers/scratch.hpp"

namespace gavel::peers {
namespace {

/// What starting and ending three nodes may take beside the load.
constexpr Duration kAllowance = 60s;
constexpr Duration kGrace = 5s;
constexpr std::size_t kLastLines = 5;

constexpr std::size_t kUsualClients = 8;
constexpr std::size_t kMostOfOneClient = 64;
/// At a rate: what falls due while a disk stalls is to wait for the cluster, not for a client's window.
constexpr std::size_t kClientsOfRate = 16;

std::string milliseconds(Duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + "ms";
}

}  // namespace

std::size_t clients_for(std::size_t in_flight) {
  std::size_t clients =
      std::max(std::min(in_flight, kUsualClients), (in_flight + kMostOfOneClient - 1) / kMostOfOneClient);
  while (in_flight % clients != 0) ++clients;
  return clients;
}

cli::Row measure_ours(const std::string& program, const Place& place, const Load& load, bool durable) {
  const Folder folder(place.directory);
  const std::string said = folder.path() + "/said";
  const std::string figures = folder.path() + "/figures.json";
  std::vector<std::string> command{
      program,        "bids",
      "--nodes",      std::to_string(kNodes),
      "--durability", durable ? "fsync" : "memory",
      "--clients",    std::to_string(load.rate > 0 ? kClientsOfRate : clients_for(load.in_flight)),
      "--size",       std::to_string(kValueSize),
      "--for",        milliseconds(load.measured),
      "--warm-up",    milliseconds(load.warm_up),
      "--dir",        folder.path(),
      "--placement",  place.spread ? "spread" : "any",
      "-o",           "json"};
  if (load.in_flight == 1 && load.rate == 0) command.insert(command.end(), {"--through", "leader"});  // as the peers'
  if (load.rate > 0)
    command.insert(command.end(), {"--rate", std::to_string(load.rate)});
  else
    command.insert(command.end(), {"--in-flight", std::to_string(load.in_flight)});

  Child child({std::move(command), said, figures});
  int code = -1;
  try {
    code = child.wait(load.warm_up + load.measured + kAllowance);
  } catch (const cli::Failure&) {  // interrupted: its nodes go first
    child.end(kGrace);
    throw;
  }
  if (code < 0) child.end(kGrace);
  std::ifstream in(figures);
  const cli::Row read = cli::Row::parse(in, nullptr, false);
  const cli::Row row = read.is_array() && !read.empty() ? read.front() : read;
  if (code != 0 || !row.is_object())
    cli::fail_with(cli::Exit::internal, "gavel-bench " +
                                            (code < 0 ? "took too long" : "gave exit code " + std::to_string(code)) +
                                            end_of(said, kLastLines));
  if (const auto failed = row.value("failed", 0) + row.value("unanswered", 0); failed > 0)
    cli::fail_with(cli::Exit::internal, std::to_string(failed) + " bids failed");
  return row;
}

}  // namespace gavel::peers
