#include "node/services/directory_checks.hpp"

#include <algorithm>

#include "node/services/directory_staff.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

using directory::Refusal;
using directory::Refused;

/// Auctions that one node may serve at most.
constexpr std::uint32_t kMaxSlots = 4096;

Refused refused(Refusal refusal, std::string message) { return {refusal, std::move(message)}; }

std::string text_rule(const std::string& what, std::string_view text, std::size_t max) {
  return quoted(text) + " is no " + what + ": 1 to " + std::to_string(max) +
         " bytes of UTF-8, no control characters, no space at either end";
}

Objection check_prices(const directory::AddItem& add) {
  const Money most{auction::kMaxAmount, add.start_price.currency};
  if (add.start_price.currency != add.increment.currency)
    return refused(Refusal::bad_price, "the start price is in " + std::string(add.start_price.currency.code()) +
                                           ", the increment in " + std::string(add.increment.currency.code()) +
                                           "; one currency for both");
  if (add.start_price.minor < 0 || add.start_price.minor > most.minor)
    return refused(Refusal::bad_price,
                   "a start price of " + format(add.start_price) + ": from 0 to " + format(most) + " is right");
  if (add.increment.minor < 1 || add.increment.minor > most.minor)
    return refused(Refusal::bad_price, "an increment of " + format(add.increment) + ": from " +
                                           format({1, add.increment.currency}) + " to " + format(most) + " is right");
  return {};
}

std::string seconds(Duration duration) {
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  std::string fraction = std::to_string(millis % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(millis / 1000) + "." + fraction + " s";
}

/// The first few by name, and how many more.
std::string listed(const std::vector<std::string>& names) {
  static constexpr std::size_t kMost = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kMost); ++i) text += (i == 0 ? "" : ", ") + names[i];
  return names.size() <= kMost ? text : text + " and " + std::to_string(names.size() - kMost) + " more auctions";
}

}  // namespace

Objection check_node(const DirectoryState& state, const directory::RegisterNode& node) {
  if (!node.uid || !node.incarnation) return refused(Refusal::bad_node, "a node has a uid and an incarnation, not 0");
  if (!is_plain_text(node.name, 1, directory::kMaxText))
    return refused(Refusal::bad_text, text_rule("node's name", node.name, directory::kMaxText));
  if (!is_plain_text(node.version, 0, directory::kMaxText))
    return refused(Refusal::bad_text, text_rule("version", node.version, directory::kMaxText));
  for (const auto* endpoint : {&node.endpoints.pub, &node.endpoints.peer, &node.endpoints.client})
    if (!is_plain_text(*endpoint, 1, directory::kMaxText))
      return refused(Refusal::bad_text, text_rule("endpoint", *endpoint, directory::kMaxText));
  if (node.slots > kMaxSlots)
    return refused(Refusal::bad_node, std::to_string(node.slots) + " slots: at most " + std::to_string(kMaxSlots));
  if (!state.nodes.contains(node.uid) && state.nodes.size() >= directory::kMaxNodes)
    return refused(Refusal::limit_exceeded,
                   "the cluster has " + std::to_string(directory::kMaxNodes) + " nodes, more it does not take");
  return {};
}

Objection check_item(const DirectoryState& state, const directory::AddItem& add) {
  if (!add.id.empty() && !is_item_id(add.id))
    return refused(Refusal::bad_id, quoted(add.id) + " is no item id: 1 to " + std::to_string(directory::kMaxItemId) +
                                        " lower-case letters, digits and single dashes within, e.g. lot-7");
  if (add.id == "directory" || standing_service(add.id))
    return refused(Refusal::bad_id, "a group of the house is called " + add.id + " already: choose another id");
  if (state.items.contains(add.id)) return refused(Refusal::duplicate, "there is an item " + add.id + " already");
  if (!is_plain_text(add.title, 1, directory::kMaxText))
    return refused(Refusal::bad_text, text_rule("title", add.title, directory::kMaxText));
  if (!is_plain_text(add.seller, 1, auction::kMaxName))
    return refused(Refusal::bad_text, text_rule("seller's name", add.seller, auction::kMaxName));
  return check_prices(add);
}

