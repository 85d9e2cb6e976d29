// Rows as comma-separated values (RFC 4180), for spreadsheets and plotting programs: a line of keys, and a line a row.
#pragma once

#include <string>

#include "client/cli/output.hpp"

namespace gavel::bench {

/// All keys of its rows, not only those of the table's columns; in the order in which they come.
std::string csv(const cli::Section& section);

}  // namespace gavel::bench
