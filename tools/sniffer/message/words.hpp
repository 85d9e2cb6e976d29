// What a message says, in a few words of the field, for people: "bid 25.00 EUR by ann (session 12 #3)", "durable 17
// applied 17". Only what is listed in words.cpp is ever put into words: everything else, and every byte string whose
// meaning is not known here, is told by its length alone, so that no secret leaves by a message that came later than
// this program.
#pragma once

#include <string>

#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/message/seen.hpp"
#include "tools/sniffer/message/shown.hpp"

namespace gavel::sniffer {

/// One line, without control characters. What could not be understood says why.
std::string words_for(const Seen& seen, const Names& names);
/// A request of a batch: what a client or a node wants.
std::string words_for(const wire::Request& request, const Names& names);
}  // namespace gavel::sniffer