Objection check_removal(const DirectoryState& state, const directory::RemoveNode& remove) {
  const auto node = state.nodes.find(remove.uid);
  if (node == state.nodes.end()) return refused(Refusal::unknown_node, "there is no such node");
  const std::string& name = node->second.name;
  if (node->second.life == directory::Life::up)
    return refused(Refusal::still_up, "node " + name + " is up: drain it, stop it, and remove it when it is down");
  const auto kept = remove.shrink ? std::vector<std::string>() : seats_nobody_takes(state, remove.uid);
  if (kept.empty()) return {};
  return refused(Refusal::would_shrink, "no other node has a slot free for the seat of " + name + " in " +
                                            listed(kept) +
                                            ": add a node, or wait until an auction ends; or say that they may go on "
                                            "with fewer members (--shrink)");
}

Objection check_restoration(const DirectoryState& state, const directory::RestoreAuction& restore) {
  const auto known = state.auctions.find(restore.auction);
  if (known == state.auctions.end())
    return refused(Refusal::unknown_auction, "there is no auction " + quoted(restore.auction));
  const auto& auction = known->second;
  if (auction.outcome) return refused(Refusal::conflict, "auction " + auction.id + " has ended, and that is final");
  if (auction.group != restore.former)
    return refused(Refusal::conflict, "auction " + auction.id + " runs in group " +
                                          std::to_string(auction.group.value) + ", not in group " +
                                          std::to_string(restore.former.value) + " (any more)");
  const auto node = state.nodes.find(restore.uid);
  if (node == state.nodes.end()) return refused(Refusal::unknown_node, "there is no such node");
  const auto& record = node->second;
  if (!record.is_fit())
    return refused(Refusal::bad_node,
                   "node " + record.name + " is " +
                       (record.draining ? std::string("draining") : std::string(words_for(record.life))) +
                       ": a node that is up takes an auction");
  const bool seated = std::binary_search(auction.members.begin(), auction.members.end(), restore.uid);
  if (!seated && record.used >= record.slots)
    return refused(Refusal::no_free_node, "node " + record.name + " has no slot free");
  return {};
}

End check_end(const Context& context, const directory::StartAuction& start) {
  std::int64_t length = start.duration.count();
  if (start.end && __builtin_sub_overflow(start.end->micros, context.time.micros, &length)) length = -1;
  const std::string found =
      start.end && length <= 0 ? "an end that is past" : seconds(Duration(std::max(length, std::int64_t{0})));
  if (Duration(length) < directory::kMinAuction || Duration(length) > directory::kMaxAuction)
    return {{},
            refused(Refusal::bad_time, "an auction of " + found + ": from " + seconds(directory::kMinAuction) + " to " +
                                           seconds(directory::kMaxAuction) + " is right")};
  return {context.time + Duration(length), {}};
}

Objection check_start(const DirectoryState& state, const directory::StartAuction& start) {
  if (!is_plain_text(start.starter, 0, auction::kMaxName))
    return refused(Refusal::bad_text, text_rule("starter's name", start.starter, auction::kMaxName));
  const auto item = state.items.find(start.item);
  if (item == state.items.end()) return refused(Refusal::unknown_item, "there is no item " + quoted(start.item));
  if (item->second.state == directory::ItemState::running || item->second.state == directory::ItemState::sold)
    return refused(Refusal::not_on_offer,
                   "item " + start.item + " is " + std::string(words_for(item->second.state)) + ", not on offer");
  return {};
}

std::uint32_t failures_survived(std::size_t members) {
  return members == 0 ? 0 : static_cast<std::uint32_t>((members - 1) / 2);
}

std::string safety_of(std::size_t members) {
  const auto survived = failures_survived(members);
  if (members == 1)
    return "1 node: no failure is survived; while it is down the auction stands still, and with its disk the auction "
           "is "
           "lost";
  if (members == 2)
    return "2 nodes: no failure is survived without a pause; every bid is on both disks, and while either is down the "
           "auction stands still";
  return std::to_string(members) +
         " nodes: " + (survived == 1 ? "one failure is" : std::to_string(survived) + " failures are") +
         " survived without a pause";
}

}  // namespace gavel
