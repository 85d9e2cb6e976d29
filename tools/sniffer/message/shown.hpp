// How terms, batches, slots, entries and clients are written, in lines, findings and ladders alike.
#pragma once

#include <algorithm>
#include <optional>
#include <string>

#include "common/wire/order_types.hpp"
#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/message/seen.hpp"

namespace gavel::sniffer {

/// "3.n4"; "-" for none.
std::string shown_term(const wire::Term& term, const Names& names);
/// "17", "17..20", or "-".
std::string shown_slots(const std::optional<Slots>& slots);
/// The first eight of its sixteen hexadecimal digits; "?" if it is not known.
std::string shown_client(ClientId client);
/// "n4:17", or "-".
std::string shown_batch(const std::optional<wire::BatchRef>& batch, const Names& names);
/// What stands at a slot: "view of n4", "n1:7 n2:3", "voters n1 n2", "no-op".
std::string shown_entry(const wire::Entry& entry, const Names& names);

/// Requests of a batch, votes, members: so many are told one by one.
inline constexpr std::size_t kToldOfEach = 4;
/// For each element what `tell` says, the first few.
template <class List, class Tell>
std::string each_of(const List& list, const std::string& between, Tell&& tell) {
  std::string all;
  for (std::size_t i = 0; i < std::min(list.size(), kToldOfEach); ++i) all += (i == 0 ? "" : between) + tell(list[i]);
  return list.size() > kToldOfEach ? all + between + std::to_string(list.size() - kToldOfEach) + " more" : all;
}

}  // namespace gavel::sniffer
