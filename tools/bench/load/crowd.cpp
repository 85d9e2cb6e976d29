#include "tools/bench/load/crowd.hpp"

#include <algorithm>
#include <utility>

#include "client/cli/connection.hpp"
#include "client/cli/failure.hpp"
#include "common/bus/clock.hpp"
#include "common/wire/services/directory.hpp"

namespace gavel::bench {
namespace {

client::Options options_for(const CrowdOptions& crowd, std::size_t index) {
  client::Options options;
  options.cluster = crowd.cluster;
  options.id = ClientId{bus::random_seed() | 1U};
  options.name = crowd.name + "-" + std::to_string(index + 1);
  options.gateways = {crowd.gateways[index % crowd.gateways.size()]};
  options.window = crowd.window;
  options.max_calls = std::max<std::size_t>(options.max_calls, crowd.window * 2);
  return options;
}

}  // namespace

Crowd::Crowd(const CrowdOptions& options, Done done)
    : options_(options), done_(std::move(done)), members_(options.clients), pool_(options.clients) {
  for (std::size_t i = 0; i < members_.size(); ++i)
    members_[i].core = std::make_unique<client::Client>(options_for(options_, i), Random(bus::random_seed()));
}

Crowd::~Crowd() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    members_[i].core->close(bus::steady_now());
    touch(i);
  }
  done_ = [](std::size_t, client::CallId, const client::Outcome&) {};
  leaving_ = true;
  settle();
}

void Crowd::gather() {
  constexpr std::size_t kAtOnce = 64;
  constexpr Duration kToConnect = 30s;
  std::size_t waiting = 0;
  std::string problem;
  auto done = std::exchange(done_, [&](std::size_t, client::CallId, const client::Outcome& outcome) {
    --waiting;
    if (outcome.kind != client::OutcomeKind::ok) problem = outcome.message;
  });
  for (std::size_t i = 0; i < members_.size() || waiting > 0;) {
    if (i < members_.size() && waiting < kAtOnce) {
      members_[i].core->local(bus::steady_now(), kDirectoryGroup,
                              wire::encode_any(directory::Question(directory::AskStanding{})), kToConnect);
      touch(i++);
      ++waiting;
    } else {
      turn(bus::steady_now() + 50ms);
    }
    if (cli::interrupted()) cli::fail_with(cli::Exit::interrupted, "interrupted");
  }
  if (!problem.empty()) cli::fail_with(cli::Exit::no_quorum, "not all clients could connect: " + problem);
  done_ = std::move(done);
}

client::CallId Crowd::command(TimePoint now, std::size_t client, GroupId group, Bytes body) {
  const auto call = members_[client].core->command(now, group, std::move(body), options_.timeout);
  touch(client);
  return call;
}

void Crowd::touch(std::size_t client) {
  if (members_[client].touched) return;
  members_[client].touched = true;
  touched_.push_back(client);
}

void Crowd::turn(TimePoint until) {
  settle();
  pool_.poll(std::min(until, earliest_), *this);
  settle();
  if (const TimePoint now = bus::steady_now(); earliest_ <= now) tick(now);
}

void Crowd::tick(TimePoint now) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].due > now) continue;
    members_[i].core->tick(now);
    touch(i);
  }
  settle();
  earliest_ = kNever;
  for (const Member& member : members_) earliest_ = std::min(earliest_, member.due);
}

void Crowd::settle() {
  // Whoever is called on the way may touch further clients, and the same ones again.
  for (std::size_t i = 0; i < touched_.size(); ++i) {
    Member& member = members_[touched_[i]];
    member.touched = false;
    carry_out(touched_[i]);
    member.due = member.core->next_deadline();
    earliest_ = std::min(earliest_, member.due);
  }
  touched_.clear();
}

void Crowd::carry_out(std::size_t client) {
  auto& wanted = members_[client].core->effects();
  while (!wanted.empty()) {
    effects_.clear();
    effects_.swap(wanted);
    for (client::Effect& effect : effects_) carry_out(client, effect);
  }
}

void Crowd::carry_out(std::size_t client, client::Effect& effect) {
  constexpr Duration kToTakeLeave = 50ms;
  if (const auto* frame = std::get_if<client::Send>(&effect)) {
    static_cast<void>(pool_.send(client, frame->frame));  // a full connection shows as silence, and the core repeats
  } else if (const auto* completed = std::get_if<client::Completed>(&effect)) {
    done_(client, completed->call, completed->outcome);
  } else if (const auto* connect = std::get_if<client::Connect>(&effect)) {
    pool_.close(client, kToTakeLeave);
    if (leaving_) return;
    ++connects_;
    if (!pool_.connect(client, connect->endpoint)) members_[client].core->on_gateway_lost(bus::steady_now());
  } else if (std::holds_alternative<client::Disconnect>(effect)) {
    pool_.close(client, kToTakeLeave);
  }
}

void Crowd::on_message(std::size_t client, BytesView payload) {
  members_[client].core->on_frame(bus::steady_now(), payload);
  touch(client);
}

void Crowd::on_lost(std::size_t client) {
  members_[client].core->on_gateway_lost(bus::steady_now());
  touch(client);
}

}  // namespace gavel::bench
