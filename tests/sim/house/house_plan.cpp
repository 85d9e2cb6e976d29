#include "tests/sim/house/house_plan.hpp"

namespace gavel::sim {
namespace {

using Shares = std::vector<std::pair<Fault, int>>;

Shares shares_of(Mode mode) {
  switch (mode) {
    case Mode::pool:
      return {{Fault::join, 16},  {Fault::death, 8},     {Fault::drain, 16}, {Fault::remove, 24},
              {Fault::crash, 12}, {Fault::lost_disk, 5}, {Fault::pause, 4},  {Fault::partition, 5},
              {Fault::loss, 4},   {Fault::shutdown, 6},  {Fault::power, 1},  {Fault::transfer, 3}};
    case Mode::heal:
      return {{Fault::crash, 24},    {Fault::death, 10},    {Fault::lost_disk, 8}, {Fault::join, 10},
              {Fault::partition, 8}, {Fault::cut, 4},       {Fault::pause, 8},     {Fault::loss, 5},
              {Fault::slow_disk, 4}, {Fault::full_disk, 3}, {Fault::remove, 6},    {Fault::drain, 5},
              {Fault::power, 3},     {Fault::shutdown, 3}};
    case Mode::manager:
      return {{Fault::join, 8},      {Fault::crash, 5},    {Fault::death, 4}, {Fault::partition, 4}, {Fault::pause, 4},
              {Fault::slow_disk, 4}, {Fault::transfer, 6}, {Fault::drain, 6}, {Fault::loss, 4}};
    case Mode::rolling:
      return {{Fault::rolling, 20}, {Fault::slow_disk, 4}, {Fault::join, 2}};
    default:
      return {{Fault::crash, 24}, {Fault::power, 3},    {Fault::partition, 16}, {Fault::cut, 8},
              {Fault::pause, 9},  {Fault::loss, 8},     {Fault::slow_disk, 7},  {Fault::full_disk, 4},
              {Fault::clock, 4},  {Fault::shutdown, 4}, {Fault::drain, 5},      {Fault::lost_disk, 3},
              {Fault::join, 6},   {Fault::death, 2},    {Fault::remove, 3},     {Fault::transfer, 3},
              {Fault::rolling, 1}};
  }
}

}  // namespace

HousePlan house_plan_of(const Plan& plan, Random& random) {
  HousePlan out;
  const auto mode = plan.mode;
  const auto most_slots = mode == Mode::pool ? random.between(1, 2) : random.between(1, 4);
  for (auto& slots : out.slots) slots = static_cast<std::uint32_t>(random.between(1, most_slots));
  out.room = random.chance(0.3) ? static_cast<std::uint32_t>(random.between(6, 10)) : 64;
  out.items = static_cast<int>(random.between(3, 6));
  out.longest = random.between(Duration(800ms), Duration(4s));
  out.endless = random.chance(0.2) ? 0 : 0.25;
  out.replace_after = random.between(Duration(200ms), Duration(1500ms));
  if (random.chance(0.6)) out.retain_closed = random.between(Duration(300ms), Duration(3s));
  out.faults = shares_of(mode);
  if (mode == Mode::heal) out.longest_death = 3s;
  out.orphaning = random.chance(0.3) ? 0.3 : 0;
  out.at_moment = mode == Mode::manager ? 0.2 : mode == Mode::rolling || random.chance(0.5) ? 0 : 0.03;
  if (mode == Mode::rolling) {
    out.nothing_refused = true;
    out.slots.assign(kHouseNodes, 4);
    out.retain_closed = 1h;  // a retired auction's group is not known any more
  }
  if (random.chance(0.25)) out.words = 0;
  if (random.chance(0.35)) out.likes = 0;
  return out;
}

}  // namespace gavel::sim
