#include "tests/sim/plan.hpp"

#include <array>

namespace gavel::sim {
namespace {
constexpr std::array<const char*, kModes> kNames = {
#define X(name, text) #name,
    GAVEL_MODES(X)
#undef X
};
constexpr std::array<const char*, kModes> kTexts = {
#define X(name, text) text,
    GAVEL_MODES(X)
#undef X
};

template <class T, std::size_t N>
T one_of(Random& random, const std::array<T, N>& choices) {
  return choices[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(N) - 1))];
}
std::size_t number(Random& random, std::int64_t low, std::int64_t high) {
  return static_cast<std::size_t>(random.between(low, high));
}

/// Small bounds, so that runs of a few thousand entries meet all of them.
order::Options drawn_options(Random& random) {
  order::Options out;
  out.heartbeat = 20ms;
  out.suspicion = 100ms;
  out.hop_timeout = 20ms;
  out.election_timeout = 150ms;
  out.candidacy_jitter = random.chance(0.5) ? 40ms : 100ms;
  out.hold_down = 300ms;
  out.stall = 500ms;
  out.backoff_limit = 6s;
  out.caught_up = number(random, 3, 8);
  out.catch_up_round = 400ms;
  out.fetch_interval = 8ms;
  out.forget_after = 1s;
  out.batches_in_flight = number(random, 1, 4);
  out.requests_waiting = random.chance(0.2) ? 4 : 64;
  out.batches_per_entry = number(random, 1, 6);
  out.bytes_per_entry = one_of<std::size_t, 3>(random, {64, 256, 1U << 20U});  // and of one answer to a fetch
  out.slots_in_flight = number(random, 1, 16);
  out.slots_before_gathering = out.slots_in_flight > 8 ? 1 : out.slots_in_flight;
  out.stream_window = number(random, 4, 16);
  out.orders_parked = number(random, 8, 64);
  out.batches_retained = number(random, 8, 32);
  out.compact_entries = number(random, 10, 60);
  out.compact_bytes = 64U << 10U;
  out.retained_entries = number(random, 0, 10);
  out.digest_interval = 8;
  out.reply_window = 4;
  out.session_ttl = random.chance(0.3) ? Duration(350ms) : Duration(10min);
  out.sessions = random.chance(0.1) ? 3 : 65536;
  return out;
}

/// A fault that is not allowed is taken out of the weather as well.
void leave_out(Plan& plan, const FaultSet& allowed) {
  const auto has = [&](Fault fault) { return allowed.test(static_cast<std::size_t>(fault)); };
  if (!has(Fault::loss)) plan.weather.loss = 0, plan.weather.path_loss.fill(0);
  if (!has(Fault::duplicate)) plan.weather.duplicate = 0;
  if (!has(Fault::reorder)) plan.weather.tail = 0;
  if (!has(Fault::slow_disk)) plan.sync_least = 100us, plan.sync_most = 1500us;
  if (!has(Fault::aimed)) plan.aim = Aim{};
}
}  // namespace

Mode mode_of(std::uint64_t seed) {
  constexpr auto kGroupModes = static_cast<std::uint64_t>(Mode::house);
  constexpr auto kHouseModes = kModes - kGroupModes;
  constexpr std::uint64_t kHouses = 2;  // in a round of seeds
  const auto place = seed % (kGroupModes + kHouses);
  if (place < kGroupModes) return static_cast<Mode>(place);
  const auto houses = seed / (kGroupModes + kHouses) * kHouses + place - kGroupModes;
  return static_cast<Mode>(kGroupModes + houses % kHouseModes);
}

const char* name_of(Mode mode) { return kNames[static_cast<std::size_t>(mode)]; }
const char* text_of(Mode mode) { return kTexts[static_cast<std::size_t>(mode)]; }

Result<Mode> parse_mode(const std::string& name) {
  std::string known;
  for (std::size_t i = 0; i < kModes; ++i) {
    if (kNames[i] == name) return static_cast<Mode>(i);
    known += std::string(" ") + kNames[i];
  }
  return fail("no mode is called '" + name + "'; there are:" + known);
}

Plan plan_of(const RunOptions& run, Random& random) {
  Plan plan;
  plan.mode = run.mode.value_or(mode_of(run.seed));
  plan.founders = number(random, 3, 5);
  if (plan.mode == Mode::member) plan.founders = number(random, 1, 4);
  if (plan.mode == Mode::conf1) plan.founders = 4;
  if (plan.mode == Mode::conf2) plan.founders = 3;
  plan.options = drawn_options(random);

  const double force = static_cast<double>(random.between(0, 3)) / 3.0;
  plan.weather.loss = random.chance(0.5) ? 0 : 0.05 * force;
  plan.weather.duplicate = random.chance(0.5) ? 0 : 0.05 * force;
  plan.weather.tail = random.chance(0.5) ? 0 : 0.1 * force;
  plan.weather.tail_most = one_of<Duration, 3>(random, {30ms, 150ms, 600ms});
  if (random.chance(0.25)) plan.sync_least = 1ms, plan.sync_most = 10ms;

  if (plan.hot() || (plan.mode != Mode::quiet && plan.mode != Mode::partial && random.chance(0.5))) {
    for (const auto path : {Path::batch, Path::order, Path::ack})
      plan.weather.path_loss[static_cast<std::size_t>(path)] = one_of<double, 3>(random, {0, 0.1, 0.5});
    plan.aim.anywhere = one_of<double, 3>(random, {0.01, 0.04, 0.15});
    plan.aim.at_config = random.chance(0.5) ? 0.4 : 0;
    plan.aim.at_commit = one_of<double, 3>(random, {0.01, 0.04, 0.15});
    plan.aim.splits_only = random.chance(0.4);
  }
  plan.clients = plan.hot() ? number(random, 3, 6) : number(random, 2, 4);
  plan.least_requests = plan.hot() ? 30 : 10;
  plan.most_requests = plan.hot() ? 120 : 60;
  plan.late_requests = plan.mode == Mode::quiet ? 0 : 4;
  plan.bursts = random.chance(0.2);
  plan.keeps_replica = one_of<double, 3>(random, {0, 0.5, 1});
  if (plan.bursts) plan.options.requests_waiting = 4;
  plan.faults_for = random.between(Duration(1500ms), Duration(4000ms));
  plan.gap =
      plan.hot() ? random.between(Duration(8ms), Duration(100ms)) : random.between(Duration(20ms), Duration(200ms));
  if (plan.mode == Mode::member && random.chance(0.4)) {
    plan.gap = 400ms;
    plan.aim = {0, 0.7, 0.15, true};
  }
  if (plan.mode == Mode::figure8) {
    plan.gap = 1s;
    plan.options.bytes_per_entry = 16;  // what is fetched comes entry by entry
    plan.weather.path_loss[static_cast<std::size_t>(Path::order)] = 0.9;
    plan.weather.path_loss[static_cast<std::size_t>(Path::ack)] = 0.3;
    plan.aim = {0.1, 0.4, random.chance(0.5) ? 0.1 : 0.3, false};
  }
  if (is_house(plan.mode)) {
    plan.founders = number(random, 3, 5);
    plan.aim = Aim{};
    plan.weather.path_loss.fill(0);
    plan.gap = random.between(Duration(50ms), Duration(300ms));
    plan.options.requests_waiting = 64;
    plan.options.reply_window = 64;  // of clients as they are in production
    plan.options.session_ttl = 10min;
    plan.options.sessions = 65536;
  }
  if (run.nodes) plan.founders = *run.nodes;
  leave_out(plan, run.faults);
  return plan;
}

}  // namespace gavel::sim
