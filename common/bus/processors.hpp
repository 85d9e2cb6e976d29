// Which processors a program's threads run on.
#pragma once

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
/// The same words again.
std::string print(const Processors& processors);

/// Those that the calling thread may run on.
Processors usable_processors();
/// The calling thread, and whatever it makes later, runs on no others. Error: one of them is not usable here.
Result<void> keep_to(const Processors& processors);
/// One of so many shares of `all`, which is not empty: apart from the others as far as there are enough of them.
Processors share_of(const Processors& all, std::size_t index, std::size_t shares);

}  // namespace gavel::bus
