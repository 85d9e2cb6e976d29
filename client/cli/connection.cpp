#include "client/cli/connection.hpp"

#include <csignal>
#include <iostream>

#include "client/cli/failure.hpp"
#include "common/bus/clock.hpp"
#include "common/bus/endpoint.hpp"

namespace gavel::cli {
namespace {

volatile std::sig_atomic_t interrupt_came = 0;

extern "C" void on_interrupt(int /*signal*/) { interrupt_came = 1; }

client::Options options_for(const Settings& settings) {
  client::Options options;
  options.cluster = settings.cluster;
  options.id = ClientId{bus::random_seed() | 1U};
  options.name = settings.as;
  options.stays = settings.stays;
  for (const std::string& node : settings.nodes) {
    const auto address = bus::resolve(node);
    if (!address) fail_with(Exit::usage, "--node " + node + ": " + address.error().message);
    if (address->port == 0)
      fail_with(Exit::usage, "--node " + node + ": the port is missing, e.g. --node 127.0.0.1:7401");
    options.gateways.push_back(bus::to_endpoint(*address));
  }
  return options;
}

client::Options options_for(const Settings& settings, const std::string& only_endpoint) {
  Settings bare = settings;
  bare.nodes.clear();
  client::Options options = options_for(bare);
  options.gateways = {only_endpoint};
  options.only_given = true;
  options.stays = false;
  return options;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
}
bool interrupted() { return interrupt_came != 0; }
void forget_interrupt() { interrupt_came = 0; }

Connection::Connection(const Settings& settings) : Connection(settings, options_for(settings)) {}

Connection::Connection(const Settings& settings, const std::string& only_endpoint)
    : Connection(settings, options_for(settings, only_endpoint)) {}

Connection::Connection(const Settings& settings, client::Options options)
    : settings_(settings), id_(options.id), client_(std::move(options), Random(bus::random_seed())) {}

Connection::~Connection() {
  client_.close(bus::steady_now());
  carry_out();
}

client::Outcome Connection::command(GroupId group, Bytes body) {
  return wait(client_.command(bus::steady_now(), group, std::move(body), settings_.timeout));
}
client::Outcome Connection::query(GroupId group, Bytes body) {
  return wait(client_.query(bus::steady_now(), group, std::move(body), settings_.timeout));
}
client::Outcome Connection::local(GroupId group, Bytes body) {
  return wait(client_.local(bus::steady_now(), group, std::move(body), settings_.timeout));
}
client::Outcome Connection::mark(GroupId group) {
  return wait(client_.mark(bus::steady_now(), group, settings_.timeout));
}
client::Outcome Connection::status() { return wait(client_.status(bus::steady_now(), settings_.timeout)); }
client::Outcome Connection::clients() { return wait(client_.clients(bus::steady_now(), settings_.timeout)); }
client::Outcome Connection::transfer(GroupId group, Uid to) {
  return wait(client_.transfer(bus::steady_now(), group, to, settings_.timeout));
}
client::Outcome Connection::set_faults(const wire::SetFaults& faults) {
  return wait(client_.set_faults(bus::steady_now(), faults, settings_.timeout));
}
client::Outcome Connection::backup(GroupId group, std::uint64_t offset) {
  return wait(client_.backup(bus::steady_now(), group, offset, settings_.timeout));
}
client::Outcome Connection::set_log_level(const std::string& level) {
  return wait(client_.set_log_level(bus::steady_now(), level, settings_.timeout));
}
client::Outcome Connection::restore(const wire::RestorePiece& piece) {
  return wait(client_.restore(bus::steady_now(), piece, settings_.timeout));
}

client::CallId Connection::begin_command(GroupId group, Bytes body, Duration timeout, Done done) {
  return begin(client_.command(bus::steady_now(), group, std::move(body), timeout), std::move(done));
}

client::CallId Connection::begin_local(GroupId group, Bytes body, Duration timeout, Done done) {
  return begin(client_.local(bus::steady_now(), group, std::move(body), timeout), std::move(done));
}

client::CallId Connection::begin(client::CallId call, Done done) {
  begun_.emplace(call, std::move(done));
  carry_out();
  return call;
}

void Connection::forget(client::CallId call) {
  if (begun_.erase(call) == 0) return;
  client_.cancel(bus::steady_now(), call);
  carry_out();
}

std::uint64_t Connection::watch(GroupId group, Slot slot, std::uint32_t index, Bytes topic, Listener listener) {
  const auto id = ++last_watch_;
  listeners_[{group, topic}] = std::make_shared<const Heard>(Heard{id, std::move(listener)});
  client_.watch(bus::steady_now(), group, slot, index, std::move(topic));
  carry_out();
  return id;
}

void Connection::unwatch(std::uint64_t watch) {
  for (auto at = listeners_.begin(); at != listeners_.end(); ++at) {
    if (at->second->id != watch) continue;
    client_.unwatch(at->first.group, at->first.name);
    listeners_.erase(at);
    return carry_out();
  }
}

std::shared_ptr<const Connection::Heard> Connection::listening(GroupId group, const Bytes& topic) const {
  const auto at = listeners_.find({group, topic});
  return at == listeners_.end() ? nullptr : at->second;
}

client::Outcome Connection::wait(client::CallId call) {
  awaited_ = call;
  outcome_.reset();
  carry_out();
  while (!outcome_) {
    if (interrupted()) {
      client_.cancel(bus::steady_now(), call);
      carry_out();
      fail_with(Exit::interrupted, "interrupted; a command that was under way may still be executed");
    }
    turn(kNever);
  }
  return std::move(*outcome_);
}

void Connection::turn(TimePoint until) {
  // A signal that comes just before the wait would be slept through: never sleep for long.
  constexpr Duration kLongestSleep = 250ms;
  const TimePoint now = bus::steady_now();
  socket_.poll(std::min({until, client_.next_deadline(), now + kLongestSleep}), *this);
  client_.tick(bus::steady_now());
  carry_out();
}

bool Connection::turn(TimePoint until, int fd) {
  if (watched_fd_ != fd) {
    if (watched_fd_ >= 0) socket_.unwatch_fd(watched_fd_);
    socket_.watch_fd(fd);
    watched_fd_ = fd;
  }
  fd_ready_ = false;
  turn(until);
  socket_.unwatch_fd(fd);
  watched_fd_ = -1;
  return fd_ready_;
}

void Connection::on_message(BytesView payload) { client_.on_frame(bus::steady_now(), payload); }

void Connection::on_lost() { client_.on_gateway_lost(bus::steady_now()); }

void Connection::on_fd(int fd) {
  if (fd == watched_fd_) fd_ready_ = true;
  if (!beacon_ || fd != beacon_->fd()) return;
  beacon_->receive(
      [this](BytesView datagram, const std::string& /*from*/) { client_.on_datagram(bus::steady_now(), datagram); });
}

void Connection::carry_out() {
  if (carrying_out_) return;  // whoever is called on the way leaves it to the loop that called
  carrying_out_ = true;
  const auto done = std::shared_ptr<void>(nullptr, [this](void*) { carrying_out_ = false; });
  while (!client_.effects().empty()) {
    client::Effects effects;
    effects.swap(client_.effects());
    for (client::Effect& effect : effects) carry_out(effect);
  }
}

void Connection::carry_out(client::Effect& effect) {
  constexpr Duration kToTakeLeave = 50ms;
  if (const auto* connect = std::get_if<client::Connect>(&effect)) {
    socket_.close(kToTakeLeave);
    if (!socket_.connect(connect->endpoint)) client_.on_gateway_lost(bus::steady_now());
  } else if (std::holds_alternative<client::Disconnect>(effect)) {
    socket_.close(kToTakeLeave);
  } else if (const auto* frame = std::get_if<client::Send>(&effect)) {
    // A full or broken connection shows as silence, and the core sends again.
    static_cast<void>(socket_.send(frame->frame));
  } else if (const auto* datagram = std::get_if<client::Probe>(&effect)) {
    probe(datagram->datagram);
  } else if (auto* completed = std::get_if<client::Completed>(&effect)) {
    complete(*completed);
  } else if (const auto* event = std::get_if<client::Event>(&effect)) {
    const auto heard = listening(event->group, event->topic);
    if (heard && heard->listener.on_event) heard->listener.on_event(*event);
  } else if (const auto* resync = std::get_if<client::Resync>(&effect)) {
    const auto heard = listening(resync->group, resync->topic);
    if (heard && heard->listener.on_resync) heard->listener.on_resync(*resync);
  } else if (const auto* note = std::get_if<client::Note>(&effect)) {
    if (settings_.verbose) std::cerr << "gavel: " << client::print(note->kind) << ' ' << note->text << '\n';
  }
}

void Connection::complete(client::Completed& completed) {
  if (auto begun = begun_.extract(completed.call))
    begun.mapped()(completed.outcome);
  else if (completed.call == awaited_)
    outcome_ = std::move(completed.outcome);
}

void Connection::probe(const Bytes& datagram) {
  if (!beacon_ && !beacon_failed_) {
    bus::BeaconOptions options;
    options.address = settings_.beacon_address;
    options.port = settings_.beacon_port;
    auto opened = bus::Beacon::open(options, settings_.beacon_interface);
    if (opened) {
      beacon_.emplace(std::move(*opened));
      socket_.watch_fd(beacon_->fd());
    } else {
      beacon_failed_ = true;
      std::cerr << "gavel: cannot listen for beacons: " << opened.error().message << "; name a node with --node\n";
    }
  }
  if (beacon_) static_cast<void>(beacon_->send(datagram));
}

}  // namespace gavel::cli
