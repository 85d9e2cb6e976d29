// find: listens for the nodes' beacons.
#include <map>

#include "client/cli/commands.hpp"
#include "client/cli/rows.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

void find(Context& context, const std::string& duration) {
  const auto length = parse_duration(duration);
  if (!length) fail_with(Exit::usage, "--for " + length.error().message);
  bus::BeaconOptions options;
  options.address = context.settings.beacon_address;
  options.port = context.settings.beacon_port;
  auto beacon = bus::Beacon::open(options, context.settings.beacon_interface);
  if (!beacon) fail_with(Exit::internal, "cannot listen for beacons: " + beacon.error().message);

  std::map<Uid, wire::Beacon> found;
  std::map<std::string, int> strangers;
  const auto on_datagram = [&](BytesView datagram, const std::string& from) {
    const auto opened = wire::open(datagram, context.settings.cluster);
    if (!opened) {
      ++strangers[from + ": " + harmless(opened.error().message)];
      return;
    }
    const auto message = opened->body<wire::Discovery>();
    if (const auto* one = message ? std::get_if<wire::Beacon>(&*message) : nullptr) found[one->uid] = *one;
  };
  const Bytes probe = wire::seal(wire::Envelope{context.settings.cluster, {}, {}, {}}, wire::Probe{});
  bus::ClientSocket waiter;
  bus::ClientSink sink;
  waiter.watch_fd(beacon->fd());
  const TimePoint until = bus::steady_now() + *length;
  for (TimePoint probe_at = kLongAgo; bus::steady_now() < until && !interrupted();) {
    if (probe_at <= bus::steady_now()) {
      static_cast<void>(beacon->send(probe));
      probe_at = bus::steady_now() + 200ms;
    }
    waiter.poll(std::min(until, probe_at), sink);
    beacon->receive(on_datagram);
  }
  waiter.unwatch_fd(beacon->fd());

  Section section{
      "nodes",
      {{"node", "NODE"}, {"uid", "UID"}, {"member", "MEMBER"}, {"clients", "CLIENTS"}, {"client_endpoint", "ENDPOINT"}},
      {},
      ""};
  for (const auto& [uid, one] : found)
    section.rows.push_back({{"node", one.name},
                            {"uid", gavel::print(uid)},
                            {"member", one.member},
                            {"clients", one.clients},
                            {"client_endpoint", one.client},
                            {"peer_endpoint", one.peer},
                            {"pub_endpoint", one.pub}});
  if (interrupted()) fail_with(Exit::interrupted, "");
  context.output().list(section);
  for (const auto& [what, count] : strangers) std::cerr << "gavel: ignored " << count << " from " << what << '\n';
  if (found.empty())
    fail_with(Exit::no_quorum, "no node of cluster '" + context.settings.cluster + "' was heard on port " +
                                   std::to_string(context.settings.beacon_port) + " within " + print(*length));
}

}  // namespace

void add_find_command(CLI::App& app, Context& context) {
  auto* look = app.add_subcommand("find",
                                  "Who is there: listens for the nodes' beacons\n\n"
                                  "Examples:\n"
                                  "  gavel find --for 3s");
  auto duration = std::make_shared<std::string>("1s");
  look->add_option("--for", *duration, "How long to listen")->capture_default_str();
  look->callback([&context, duration] { context.action = [&context, duration] { find(context, *duration); }; });
}

}  // namespace gavel::cli
