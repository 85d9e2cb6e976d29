// Completion of gavel-sniff's command line in bash: options, filters, their lanes and types, and the names of nodes and
// auctions as far as a cluster answers quickly.
#pragma once

#include <string>
#include <vector>

namespace gavel::sniffer {

/// A script to be sourced. `options`: all of the program's, with their dashes.
std::string bash_completion(const std::vector<std::string>& options);

}  // namespace gavel::sniffer
