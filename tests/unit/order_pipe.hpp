// Replicas of one group joined by a pipe: virtual time, a disk that is always a moment late, and messages that arrive
// in order unless a test cuts a link. No randomness but the replicas' own jitter.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/digest.hpp"
#include "common/order/replica.hpp"
#include "common/wire/codec.hpp"

namespace gavel::order {

/// Appends every command to a list; the reply is its place. A query yields the whole list, separated by commas.
class ListMachine : public StateMachine {
 public:
  std::uint16_t kind() const override { return 99; }
  Bytes apply(const CommandContext& /*context*/, BytesView command, Events& events) override {
    if (!list_.empty()) list_ += ",";
    list_ += command;
    events.push_back({Bytes(command)});
    return std::to_string(++count_);
  }
  Bytes query(BytesView /*question*/) const override { return list_; }
  Rope snapshot() const override {  // in two pieces, as a service may
    Rope rope(std::to_string(count_) + ":");
    rope.append(list_);
    return rope;
  }
  Result<void> restore(BytesView snapshot) override {
    const auto colon = snapshot.find(':');
    count_ = std::stoul(Bytes(snapshot.substr(0, colon)));
    list_ = snapshot.substr(colon + 1);
    return {};
  }
  Digest digest() const override { return digest_of(list_); }
  const Bytes& list() const { return list_; }
  void corrupt() { list_ += "?"; }

 private:
  Bytes list_;
  std::size_t count_ = 0;
};

class Pipe {
 public:
  struct Seat {
    wire::Member self;
    std::unique_ptr<Replica> replica;
    ListMachine* machine = nullptr;
    Recovered disk;  // what survives a crash
    std::deque<Persist> syncing;
    Duration sync_time{};            // 0: each sync is done in the next moment
    std::size_t sync_under_way = 0;  // so many of `syncing`
    TimePoint sync_done{};
    std::vector<Answered> answers;
    std::vector<Happened> events;
    std::vector<std::string> notes;
    std::uint64_t steps = 0;

    bool noted(const std::string& what) const {
      return std::any_of(notes.begin(), notes.end(),
                         [&](const std::string& note) { return note.find(what) != std::string::npos; });
    }
  };

  explicit Pipe(Options options = {}) : options_(options) {}

  /// A group's founding members, uids as given.
  void found(const std::vector<std::uint64_t>& uids) {
    wire::Config config;
    for (const auto uid : uids) config.voters.push_back(Uid{uid});
    for (const auto uid : uids) {
      seats_[uid].disk.snapshot = genesis(config, ListMachine{});
      start(uid);
    }
  }
  void add_blank(std::uint64_t uid) { start(uid); }
  void add_observer(std::uint64_t uid) { start(uid, Participation::observer); }

  void start(std::uint64_t uid, Participation participation = Participation::member) {
    auto& seat = seats_[uid];
    seat.self = {Uid{uid}, Incarnation{++incarnations_}};
    auto machine = std::make_unique<ListMachine>();
    seat.machine = machine.get();
    seat.replica = std::make_unique<Replica>(Setup{options_, GroupId{7}, seat.self, participation, uid}, seat.disk,
                                             std::move(machine), now_);
  }
  /// Loses what was not synced.
  void crash(std::uint64_t uid) {
    seats_[uid].replica.reset();
    seats_[uid].syncing.clear();
    seats_[uid].sync_under_way = 0;
    std::erase_if(wires_, [uid](const Flying& flying) { return flying.to == uid; });
  }
  void cut(std::uint64_t from, std::uint64_t to) { cut_.emplace(from, to); }
  void isolate(std::uint64_t uid) {
    for (const auto& [other, seat] : seats_) {
      cut(uid, other);
      cut(other, uid);
    }
  }
  void heal() {
    cut_.clear();
    loses_ = nullptr;
  }
  using Loses = std::function<bool(std::uint64_t from, std::uint64_t to, const wire::OrderMessage& message)>;
  /// From now on, the messages for which it says so are lost.
  void lose(Loses loses) { loses_ = std::move(loses); }
  /// Looks at every message that is delivered.
  void watch(std::function<void(std::uint64_t to, const wire::OrderMessage& message)> seen) { seen_ = std::move(seen); }

  void step(std::uint64_t uid, Event event) {
    auto& seat = seats_.at(uid);
    if (!seat.replica) return;
    effects_.clear();
    seat.replica->step(now_, std::move(event), effects_);
    ++seat.steps;
    auto effects = effects_;
    if (const auto* name = seat.replica->overfull()) overfull_ = name;
    for (auto& cast : effects.multicasts)
      for (const auto& [other, other_seat] : seats_)
        if (other != uid) post(uid, other, cast.message);
    for (auto& send : effects.unicasts) post(uid, send.to.value, send.message);
    for (auto& persist : effects.persists) seat.syncing.push_back(std::move(persist));
    for (auto& answer : effects.answers) seat.answers.push_back(std::move(answer));
    for (auto& event_out : effects.events) seat.events.push_back(std::move(event_out));
    for (auto& note : effects.notes) seat.notes.push_back(std::move(note.text));
  }

