#include "common/bus/processors.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <optional>
#include <system_error>

#include "common/base/check.hpp"

namespace gavel::bus {
namespace {

std::optional<unsigned> number_in(std::string_view text) {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || at != end || number >= CPU_SETSIZE) return {};
  return number;
}

/// "2" or "2-3"; false if it is neither.
bool add_range(Processors& processors, std::string_view text) {
  const auto dash = text.find('-');
  const auto first = number_in(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number_in(text.substr(dash + 1));
  if (!first || !last || *last < *first) return false;
  for (unsigned number = *first; number <= *last; ++number) processors.push_back(number);
  return true;
}

}  // namespace

Result<Processors> parse_processors(std::string_view text) {
  Processors all;
  for (std::string_view rest = text;;) {
    const auto comma = rest.find(',');
    if (!add_range(all, rest.substr(0, comma)))
      return fail("'" + std::string(text) + "' should be processors by their numbers, from 0 to " +
                  std::to_string(CPU_SETSIZE - 1) + ", such as 0 or 0,2-3");
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::string print(const Processors& processors) {
  std::string text;
  for (std::size_t first = 0; first < processors.size();) {
    std::size_t last = first;
    while (last + 1 < processors.size() && processors[last + 1] == processors[last] + 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(processors[first]);
    if (last > first) text += "-" + std::to_string(processors[last]);
    first = last + 1;
  }
  return text;
}

Processors usable_processors() {
  cpu_set_t set;
  Processors usable;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return usable;
  for (unsigned number = 0; number < CPU_SETSIZE; ++number)
    if (CPU_ISSET(number, &set)) usable.push_back(number);
  return usable;
}

Result<void> check_usable(const Processors& processors) {
  const auto usable = usable_processors();
  Processors others;
  std::set_difference(processors.begin(), processors.end(), usable.begin(), usable.end(), std::back_inserter(others));
  if (others.empty()) return {};
  return fail("this program may not run on processor " + print(others) + "; here it has " + print(usable));
}

cpu_set_t set_of(const Processors& processors) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const unsigned number : processors) CPU_SET(number, &set);
  return set;
}

Result<void> keep_to(const Processors& processors) {
  if (auto usable = check_usable(processors); !usable) return usable;
  const cpu_set_t set = set_of(processors);
  if (::sched_setaffinity(0, sizeof set, &set) == 0) return {};
  return fail("cannot keep to processor " + print(processors) + ": " + std::generic_category().message(errno));
}

Processors share_of(const Processors& all, std::size_t index, std::size_t shares) {
  GAVEL_CHECK(shares > 0, "processors are shared out among somebody");
  Processors share;
  if (all.empty()) return share;
  for (std::size_t i = index % std::min(shares, all.size()); i < all.size(); i += shares) share.push_back(all[i]);
  return share;
}

}  // namespace gavel::bus
