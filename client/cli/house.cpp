#include "client/cli/house.hpp"

#include <algorithm>

#include "client/cli/expect.hpp"
#include "client/cli/rows.hpp"

namespace gavel::cli {
namespace {

Exit exit_for(directory::Refusal refusal) {
  switch (refusal) {
    case directory::Refusal::unknown_node:
    case directory::Refusal::unknown_item:
    case directory::Refusal::unknown_auction:
    case directory::Refusal::unknown_service:
      return Exit::not_found;
    default:
      return Exit::rejected;
  }
}

Bytes question(directory::Question q) { return wire::encode_any(q); }
Bytes encoded(directory::Command c) { return wire::encode_any(c); }

/// All pages of a list that the directory gives in pages.
template <class Page, class Element>
std::vector<Element> all_pages(Connection& connection, auto ask, std::vector<Element> Page::*elements) {
  std::vector<Element> all;
  for (;;) {
    auto page = expect<Page, directory::Answer>(connection.query(kDirectoryGroup, question(ask)), "");
    auto& found = page.*elements;
    all.insert(all.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
    if (!page.next) return all;
    ask.from = *page.next;
  }
}

}  // namespace

void refuse(const directory::Refused& refused) { fail_with(exit_for(refused.refusal), harmless(refused.message)); }

void require_ok(const client::Outcome& outcome, const std::string& finds_out) {
  const std::string what = harmless(outcome.message);
  switch (outcome.kind) {
    case client::OutcomeKind::ok:
      return;
    case client::OutcomeKind::unknown:
      fail_with(Exit::unknown, "outcome unknown: " + what + (finds_out.empty() ? "" : "\nto find out: " + finds_out));
    case client::OutcomeKind::unknown_group:
      fail_with(Exit::not_found, what);
    case client::OutcomeKind::malformed:
      fail_with(Exit::internal, what);
    case client::OutcomeKind::too_large:
      fail_with(Exit::usage, what);
    case client::OutcomeKind::cancelled:
      fail_with(Exit::interrupted, what);
    case client::OutcomeKind::unreachable:
      fail_with(Exit::no_quorum,
                what +
                    "; is a node running, and is it of this --cluster? `gavel find` looks for nodes, --node HOST:PORT "
                    "names one");
    case client::OutcomeKind::refused:
      fail_with(Exit::no_quorum, what + "; --cluster NAME chooses another one");
    case client::OutcomeKind::no_answer:
      fail_with(Exit::no_quorum, what + "; `gavel status` shows who is there, --timeout S waits longer");
    case client::OutcomeKind::busy:
      fail_with(Exit::no_quorum, what + "; try again later");
  }
}

// ---- directory ------------------------------------------------------------------------------------------------------

std::vector<directory::NodeRecord> House::nodes() { return nodes_told().value; }

Told<std::vector<directory::NodeRecord>> House::nodes_told() {
  auto outcome = connection_.local(kDirectoryGroup, question(directory::AskNodes{}));
  auto nodes = expect<directory::Nodes, directory::Answer>(outcome, "").nodes;
  return {std::move(nodes), std::move(outcome)};
}

std::vector<directory::NodeRecord> House::nodes_now() {
  return expect<directory::Nodes, directory::Answer>(
             connection_.query(kDirectoryGroup, question(directory::AskNodes{})), "")
      .nodes;
}

Names House::names() {
  const auto outcome = connection_.local(kDirectoryGroup, question(directory::AskNodes{}));
  const auto answer = outcome.kind == client::OutcomeKind::ok ? wire::decode_any<directory::Answer>(outcome.body)
                                                              : Result<directory::Answer>(fail(outcome.message));
  const auto* nodes = answer ? std::get_if<directory::Nodes>(&*answer) : nullptr;
  return nodes != nullptr ? Names(nodes->nodes) : Names();
}

std::vector<directory::Item> House::items() {
  return all_pages(connection_, directory::AskItems{}, &directory::Items::items);
}

bool House::has_item(const std::string& id) {
  // Items from that one on: if it is there, it is the first.
  const auto outcome = connection_.query(kDirectoryGroup, question(directory::AskItems{id}));
  const auto page = expect<directory::Items, directory::Answer>(outcome, "");
  return !page.items.empty() && page.items.front().id == id;
}

std::vector<directory::Auction> House::auctions(directory::Which which) {
  return all_pages(connection_, directory::AskAuctions{which, ""}, &directory::Auctions::auctions);
}

std::map<GroupId, directory::Auction> House::auctions_near() {
  std::map<GroupId, directory::Auction> all;
  directory::AskAuctions ask{directory::Which::all, ""};
  for (;;) {
    const auto outcome = connection_.local(kDirectoryGroup, question(ask));
    const auto answer = outcome.kind == client::OutcomeKind::ok ? wire::decode_any<directory::Answer>(outcome.body)
                                                                : Result<directory::Answer>(fail(outcome.message));
    const auto* page = answer ? std::get_if<directory::Auctions>(&*answer) : nullptr;
    if (page == nullptr) return all;
    for (const auto& auction : page->auctions) all[auction.group] = auction;
    if (!page->next) return all;
    ask.from = *page->next;
  }
}

directory::Auction House::auction(const std::string& id) {
  return expect<directory::AuctionAnswer, directory::Answer>(
             connection_.query(kDirectoryGroup, question(directory::AskAuction{id})), "")
      .auction;
}

directory::Auction House::running(const std::string& id) {
  const auto near = connection_.local(kDirectoryGroup, question(directory::AskAuction{id}));
  require_ok(near, "");
  const auto answer = wire::decode_any<directory::Answer>(near.body);
  const auto* found = answer ? std::get_if<directory::AuctionAnswer>(&*answer) : nullptr;
  return found != nullptr && !found->auction.outcome ? found->auction : auction(id);
}

directory::ItemAdded House::add(const directory::AddItem& item) {
  return expect<directory::ItemAdded, directory::Reply>(connection_.command(kDirectoryGroup, encoded(item)),
                                                        "gavel items list");
}

directory::AuctionStarted House::start(const directory::StartAuction& start) {
  return expect<directory::AuctionStarted, directory::Reply>(connection_.command(kDirectoryGroup, encoded(start)),
                                                             "gavel auctions");
}

bool House::drain(Uid node, bool draining) {
  return expect<directory::Done, directory::Reply>(
             connection_.command(kDirectoryGroup, encoded(directory::DrainNode{node, draining})), "gavel servers")
      .changed;
}

bool House::remove(Uid node, bool shrink) {
  return expect<directory::Done, directory::Reply>(
             connection_.command(kDirectoryGroup, encoded(directory::RemoveNode{node, shrink})), "gavel servers")
      .changed;
}

std::vector<directory::StandingGroup> House::standing_near() {
  const auto outcome = connection_.local(kDirectoryGroup, question(directory::AskStanding{}));
  return expect<directory::Standing, directory::Answer>(outcome, "").groups;
}

std::optional<directory::StandingGroup> House::standing(const std::string& name) {
  const auto find = [&](const std::vector<directory::StandingGroup>& groups) {
    const auto at = std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.name == name; });
    return at == groups.end() ? std::nullopt : std::optional(*at);
  };
  // Once open it stays where it is, and so the gateway's word will do.
  if (auto near = find(standing_near())) return near;
  const auto outcome = connection_.query(kDirectoryGroup, question(directory::AskStanding{}));
  return find(expect<directory::Standing, directory::Answer>(outcome, "").groups);
}

directory::StandingGroup House::open_standing(const std::string& name) {
  for (const auto& one : standing_near())
    if (one.name == name) return one;
  const auto outcome = connection_.command(kDirectoryGroup, encoded(directory::OpenStanding{name}));
  return expect<directory::StandingOpened, directory::Reply>(outcome, "gavel members").standing;
}

House::Group House::group(const std::string& title) {
  if (title == "directory") return {kDirectoryGroup, title, {}};
  if (standing_service(title)) {
    if (const auto open = standing(title)) return {open->group, title, {}};
    fail_with(Exit::not_found, title == "lobby"
                                   ? "the lobby is not open yet; whoever enters it opens it: gavel chat lobby"
                                   : "nothing has been liked yet, and so there is no group that counts: "
                                     "gavel like lot-7");
  }
  auto found = auction(title);
  return {found.group, found.id, std::move(found)};
}

Slot House::mark(const Group& group) {
  const auto outcome = connection_.mark(group.id);
  require_ok(outcome, "");
  return outcome.slot;
}

}  // namespace gavel::cli
