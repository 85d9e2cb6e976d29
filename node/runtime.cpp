#include "node/runtime.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/print.hpp"
#include "common/base/version.hpp"
#include "common/wire/limits.hpp"
#include "node/process_usage.hpp"
#include "node/whole_file.hpp"

namespace gavel::node {
namespace {

Result<wire::Archive> read_backup(const std::string& path) {
  const auto bytes = read_whole_file(path);
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto archive = wire::unpack_archive(*bytes);
  if (!archive) return fail(path + ": " + archive.error().message);
  return archive;
}

}  // namespace

// ---- signals ----------------------------------------------------------------------------------------------------

Signals::Signals() {
  // A client that goes away in mid-write, or a file that may not grow, is an error to be handled, not a death.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  fd_ = ::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  GAVEL_CHECK(fd_ >= 0, "the kernel gives a signalfd");
}

Signals::~Signals() { ::close(fd_); }

int Signals::take() const {
  signalfd_siginfo info{};
  return ::read(fd_, &info, sizeof info) == sizeof info ? static_cast<int>(info.ssi_signo) : 0;
}

// ---- life -------------------------------------------------------------------------------------------------------

Result<std::unique_ptr<Runtime>> Runtime::open(const Settings& settings, DataDirectory directory,
                                               const Signals& signals, Log& log) {
  std::unique_ptr<Runtime> runtime(new Runtime(settings, std::move(directory), signals, log));
  if (auto started = runtime->start(); !started) return tl::unexpected<Error>(started.error());
  return runtime;
}

Runtime::Runtime(const Settings& settings, DataDirectory directory, const Signals& signals, Log& log)
    : settings_(settings), directory_(std::move(directory)), signals_(signals), log_(log), console_(settings.console) {
  const Uid uid = directory_.identity.uid();
  name_ = settings.name.empty() ? "node-" + hex(uid.value & 0xFFFFFFU) : settings.name;
  log_.set_name(name_);
}

Runtime::~Runtime() = default;

Result<void> Runtime::start() {
  bus::BusOptions options;
  options.self = directory_.identity.uid();
  options.incarnation = directory_.identity.incarnation();
  options.listen = settings_.listen;
  options.max_message_bytes = static_cast<std::int64_t>(wire::kMaxFrameBytes);
  options.beacon.enabled = settings_.beacon;
  options.beacon.port = settings_.beacon_port;
  options.beacon.address = settings_.beacon_address;
  auto opened = bus::Bus::open(options);
  if (!opened) return tl::unexpected<Error>(opened.error());
  bus_ = *std::move(opened);
  tap_.emplace(wire::Envelope{settings_.cluster, {}, options.self, options.incarnation}, *bus_);
  for (const auto& note : directory_.notes) log_.warn(note);
  for (const auto& note : directory_.store->take_notes()) log_.warn(note);

  auto node_setup = setup();
  for (const auto& seed : settings_.seeds) {
    const auto address = bus::resolve(seed);
    if (!address) return fail("--join " + seed + ": " + address.error().message);
    const auto endpoints = bus::endpoints_at(*address);
    if (!endpoints) return fail("--join " + seed + ": " + endpoints.error().message);
    node_setup.seeds.push_back(endpoints->peer);
  }
  if (!settings_.restore.empty()) {
    auto backup = read_backup(settings_.restore);
    if (!backup) return tl::unexpected<Error>(backup.error());
    log_.info("founding from a backup of cluster " + backup->cluster + ", " + std::to_string(backup->groups.size()) +
              " groups");
    node_setup.restore = *std::move(backup);
  }
  auto node = host::Node::start(std::move(node_setup), directory_.kept, bus::now(), effects_);
  if (!node) return fail((settings_.restore.empty() ? "" : settings_.restore + ": ") + node.error().message);
  node_ = *std::move(node);
  directory_.kept.clear();

  store::StorageOptions storage_options;
  storage_options.sync_delay = settings_.sync_delay;
  storage_ = std::make_unique<store::Storage>(std::move(directory_.store), storage_options);
  bus_->watch_fd(storage_->readable_fd());
  bus_->watch_fd(signals_.fd());
  if (console_.fd() >= 0) bus_->watch_fd(console_.fd());
  if (settings_.metrics.empty()) return {};
  auto metrics = MetricsServer::open(settings_.metrics, [] { return host::metrics(process_usage()); });
  if (!metrics) return tl::unexpected<Error>(metrics.error());
  metrics_ = *std::move(metrics);
  bus_->watch_fd(metrics_->asked_fd());
  return {};
}

host::NodeSetup Runtime::setup() const {
  host::NodeSetup out;
  out.options.heartbeat = settings_.heartbeat;
  out.options.suspicion = settings_.suspicion;
  out.options.hold_down = settings_.hold_down;
  out.log_level = log_level_of(settings_.log_level).value_or(LogLevel::info);
  out.cluster = settings_.cluster;
  out.name = name_;
  out.version = kVersion;
  out.self = {directory_.identity.uid(), directory_.identity.incarnation()};
  const auto& at = bus_->endpoints();
  out.endpoints = {at.pub, at.peer, at.client};
  out.slots = settings_.slots;
  out.room = settings_.room;
  out.allow_faults = settings_.allow_faults;
  out.allow_restore = settings_.allow_restore;
  out.replace_after = settings_.replace_after;
  out.bootstrap = settings_.bootstrap;
  out.found_wait = settings_.beacon ? Duration(300ms) : Duration(0);
  out.retired = directory_.retired;
  out.seed = bus::random_seed();
  out.retain_closed = settings_.retain_closed;
  out.more_counters = [this](std::vector<wire::Counter>& counters) {
    const auto& bus = bus_->counters();
    counters.push_back({"bus_published", bus.published});
    counters.push_back({"bus_received", bus.received});
    counters.push_back({"bus_unsent_peer", bus.unsent_peer});
    counters.push_back({"bus_unsent_client", bus.unsent_client});
    counters.push_back({"bus_malformed", bus.malformed});
    counters.push_back({"disk_syncs", syncs_.count()});
    counters.push_back({"disk_syncs_direct", direct_syncs_});
  };
  return out;
}

/// A founder serves from when what it founded is on the disk; everybody else at once.
void Runtime::begin_to_serve() {
  if (settings_.bootstrap && !something_durable_) return;
  serving_ = true;
  if (auto published = publish_card(); !published) exit_ = host::Exit{1, published.error().message};
}

Result<void> Runtime::publish_card() const {
  const auto& at = bus_->endpoints();
  const Uid uid = directory_.identity.uid();
  nlohmann::ordered_json card{
      {"uid", hex(uid.value)},
      {"name", name_},
      {"cluster", settings_.cluster},
      {"pid", ::getpid()},
      {"version", kVersion},
      {"durability", settings_.durable ? "fsync" : "memory"},
      {"endpoints", {{"client", at.client}, {"peer", at.peer}, {"pub", at.pub}}},
  };
  if (metrics_) card["metrics"] = metrics_->url();
  if (auto written = directory_.publish(card.dump(1) + "\n"); !written) return written;
  log_.info("ready: uid " + hex(uid.value) + ", clients and --join at " + at.client.substr(6) + ", cluster " +
            settings_.cluster + (settings_.durable ? "" : ", durability memory") +
            (metrics_ ? ", metrics at " + metrics_->url() : ""));
  return {};
}

int Runtime::run() {
  carry_out();
  while (!exit_) {
    if (!serving_) begin_to_serve();
    TimePoint deadline = std::min(node_->next_deadline(), tap_->next_deadline());
    if (!unsubmitted_.empty()) deadline = std::min(deadline, bus::steady_now() + 1ms);
    bus_->poll(deadline, *this);
    if (!lost_.empty()) tell_of_lost_peers();
    if (const Now now = bus::now(); node_->next_deadline() <= now.at) node_->on_tick(now, effects_);
    carry_out();
    tap_->tick(bus::steady_now());
  }
  return finish();
}

/// What a dead peer said last may still wait in the sockets; heard after the hint, it would count as a sign of life.
void Runtime::tell_of_lost_peers() {
  bus_->poll(kLongAgo, *this);
  for (const Uid peer : std::exchange(lost_, {})) node_->on_peer_lost(bus::now(), peer, effects_);
}

/// What was asked of the disk gets there before the process ends.
int Runtime::finish() {
  if (!exit_->reason.empty()) exit_->code == 0 ? log_.info(exit_->reason) : log_.error(exit_->reason);
  submit_writes();
  storage_->stop();
  return exit_->code;
}

// ---- events -----------------------------------------------------------------------------------------------------

void Runtime::on_published(BytesView /*topic*/, BytesView payload) {
  node_->on_peer_frame(bus::now(), payload, effects_);
}

void Runtime::on_subscribed(BytesView prefix, bool wanted) { tap_->on_subscribed(bus::steady_now(), prefix, wanted); }

void Runtime::on_peer(BytesView payload) { node_->on_peer_frame(bus::now(), payload, effects_); }

void Runtime::on_client(BytesView routing_id, BytesView payload) {
  tap_->from_client(routing_id, payload);
  node_->on_client_frame(bus::now(), routing_id, payload, effects_);
}

void Runtime::on_peer_lost(Uid peer) { lost_.push_back(peer); }

void Runtime::on_beacon(BytesView datagram, const std::string& /*from*/) {
  node_->on_datagram(bus::now(), datagram, effects_);
}

void Runtime::on_fd(int fd) {
  if (fd == signals_.fd()) return on_signal();
  if (metrics_ && fd == metrics_->asked_fd()) return on_metrics_wanted();
  if (fd != console_.fd()) return on_storage();
  console_.on_readable(*node_, bus::now(), effects_);
  if (console_.fd() < 0) bus_->unwatch_fd(fd);
}

void Runtime::on_storage() {
  const auto report = storage_->collect();
  syncs_ += report.syncs;
  direct_syncs_ += report.direct;
  bytes_written_ += report.bytes;
  for (const auto& note : report.notes) node_->on_storage_note(bus::now(), note, effects_);
  something_durable_ = something_durable_ || !report.durable.empty();
  if (!report.durable.empty()) node_->on_durable(bus::now(), report.durable.back(), effects_);
  if (!report.failure || storage_failed_) return;
  storage_failed_ = true;
  unsubmitted_.clear();
  node_->on_storage_failed(bus::now(), report.failure->message, effects_);
}

void Runtime::on_metrics_wanted() {
  if (!metrics_->take_question()) return;
  const auto& bus = bus_->counters();
  const auto queue = storage_->queue();
  const host::Surroundings around{
      .published = bus.published,
      .unsent_peer = bus.unsent_peer,
      .unsent_client = bus.unsent_client,
      .wrong_frames = bus.malformed,
      .tapped = tap_->wanted(),
      .syncs = syncs_,
      .bytes_written = bytes_written_,
      .unsubmitted = unsubmitted_.size(),
      .storage_batches = queue.batches,
      .storage_bytes = queue.bytes,
  };
  const Now now = bus::now();
  metrics_->answer({host::metrics(*node_, now, around), node_->ailment(now)});
}

void Runtime::on_signal() {
  static bool asked = false;
  while (const int signal = signals_.take()) {
    if (asked) ::_exit(128 + signal);
    asked = true;
    node_->on_drain(bus::now(), effects_);
  }
}

// ---- effects ----------------------------------------------------------------------------------------------------

void Runtime::carry_out() {
  node_->end_turn(bus::now(), effects_);
  submit_writes();
  while (storage_->has_news()) {  // what the store has done already, one in memory always: what follows leaves with it
    on_storage();
    node_->end_turn(bus::now(), effects_);
    submit_writes();
  }
  carry_out_links();
  carry_out_sends();
  tell_people();
  if (effects_.exit) exit_ = std::move(effects_.exit);
  effects_.clear();
  for (const auto& client : std::exchange(unreachable_, {})) node_->on_client_unreachable(bus::now(), client, effects_);
}

void Runtime::carry_out_links() {
  for (const auto& link : effects_.links) {
    if (!link.endpoints) {
      bus_->disconnect(link.peer);
      continue;
    }
    const auto& at = *link.endpoints;
    const auto connected = bus_->connect(link.peer, {.client = at.client, .peer = at.peer, .pub = at.pub});
    if (!connected) log_.warn("cannot connect to node " + hex(link.peer.value) + ": " + connected.error().message);
  }
  for (const auto& subscription : effects_.subscriptions) {
    if (subscription.wanted)
      bus_->subscribe(subscription.prefix);
    else
      bus_->unsubscribe(subscription.prefix);
  }
}

void Runtime::submit_writes() {
  if (storage_failed_) return;
  std::move(effects_.writes.begin(), effects_.writes.end(), std::back_inserter(unsubmitted_));
  effects_.writes.clear();
  if (unsubmitted_.empty()) return;
  std::vector<store::Operation> operations;
  operations.reserve(unsubmitted_.size());
  for (const auto& write : unsubmitted_) operations.push_back(write.operation);
  if (storage_->submit(unsubmitted_.back().ticket, std::move(operations))) unsubmitted_.clear();
}

void Runtime::carry_out_sends() {
  for (const auto& publish : effects_.publishes)
    bus_->publish(BytesView(publish.topic.data(), publish.topic.size()), publish.frame);
  for (const auto& send : effects_.peers) {
    bus_->send(send.to, send.frame);
    tap_->sent(send.to, send.frame);
  }
  for (const auto& seed : effects_.seeds) {
    bus_->send_seed(seed.endpoint, seed.frame);
    tap_->sent({}, seed.frame);
  }
  for (const auto& send : effects_.clients) {
    if (!bus_->send_client(send.routing_id, send.frame)) unreachable_.push_back(send.routing_id);
    tap_->to_client(send.routing_id, send.frame);
  }
  if (effects_.beacon) bus_->announce(*std::move(effects_.beacon));
  if (effects_.beacon_now) bus_->send_beacon_now();
}

void Runtime::tell_people() {
  if (effects_.log_level) log_.set_level(*effects_.log_level);
  if (effects_.sync_delay) storage_->set_sync_delay(*effects_.sync_delay);
  for (auto& note : effects_.notes) {
    const auto* replica = note.term ? nullptr : node_->replica(note.group);
    if (replica) note.term = replica->promised();
    log_.note(note, note.group ? node_->name_of(note.group) : std::string());
  }
  for (const auto& alarm : effects_.alarms) log_.error(alarm);
}

}  // namespace gavel::node
