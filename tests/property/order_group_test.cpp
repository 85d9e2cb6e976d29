// Five replicas under whatever mix of crashes, cuts, losses and stalled disks: afterwards they agree, and each command
// counted once. The simulator goes much deeper (tests/sim); this one shrinks what it finds.
#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <sstream>

#include "common/base/random.hpp"
#include "tests/unit/order_pipe.hpp"

namespace gavel::order {
namespace {

enum class Blow { crash, restart, cut_link, isolate, heal, lose, stall_disks, hint };
struct Fault {
  Blow blow;
  std::uint64_t on;
  std::uint64_t other;
  int for_ms;
};
std::ostream& operator<<(std::ostream& out, const Fault& fault) {
  return out << "{" << static_cast<int>(fault.blow) << " on " << fault.on << ", " << fault.other << ", for "
             << fault.for_ms << " ms}";
}

rc::Gen<std::vector<Fault>> faults() {
  const auto uid = rc::gen::inRange<std::uint64_t>(1, 6);
  return rc::gen::container<std::vector<Fault>>(
      rc::gen::construct<Fault>(rc::gen::element(Blow::crash, Blow::restart, Blow::restart, Blow::cut_link,
                                                 Blow::isolate, Blow::heal, Blow::lose, Blow::stall_disks, Blow::hint),
                                uid, uid, rc::gen::inRange(1, 150)));
}

// Small bounds, so that snapshots, windows and digests matter within seconds.
Options tight() {
  Options options;
  options.heartbeat = 20ms;
  options.suspicion = 100ms;
  options.hop_timeout = 20ms;
  options.election_timeout = 150ms;
  options.hold_down = 300ms;
  options.slots_in_flight = 12;
  options.compact_entries = 20;
  options.retained_entries = 5;
  options.digest_interval = 16;
  options.reply_window = 1U << 20U;  // the test keeps its window open for ever
  return options;
}

class Ordeal {
 public:
  Ordeal() : pipe_(tight()) {
    pipe_.found({1, 2, 3, 4, 5});
    const auto session = pipe_.ask(1, {wire::RequestKind::open, {}, {}, ""});
    RC_ASSERT(session.has_value());
    session_ = session->session;
  }
  void strike(const Fault& fault) {
    switch (fault.blow) {
      case Blow::crash:
        if (down_.insert(fault.on).second) pipe_.crash(fault.on);
        break;
      case Blow::restart:
        if (!down_.empty()) pipe_.start(down_.extract(down_.begin()).value());
        break;
      case Blow::cut_link:
        pipe_.cut(fault.on, fault.other);
        break;
      case Blow::isolate:
        pipe_.isolate(fault.on);
        break;
      case Blow::heal:
        pipe_.heal();
        break;
      case Blow::lose:
        pipe_.lose([this, share = 0.05 * static_cast<double>(fault.other)](
                       std::uint64_t, std::uint64_t, const wire::OrderMessage&) { return random_.chance(share); });
        break;
      case Blow::stall_disks:
        pipe_.disks_work(fault.other > 2);
        break;
      case Blow::hint:  // true or false: it is only a hint
        if (!down_.contains(fault.on) && fault.on != fault.other) pipe_.step(fault.on, PeerLost{Uid{fault.other}});
        break;
    }
    for (const std::uint64_t gateway : {fault.on, fault.other}) submit(gateway);  // the same command, twice perhaps
    pipe_.run(Duration(std::chrono::milliseconds(fault.for_ms)));
  }
  void submit(std::uint64_t gateway) {
    if (down_.contains(gateway)) return;
    const auto number = RequestNumber{++asked_ / 2 + 1};
    const auto id = pipe_.submit(gateway, {wire::RequestKind::command, session_, number, std::to_string(number.value)});
    number_of_[SubmitId{id}] = number.value;
  }
  void end() {
    pipe_.heal();
    pipe_.disks_work(true);
    for (const auto uid : down_) pipe_.start(uid);
    RC_ASSERT(pipe_.until(
        [&] { return pipe_.agree() && pipe_.leader() == 5 && pipe_.at(5).commit() == pipe_.at(5).last(); }, 20s));
    RC_ASSERT(pipe_.overfull() == "");
    std::map<std::uint64_t, int> times;
    std::istringstream list(pipe_[5].machine->list());
    for (std::string number; std::getline(list, number, ',');) ++times[std::stoull(number)];
    for (const auto& [number, count] : times) RC_ASSERT(count == 1);
    for (const std::uint64_t uid : {1, 2, 3, 4, 5})
      for (const auto& answer : pipe_[uid].answers)
        if (number_of_.contains(answer.id) && answer.status == wire::AnswerStatus::ok)
          RC_ASSERT(times.contains(number_of_.at(answer.id)));
  }

 private:
  Pipe pipe_;
  Random random_{7};
  SessionId session_;
  std::set<std::uint64_t> down_;
  std::uint64_t asked_ = 0;
  std::map<SubmitId, std::uint64_t> number_of_;
};

TEST_CASE("P4, P6, P7, P9, P10: whatever happens to five replicas, once it ends") {
  rc::prop("they agree, each command counted once, and what was answered is there", [] {
    const auto blows = *faults();
    Ordeal ordeal;
    for (const auto& fault : blows) ordeal.strike(fault);
    ordeal.end();
  });
}

}  // namespace
}  // namespace gavel::order
