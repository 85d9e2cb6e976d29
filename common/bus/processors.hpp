// Which processors a program's threads run on.
#pragma once

#include <sched.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.hpp"

namespace gavel::bus {

/// Numbers as the kernel has them, from 0 to 1023, ascending.
using Processors = std::vector<unsigned>;

/// "0", or "0,2-3". Error: says what would be right.
Result<Processors> parse_processors(std::string_view text);
/// In as few words as may be: "0,2-3".
std::string print(const Processors& processors);

/// Those that the calling thread may run on.
Processors usable_processors();
/// Error: the calling thread may not run on one of them.
Result<void> check_usable(const Processors& processors);
/// For sched_setaffinity().
cpu_set_t set_of(const Processors& processors);
/// The calling thread, and whatever it makes later, runs on no others. Error: one of them is not usable.
Result<void> keep_to(const Processors& processors);
/// The share with this index, from 0, of so many (at least one): apart from the others as far as there are enough of
/// `all`, which are dealt out in turn. Empty only if `all` is.
Processors share_of(const Processors& all, std::size_t index, std::size_t shares);

}  // namespace gavel::bus
