#include "tools/sniffer/capture/live.hpp"

#include <algorithm>
#include <iostream>
#include <variant>

#include "client/cli/failure.hpp"
#include "client/cli/output.hpp"
#include "common/bus/clock.hpp"
#include "common/bus/endpoint.hpp"
#include "common/wire/envelope.hpp"
#include "common/wire/tap_messages.hpp"
#include "tools/sniffer/capture/header.hpp"

namespace gavel::sniffer {
namespace {

constexpr std::size_t kMostOthers = 8;
constexpr std::size_t kMostUnknown = 4096;
constexpr Duration kProbeEvery = 500ms;
constexpr Duration kAskAgainAfter = 200ms;

/// Where a node publishes, by the "host:port" by which people name it.
std::string pub_endpoint_of(const std::string& node) {
  const auto address = bus::resolve(node);
  if (!address) cli::fail_with(cli::Exit::usage, "--node " + node + ": " + address.error().message);
  if (address->port == 0)
    cli::fail_with(cli::Exit::usage, "--node " + node + ": the port is missing, e.g. --node 127.0.0.1:7401");
  const auto endpoints = bus::endpoints_at(*address);
  if (!endpoints) cli::fail_with(cli::Exit::usage, "--node " + node + ": " + endpoints.error().message);
  return endpoints->pub;
}

}  // namespace

Live::Live(const cli::Settings& settings) : settings_(settings) {
  for (const std::string& node : settings.nodes) given_.insert(pub_endpoint_of(node));
  bus::BeaconOptions options;
  options.address = settings.beacon_address;
  options.port = settings.beacon_port;
  auto beacon = bus::Beacon::open(options, settings.beacon_interface);
  if (beacon) {
    beacon_.emplace(*std::move(beacon));
    subscriber_.watch_fd(beacon_->fd());
  } else if (given_.empty()) {
    cli::fail_with(cli::Exit::no_quorum,
                   "cannot listen for beacons: " + beacon.error().message + "; name a node with --node HOST:PORT");
  } else {
    std::cerr << "gavel-sniff: no beacons are heard: " << beacon.error().message << '\n';
  }
  // Everything first, so that nothing is missed that the node says between the two. A node copies its unicast traffic
  // only for those who ask for exactly this topic.
  subscriber_.subscribe("");
  subscriber_.subscribe(wire::kTapTopic);
  for (const std::string& endpoint : given_) static_cast<void>(subscriber_.connect(endpoint));
  directory_ = std::make_unique<Directory>(settings);
  subscriber_.watch_fd(directory_->fd());
  names_.learn_sniffer(directory_->client());
}

Live::~Live() = default;

std::set<std::string> Live::endpoints() const {
  std::set<std::string> all = places_.all();
  all.insert(given_.begin(), given_.end());
  return all;
}

void Live::turn(TimePoint until, const std::function<void(const Capture&)>& take) {
  take_ = &take;
  probe();
  subscriber_.poll(std::min(until, std::max(probe_at_, bus::steady_now())), *this);
  take_ = nullptr;
}

/// Nodes answer a probe at once; without one, their next beacon may be half a second away.
void Live::probe() {
  if (!beacon_ || found_) {
    probe_at_ = kNever;
    return;
  }
  if (bus::steady_now() < probe_at_) return;
  probe_at_ = bus::steady_now() + kProbeEvery;
  const wire::Envelope self{settings_.cluster, {}, Uid{directory_->client().value}, {}};
  static_cast<void>(beacon_->send(wire::seal(self, wire::Probe{})));
}

void Live::hand_over(const Capture& capture) {
  if (told_.version() != names_.version()) {
    (*take_)({capture.at, Channel::names, {}, names_.encode_news(told_)});
    told_ = names_;
  }
  (*take_)(capture);
}

void Live::look_at(BytesView frame) {
  const auto header = peek(frame);
  if (!header) return;
  if (header->cluster != settings_.cluster) {
    if (others_.size() < kMostOthers) others_.insert(cli::harmless(std::string(header->cluster)));
    return;
  }
  if (header->kind == wire::Probe::kKind) return;  // a client's
  found_ = true;
  const bool known_group =
      !header->group || header->group == kDirectoryGroup || names_.groups().contains(header->group);
  if (!known_group) ask_about(header->group.value);
  if (!names_.nodes().contains(header->from)) ask_about(header->from.value);
}

/// There may be no name to be had: once in a while is enough.
void Live::ask_about(std::uint64_t unknown) {
  const TimePoint now = bus::steady_now();
  if (asked_.size() >= kMostUnknown) asked_.clear();
  const auto [at, first] = asked_.try_emplace(unknown, now);
  if (!first && now - at->second < kAskAgainAfter) return;
  at->second = now;
  directory_->ask_soon();
}

void Live::on_published(BytesView topic, BytesView payload) {
  look_at(payload);
  hand_over({bus::wall_now(), Channel::published, Bytes(topic), Bytes(payload)});
}

void Live::on_fd(int fd) {
  if (beacon_ && fd == beacon_->fd())
    beacon_->receive([this](BytesView datagram, const std::string& /*from*/) { on_datagram(datagram); });
  if (fd == directory_->fd())
    if (const auto news = directory_->take()) on_news(*news);
}

void Live::on_datagram(BytesView datagram) {
  // Everybody on this port hears everybody, itself included.
  if (const auto header = peek(datagram); header && header->from.value == directory_->client().value) return;
  if (const auto opened = wire::open(datagram, settings_.cluster))
    if (const auto said = opened->body<wire::Discovery>())
      if (const auto* beacon = std::get_if<wire::Beacon>(&*said)) {
        follow(places_.claimed(beacon->uid, beacon->pub));
        if (places_.knows(beacon->uid) && !named_.contains(beacon->uid)) names_.learn_node(beacon->uid, beacon->name);
      }
  look_at(datagram);
  hand_over({bus::wall_now(), Channel::datagram, {}, Bytes(datagram)});
}

void Live::on_news(const DirectoryNews& news) {
  for (const auto& node : news.nodes) {
    follow(places_.named(node.uid, node.endpoints.pub));
    if (!places_.knows(node.uid)) continue;
    names_.learn_node(node.uid, node.name);
    named_.insert(node.uid);
  }
  for (const auto& [group, name] : news.groups) names_.learn_group(group, name);
}

void Live::follow(const Places::Change& change) {
  // Malformed: whoever said that is not to be heard.
  if (!change.connect.empty() && !subscriber_.connect(change.connect)) places_.forget(change.connect);
  for (const std::string& endpoint : change.disconnect)
    if (!given_.contains(endpoint)) subscriber_.disconnect(endpoint);
}

}  // namespace gavel::sniffer