  void run(Duration time) {
    const auto end = now_.at + time;
    while (now_.at < end) {
      advance(200us);
      auto arriving = std::move(wires_);
      wires_.clear();
      for (auto& flying : arriving)
        if (seats_.contains(flying.to) && seats_[flying.to].replica) {
          if (seen_) seen_(flying.to, flying.message);
          step(flying.to, Received{seats_[flying.from].self, std::move(flying.message)});
        }
      for (auto& [uid, seat] : seats_) {
        if (!seat.replica) continue;
        if (!seat.syncing.empty() && disks_work_) sync(uid, seat);
        if (seat.replica && seat.replica->next_deadline() <= now_.at) step(uid, Tick{});
      }
    }
  }
  /// Runs until `condition` holds, at most `limit`; whether it held.
  bool until(const std::function<bool()>& condition, Duration limit = 10s) {
    const auto end = now_.at + limit;
    while (!condition() && now_.at < end) run(200us);
    return condition();
  }

  std::optional<std::uint64_t> leader() const {
    std::optional<std::uint64_t> found;
    for (const auto& [uid, seat] : seats_)
      if (seat.replica && seat.replica->leads() &&
          (!found || seat.replica->promised() > seats_.at(*found).replica->promised()))
        found = uid;
    return found;
  }
  bool has_leader() const { return leader().has_value(); }

  /// Submits through `gateway` and waits for the answer.
  std::optional<Answered> ask(std::uint64_t gateway, wire::Request request, Duration limit = 10s) {
    const SubmitId id{++submits_};
    step(gateway, Submit{{{id, std::move(request)}}});
    auto& answers = seats_.at(gateway).answers;
    const auto mine = [&] {
      return std::find_if(answers.begin(), answers.end(), [id](const Answered& answer) { return answer.id == id; });
    };
    if (!until([&] { return mine() != answers.end(); }, limit)) return std::nullopt;
    return *mine();
  }
  std::optional<Answered> propose(std::uint64_t gateway, Bytes command, Duration limit = 10s) {
    return ask(gateway, {wire::RequestKind::proposal, {}, {}, std::move(command)}, limit);
  }
  /// Whether every live member applied up to the same slot with the same digest.
  bool agree() const {
    std::set<std::pair<Slot, Digest>> states;
    for (const auto& [uid, seat] : seats_)
      if (seat.replica) states.emplace(seat.replica->commit(), seat.replica->digest());
    return states.size() == 1;
  }

  Seat& operator[](std::uint64_t uid) { return seats_.at(uid); }
  Replica& at(std::uint64_t uid) { return *seats_.at(uid).replica; }
  Now now() const { return now_; }
  /// The queue that was over its bound at the end of any step; empty if none ever was (invariant 10).
  const std::string& overfull() const { return overfull_; }
  std::uint64_t submit(std::uint64_t gateway, wire::Request request) {
    step(gateway, Submit{{{SubmitId{++submits_}, std::move(request)}}});
    return submits_;
  }
  void disks_work(bool work) { disks_work_ = work; }
  /// Each sync takes that long from now on; what comes meanwhile waits for the next.
  void slow_disk(std::uint64_t uid, Duration sync_time) { seats_.at(uid).sync_time = sync_time; }

 private:
  struct Flying {
    std::uint64_t from;
    std::uint64_t to;
    wire::OrderMessage message;
  };
  void post(std::uint64_t from, std::uint64_t to, const wire::OrderMessage& message) {
    if (cut_.contains({from, to}) || (loses_ && loses_(from, to, message))) return;
    wires_.push_back({from, to, message});
  }
  void advance(Duration time) {
    now_.at += time;
    now_.wall = now_.wall + time;
  }
  void sync(std::uint64_t uid, Seat& seat) {
    if (seat.sync_under_way == 0) {
      seat.sync_under_way = seat.syncing.size();
      seat.sync_done = now_.at + seat.sync_time;
    }
    if (now_.at < seat.sync_done) return;
    const auto upto = seat.syncing[seat.sync_under_way - 1].ticket;
    for (; seat.sync_under_way > 0; --seat.sync_under_way) {
      apply(seat.disk, seat.syncing.front());
      seat.syncing.pop_front();
    }
    step(uid, Persisted{upto});
  }
  static void apply(Recovered& disk, const Persist& persist) {
    const auto base = disk.snapshot ? disk.snapshot->slot : Slot{};
    switch (persist.kind) {
      case PersistKind::promise:
        disk.promised = wire::decode<wire::PromiseRecord>(*persist.bytes.joined())->promised;
        break;
      case PersistKind::append:
        disk.entries.push_back(*wire::decode<wire::FullEntry>(*persist.bytes.joined()));
        break;
      case PersistKind::cut_tail:
        disk.entries.resize(persist.slot.since(base));
        break;
      case PersistKind::snapshot: {
        auto snapshot = *wire::decode<wire::SnapshotRecord>(*persist.bytes.joined());
        const auto gone = std::min<std::size_t>(snapshot.slot.since(base), disk.entries.size());
        disk.entries.erase(disk.entries.begin(), disk.entries.begin() + static_cast<std::ptrdiff_t>(gone));
        if (!persist.keep_tail) disk.entries.clear();
        disk.snapshot = std::move(snapshot);
        break;
      }
    }
  }

  Options options_;
  Now now_{TimePoint(1s), WallTime{1'000'000'000}};
  std::map<std::uint64_t, Seat> seats_;
  std::vector<Flying> wires_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> cut_;
  Loses loses_;
  std::function<void(std::uint64_t, const wire::OrderMessage&)> seen_;
  Effects effects_;
  std::uint64_t incarnations_ = 0;
  std::uint64_t submits_ = 0;
  bool disks_work_ = true;
  std::string overfull_;
};

}  // namespace gavel::order
