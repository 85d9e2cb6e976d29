// The sniffer's watch for broken invariants, fed with all that the nodes of simulated runs send: it says nothing where
// no mistake is made, whatever the faults, whatever arrives late and whatever it misses; and it speaks where one of the
// mistakes shows on the bus.
#include "tools/sniffer/watch/watch.hpp"

#include <catch2/catch.hpp>
#include <queue>

#include "common/order/mistakes.hpp"
#include "common/wire/envelope.hpp"
#include "common/wire/tap_messages.hpp"
#include "tests/sim/mutant_modes.hpp"
#include "tests/sim/onlooker.hpp"
#include "tests/sim/run.hpp"
#include "tools/sniffer/capture/losses.hpp"
#include "tools/sniffer/message/decode.hpp"

namespace gavel::sim {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000'000;
constexpr GroupId kGroup{7};

/// What a sniffer is to a world: frames of one node come in their order, those of several in any, and some do not come.
class Sniffer : public Onlooker {
 public:
  Sniffer(std::uint64_t seed, double loss) : random_(seed), loss_(loss) {}

  void sent(TimePoint now, Uid from, Uid to, Path path, const SharedBytes& frame) override {
    pass(now);
    if (path != Path::unicast) {
      static const std::map<Path, char> kLetters{
          {Path::batch, 'b'}, {Path::order, 'o'}, {Path::ack, 'a'}, {Path::beat, 'h'}};
      return publish(now, from, Bytes("\0\0\0\0\0\0\0\7", 8) + kLetters.at(path), *frame);
    }
    wire::Tapped tapped;
    tapped.to = to;
    tapped.group = kGroup;
    tapped.size = frame->size();
    tapped.frame = *frame;
    if (const auto opened = wire::open(*frame, "sim")) tapped.kind = opened->kind;
    tap(now, from, std::move(tapped));
  }
  void called(TimePoint now, Uid gateway, std::size_t client, std::uint64_t call,
              const wire::Request& request) override {
    wire::TappedClient tapped;
    tapped.incoming = true;
    tapped.client = ClientId{client + 1};
    tapped.kind = wire::Call::kKind;
    tapped.group = kGroup;
    tapped.id = call + 1;
    tapped.session = request.session;
    tapped.number = request.number;
    tap(now, gateway, std::move(tapped));
  }
  void answered(TimePoint now, Uid gateway, std::size_t client, std::uint64_t call,
                const order::Answered& answered) override {
    wire::TappedClient tapped;
    tapped.client = ClientId{client + 1};
    tapped.kind = wire::Answer::kKind;
    tapped.id = call + 1;
    tapped.status = answered.status;
    tapped.slot = answered.slot;
    tap(now, gateway, std::move(tapped));
  }

  /// Everything that was sent has arrived, and the patience is over.
  void end() {
    const auto last = now_;
    for (int i = 1; i <= 40; ++i) pass(last + i * Duration(100ms));
  }

  std::vector<sniffer::Violation> found;
  std::uint64_t looked = 0;
  std::uint64_t not_checkable() const { return watch_.not_checkable(); }

 private:
  struct Coming {
    TimePoint at;
    std::uint64_t sequence = 0;
    Uid from;
    sniffer::Capture capture;
    bool operator>(const Coming& other) const { return std::pair(at, sequence) > std::pair(other.at, other.sequence); }
  };

  template <class Message>
  void tap(TimePoint now, Uid from, Message message) {
    pass(now);
    message.published = published_[from];
    publish(now, from, Bytes(wire::kTapTopic), wire::seal({"sim", GroupId{}, from, Incarnation{1U << 24U}}, message));
  }
  void publish(TimePoint now, Uid from, Bytes topic, Bytes frame) {
    ++published_[from];
    if (random_.chance(loss_)) return;
    auto& free_at = free_at_[from];
    const auto slow = random_.chance(0.002) ? Duration(150ms) : Duration(0);
    free_at = std::max(free_at, now + slow + random_.between(Duration(0), Duration(3ms)));
    coming_.push({free_at, ++sequence_, from, {{}, sniffer::Channel::published, std::move(topic), std::move(frame)}});
  }
  void arrive(const Coming& coming) {
    auto capture = coming.capture;
    capture.at = wall(coming.at);
    const auto seen = decoder_.decode(capture);
    REQUIRE(seen);
    REQUIRE(seen->fault.empty());
    if (losses_.arrived(coming.from, Incarnation{1U << 24U}, seen->published) > 0) watch_.missed(coming.from);
    ++looked;
    keep(watch_.look(*seen));
  }
  void pass(TimePoint now) {
    now_ = std::max(now_, now);
    while (true) {
      const bool ticks = tick_at_ <= now_ && (coming_.empty() || tick_at_ <= coming_.top().at);
      if (ticks) {
        keep(watch_.tick(wall(tick_at_)));
        const auto at = tick_at_;
        tick_at_ += 100ms;
        for (const auto& [node, count] : std::map(published_)) {
          wire::TapMark mark;
          mark.published = count;
          publish(at, node, Bytes(wire::kTapTopic), wire::seal({"sim", GroupId{}, node, Incarnation{1U << 24U}}, mark));
        }
      } else if (!coming_.empty() && coming_.top().at <= now_) {
        const auto next = coming_.top();
        coming_.pop();
        arrive(next);
      } else {
        return;
      }
    }
  }
  void keep(std::vector<sniffer::Violation> more) {
    for (auto& one : more) found.push_back(std::move(one));
  }
  static WallTime wall(TimePoint at) { return WallTime{kStart + at.time_since_epoch().count()}; }

