// What a message says, in a few words of the field, for people: "bid 25.00 EUR by ann (session 12 #3)", "durable 17
// applied 17". Only what is listed in words.cpp is ever put into words: everything else, and every byte string whose
// meaning is not known here, is told by its length alone, so that no secret leaves by a message that came later than
// this program.
#pragma once

#include <string>

#include "tools/sniffer/names.hpp"
#include "tools/sniffer/seen.hpp"

namespace gavel::sniffer {

/// One line, without control characters. What could not be understood says why.
std::string words_for(const Seen& seen, const Names& names);
/// A request of a batch: what a client or a node wants.
std::string words_for(const wire::Request& request, const Names& names);
/// "3.n4"; "-" for none.
std::string shown_term(const wire::Term& term, const Names& names);
/// "17", "17..20", or "-".
std::string shown_slots(const std::optional<Slots>& slots);
/// The first eight of its sixteen hexadecimal digits; "?" if it is not known.
std::string shown_client(ClientId client);
/// "n4:17", or "-".
std::string shown_batch(const std::optional<wire::BatchRef>& batch, const Names& names);

}  // namespace gavel::sniffer
