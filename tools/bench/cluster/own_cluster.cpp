#include "tools/bench/cluster/own_cluster.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "client/cli/connection.hpp"
#include "client/cli/failure.hpp"
#include "client/cli/house.hpp"
#include "common/base/random.hpp"
#include "common/bus/clock.hpp"

namespace gavel::bench {
namespace {

namespace fs = std::filesystem;

constexpr Duration kToServe = 15s;
constexpr Duration kToEnd = 3s;

/// A UDP port below the ephemeral ones on which nobody listens now.
std::uint16_t free_beacon_port(Random& random) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    const auto port = static_cast<std::uint16_t>(random.between(20'000, 29'999));
    const int probe = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    const bool free = ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(probe);
    if (free) return port;
  }
  cli::fail_with(cli::Exit::internal, "no free UDP port between 20000 and 30000 for the beacons");
}

fs::path fresh_directory(const std::string& place) {
  std::string path = (place.empty() ? fs::temp_directory_path() : fs::path(place)) / "gavel-bench.XXXXXX";
  if (::mkdtemp(path.data()) == nullptr)
    cli::fail_with(cli::Exit::usage, "no directory can be made in " + fs::path(path).parent_path().string());
  return path;
}

std::string node_program(const std::string& given) {
  const fs::path path =
      given.empty() ? fs::read_symlink("/proc/self/exe").parent_path() / "gavel-node" : fs::path(given);
  if (::access(path.c_str(), X_OK) != 0)
    cli::fail_with(cli::Exit::usage, "there is no program " + path.string() + "; --node-program FILE names gavel-node");
  return path;
}

void wait_until(const std::string& what, Duration patience, const std::function<bool()>& condition) {
  const TimePoint end = bus::steady_now() + patience;
  while (!condition()) {
    if (cli::interrupted()) cli::fail_with(cli::Exit::interrupted, "interrupted");
    if (bus::steady_now() >= end) cli::fail_with(cli::Exit::no_quorum, "waited in vain: " + what);
    std::this_thread::sleep_for(10ms);
  }
}

/// Where the node of that process takes clients, once it has written so (node.json); empty before.
std::string serves_at(const fs::path& data, pid_t process) {
  std::ifstream file(data / "node.json");
  const auto card = nlohmann::json::parse(file, nullptr, false);
  if (card.is_discarded() || card.value("pid", 0) != process) return {};
  const std::string endpoint = card.at("endpoints").value("client", std::string());
  constexpr std::string_view kScheme = "tcp://";
  return endpoint.starts_with(kScheme) ? endpoint.substr(kScheme.size()) : endpoint;
}

}  // namespace

OwnCluster::OwnCluster(OwnClusterOptions options) : options_(std::move(options)) {
  Random random(bus::random_seed());
  options_.program = node_program(options_.program);
  name_ = "bench-" + std::to_string(random.next() % 1'000'000'000);
  beacon_port_ = free_beacon_port(random);
  directory_ = fresh_directory(options_.place);
  try {
    for (std::size_t i = 1; i <= options_.nodes; ++i) {
      const std::string name = "n" + std::to_string(i);
      launch(nodes_.emplace_back(Node{name, directory_ / name, {}, {}}), i == 1);
    }
    for (Node& node : nodes_) wait_serving(node);
    wait_joined();
  } catch (...) {
    end_all();
    throw;
  }
}

OwnCluster::~OwnCluster() { end_all(); }

void OwnCluster::launch(Node& node, bool founds) {
  std::vector<std::string> command{options_.program,
                                   "--data-dir",
                                   node.data,
                                   "--cluster",
                                   name_,
                                   "--name",
                                   node.name,
                                   "--listen",
                                   "127.0.0.1",
                                   "--beacon-port",
                                   std::to_string(beacon_port_),
                                   "--priority",
                                   node.name.substr(1),
                                   "--slots",
                                   std::to_string(options_.slots),
                                   "--durability",
                                   options_.durability};
  if (founds) command.emplace_back("--bootstrap");
  if (const auto share = share_of_processors(node); !share.empty())
    command.insert(command.end(), {"--cpus", bus::print(share)});
  command.insert(command.end(), options_.extra.begin(), options_.extra.end());
  node.process = std::make_unique<NodeProcess>(command, directory_ / (node.name + ".log"));
}

/// Empty: any. Whoever gives nodes an option of the same name has the say.
bus::Processors OwnCluster::share_of_processors(const Node& node) const {
  const auto is_of_user = [](const std::string& option) { return option.starts_with("--cpus"); };
  if (!options_.spread || std::any_of(options_.extra.begin(), options_.extra.end(), is_of_user)) return {};
  return bus::share_of(bus::usable_processors(), static_cast<std::size_t>(&node - nodes_.data()), options_.nodes);
}

std::string OwnCluster::said_last(const Node& node) const {
  std::ifstream log(directory_ / (node.name + ".log"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);) lines.push_back(line);
  constexpr std::size_t kShown = 5;
  std::string last;
  for (std::size_t i = lines.size() < kShown ? 0 : lines.size() - kShown; i < lines.size(); ++i)
    last += "\n  " + lines[i];
  return last;
}

void OwnCluster::wait_serving(Node& node) {
  wait_until(node.name + " serves", kToServe, [&] {
    if (!node.process->alive()) cli::fail_with(cli::Exit::internal, node.name + " ended:" + said_last(node));
    node.address = serves_at(node.data, node.process->pid());
    return !node.address.empty();
  });
}

void OwnCluster::wait_joined() {
  cli::Settings first;
  first.cluster = name_;
  cli::Connection connection(first, "tcp://" + nodes_.front().address);
  wait_until("all nodes vote in the directory", kToServe, [&] {
    const auto outcome = connection.status();
    const auto report = outcome.kind == client::OutcomeKind::ok ? wire::decode<wire::StatusReport>(outcome.body)
                                                                : Result<wire::StatusReport>(fail(outcome.message));
    if (!report) return false;
    for (const auto& group : report->groups)
      if (group.group == kDirectoryGroup) return group.config.voters.size() == std::min<std::size_t>(nodes_.size(), 7);
    return false;
  });
}

cli::Settings OwnCluster::settings(cli::Settings settings) const {
  settings.cluster = name_;
  settings.beacon_port = beacon_port_;
  settings.nodes.clear();
  for (const Node& node : nodes_)
    if (!node.address.empty()) settings.nodes.push_back(node.address);
  return settings;
}

std::vector<pid_t> OwnCluster::pids() const {
  std::vector<pid_t> all;
  for (const Node& node : nodes_) all.push_back(node.process->pid());
  return all;
}

void OwnCluster::kill(std::size_t node) { nodes_.at(node).process->kill(); }

void OwnCluster::restart(std::size_t node) {
  launch(nodes_.at(node), false);
  wait_serving(nodes_.at(node));
}

std::optional<std::size_t> OwnCluster::find(const std::string& name) const {
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i].name == name) return i;
  return {};
}

void OwnCluster::end_all() {
  for (Node& node : nodes_)
    if (node.process) node.process->ask_to_end();
  const TimePoint until = bus::steady_now() + kToEnd;
  for (Node& node : nodes_)
    if (node.process && !node.process->wait_gone(until)) node.process->kill();
  nodes_.clear();
  std::error_code ignored;
  if (!options_.keep) fs::remove_all(directory_, ignored);
}

}  // namespace gavel::bench