  Random random_;
  double loss_;
  sniffer::Decoder decoder_{"sim"};
  sniffer::Names names_;
  sniffer::Watch watch_{names_};
  sniffer::Losses losses_;
  std::map<Uid, std::uint64_t> published_;
  std::map<Uid, TimePoint> free_at_;
  std::priority_queue<Coming, std::vector<Coming>, std::greater<>> coming_;
  std::uint64_t sequence_ = 0;
  TimePoint now_{};
  TimePoint tick_at_{};
};

std::vector<sniffer::Violation> watched(Mode mode, std::uint64_t seed, double loss, bool unchecked,
                                        std::uint64_t* looked = nullptr) {
  Sniffer sniffer(seed, loss);
  Statistics statistics;
  RunOptions run;
  run.seed = seed;
  run.mode = mode;
  run.onlooker = &sniffer;
  run.unchecked = unchecked;
  const auto outcome = run_group(run, statistics);
  if (!unchecked) CHECK(outcome.passed);
  sniffer.end();
  if (looked) *looked += sniffer.looked;
  return sniffer.found;
}

constexpr Mode kModesWatched[] = {Mode::mixed, Mode::safety, Mode::member, Mode::partial, Mode::damage,
                                  Mode::conf1, Mode::conf2,  Mode::quiet,  Mode::figure8};

void says_nothing(double loss, std::uint64_t seeds) {
  std::uint64_t looked = 0;
  for (const auto mode : kModesWatched)
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const auto found = watched(mode, seed, loss, false, &looked);
      INFO("mode " << name_of(mode) << ", seed " << seed << ": " << (found.empty() ? "" : found.front().text));
      CHECK(found.empty());
    }
  CHECK(looked > 1000 * seeds);
}

}  // namespace

TEST_CASE("the sniffer's watch says nothing of runs without mistakes, whatever the faults") { says_nothing(0, 12); }
TEST_CASE("the sniffer's watch says nothing when it misses some of what was sent") { says_nothing(0.02, 6); }
TEST_CASE("the sniffer's watch says nothing when it misses most of what was sent") { says_nothing(0.5, 3); }

namespace {

void speaks_of(order::Mistake mistake, const MutantMode& directed, std::set<sniffer::Rule> rules) {
  order::active_mistake() = mistake;
  bool spoke = false;
  for (std::uint64_t i = 0; i < directed.seeds && !spoke; ++i)
    for (const auto& violation : watched(directed.mode, directed.first + i, 0, true)) {
      INFO(violation.text);
      spoke = spoke || rules.contains(violation.rule);
    }
  order::active_mistake() = order::Mistake::none;
  CHECK(spoke);
}

}  // namespace

using order::Mistake;
using sniffer::Rule;

TEST_CASE("the sniffer's watch sees a batch that is ordered again") {
  speaks_of(Mistake::order_twice, {Mode::mixed, 1, 20}, {Rule::fifo});
}
TEST_CASE("the sniffer's watch sees last_ordered forgotten by a snapshot or taken from the applied state") {
  speaks_of(Mistake::last_ordered_applied, {Mode::mixed, 1, 20}, {Rule::fifo});
}
TEST_CASE("the sniffer's watch sees a state machine that computes something else") {
  speaks_of(Mistake::wild_state, {Mode::mixed, 1, 40}, {Rule::digests});
}
TEST_CASE("the sniffer's watch sees a leader without what was committed before it") {
  speaks_of(Mistake::no_restore, {Mode::mixed, 1, 60}, {Rule::orders, Rule::answers});
}
TEST_CASE("the sniffer's watch sees what is lost when half of the voters is taken for a majority") {
  speaks_of(Mistake::half, {Mode::mixed, 1, 1200}, {Rule::orders, Rule::answers});
}
TEST_CASE("the sniffer's watch sees acks go back when orders cut whatever follows them") {
  speaks_of(Mistake::cut_always, {Mode::safety, 1, 60}, {Rule::acks, Rule::orders});
}

}  // namespace gavel::sim
