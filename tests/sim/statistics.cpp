#include "tests/sim/statistics.hpp"

#include <algorithm>

namespace gavel::sim {

Statistics& Statistics::operator+=(const Statistics& other) {
  const auto longest = std::max(settle_max_us, other.settle_max_us);
  const auto add = [](auto& mine, const auto& theirs) {
    if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(mine)>>) {
      mine += theirs;
    } else {
      for (std::size_t i = 0; i < mine.size(); ++i) mine[i] += theirs[i];
    }
  };
  auto mine = fields();
  const auto theirs = other.fields();
  [&]<std::size_t... I>(std::index_sequence<I...> /*all*/) { (add(std::get<I>(mine), std::get<I>(theirs)), ...); }
  (std::make_index_sequence<std::tuple_size_v<decltype(mine)>>{});
  settle_max_us = longest;
  return *this;
}

}  // namespace gavel::sim
