// verify: has every replica of a group the same state at one slot, and do the bids of an auction, from each replica's
// own history, still make up the audit chain that their links claim?
#include <algorithm>
#include <map>

#include "client/cli/commands.hpp"
#include "client/cli/filed.hpp"
#include "client/cli/group_view.hpp"
#include "client/cli/replica_history.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"
#include "common/wire/services/auction_chain.hpp"

namespace gavel::cli {
namespace {

/// What one replica has to show for the slot.
struct Shown {
  directory::NodeRecord node;
  std::string role;
  bool voter = false;
  std::optional<Digest> digest;
  /// Auctions only: the last link up to the slot, and how many bids lead to it.
  std::optional<Digest> chain;
  std::size_t bids = 0;
  bool broken = false;
  std::string verdict;
};

/// The digest that the replica kept at the slot, once it has applied it.
void ask_digest(const Settings& settings, GroupId group, Slot slot, Shown& shown) {
  Connection connection(settings_for_one_node(settings), shown.node.endpoints.client);
  for (const TimePoint deadline = bus::steady_now() + settings.timeout;;) {
    const auto outcome = connection.status();
    require_ok(outcome, "");
    const auto report = wire::decode<wire::StatusReport>(outcome.body);
    if (!report) fail_with(Exit::internal, "its report is not understood");
    const auto at = std::find_if(report->groups.begin(), report->groups.end(),
                                 [&](const auto& status) { return status.group == group && !status.observer; });
    if (at == report->groups.end()) fail_with(Exit::not_found, "it holds no replica any more");
    for (const auto& mark : at->marks)
      if (mark.slot == slot) shown.digest = mark.digest;
    if (shown.digest) return;
    if (at->applied >= slot) fail_with(Exit::not_found, "it kept no digest there (was it started again since?)");
    if (bus::steady_now() >= deadline)
      fail_with(Exit::no_quorum, "it is behind, at slot " + std::to_string(at->applied.value));
    connection.turn(bus::steady_now() + 20ms);
  }
}

void ask(const Settings& settings, const House::Group& group, Slot slot, Shown& shown) {
  try {
    ask_digest(settings, group.id, slot, shown);
    if (!group.auction) return;
    const auto history = ask_history(settings, shown.node, *group.auction, slot);
    shown.chain = auction::chain_start(group.auction->terms);
    for (const auto& bid : history.bids) {
      if (bid.slot > slot) break;
      shown.chain = bid.chain;
      ++shown.bids;
    }
    shown.broken = !history.trouble.empty();
    shown.verdict = harmless(history.trouble);
  } catch (const Failure& failure) {
    shown.verdict = failure.message;
  }
}

/// Who holds a replica, and the voters from whom nothing is heard.
std::vector<Shown> replicas_of(const std::vector<Surveyed>& nodes, GroupId group) {
  const auto* word = leaders_word(nodes, group);
  for (const Surveyed& one : nodes)
    if (word == nullptr) word = serving(one, group);
  std::vector<Shown> all;
  for (const Surveyed& one : nodes) {
    const auto* own = serving(one, group);
    const bool voter = word != nullptr && word->config.is_voter(one.node.uid);
    if (own == nullptr && !voter) continue;
    all.push_back({one.node, own != nullptr ? role_of(*own, one.node.uid) : "", voter, {}, {}, 0, false, {}});
    if (own == nullptr) all.back().verdict = one.report ? "it holds no replica yet" : "silent";
  }
  return all;
}

/// What most of those who answered have.
std::pair<Digest, Digest> most_common(const std::vector<Shown>& all) {
  std::map<std::pair<Digest, Digest>, std::size_t> counts;
  for (const Shown& one : all)
    if (one.digest) ++counts[{*one.digest, one.chain.value_or(Digest{})}];
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? std::pair<Digest, Digest>() : most->first;
}

Section section_of(const std::vector<Shown>& all, const House::Group& group, Slot slot) {
  Section section{"replicas",
                  {{"node", "NODE"},
                   {"role", "ROLE"},
                   {"slot", "SLOT"},
                   {"digest", "DIGEST"},
                   {"chain", "CHAIN"},
                   {"bids", "BIDS"},
                   {"verdict", "VERDICT"}},
                  {},
                  "no node that answers holds a replica of " + group.title};
  for (const Shown& one : all)
    section.rows.push_back({{"group", group.title},
                            {"node", one.node.name},
                            {"uid", gavel::print(one.node.uid)},
                            {"role", one.role.empty() ? Row() : Row(one.role)},
                            {"slot", slot.value},
                            {"digest", one.digest ? Row(gavel::print(*one.digest)) : Row()},
                            {"chain", one.chain ? Row(gavel::print(*one.chain)) : Row()},
                            {"bids", one.chain ? Row(one.bids) : Row()},
                            {"verdict", one.verdict}});
  return section;
}

void verify(Context& context, const std::string& title) {
  House& house = context.house();
  const auto group = house.group(title);
  const auto nodes = survey(house);
  const Slot slot =
      group.auction ? house.reachable(*group.auction, [&] { return house.mark(group); }) : house.mark(group);
  auto all = replicas_of(nodes, group.id);
  at_once(all.size(), [&](std::size_t i) {
    if (all[i].verdict.empty()) ask(context.settings, group, slot, all[i]);
  });

  const auto [digest, chain] = most_common(all);
  std::size_t voters = 0;
  std::size_t agree = 0;
  std::size_t answered = 0;
  std::string wrong;
  for (Shown& one : all) {
    voters += one.voter ? 1 : 0;
    if (!one.digest) continue;
    ++answered;
    const bool same = *one.digest == digest && one.chain.value_or(Digest{}) == chain;
    if (!same) one.verdict = "DIFFERS" + (one.verdict.empty() ? "" : ": " + one.verdict);
    if (!same || one.broken) wrong += (wrong.empty() ? "" : ", ") + harmless(one.node.name) + ": " + one.verdict;
    if (!same || one.broken) continue;
    one.verdict = "agrees";
    agree += one.voter ? 1 : 0;
  }
  Output output = context.output();
  output.list(section_of(all, group, slot));
  const std::string where = group.title + " at slot " + std::to_string(slot.value);
  if (!wrong.empty()) fail_with(Exit::internal, "THE REPLICAS OF " + where + " DO NOT AGREE: " + wrong);
  if (2 * agree <= voters)
    fail_with(Exit::no_quorum, "only " + std::to_string(agree) + " of " + std::to_string(voters) +
                                   " voters showed their state of " + where + "; they agree");
  output.text("all " + std::to_string(answered) + " that answered agree on " + where);
}

}  // namespace

void add_verify_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("verify",
                                     "Has every replica the same state at one slot, and does the audit chain hold?\n\n"
                                     "Examples:\n"
                                     "  gavel verify lot-7\n"
                                     "  gavel verify directory\n"
                                     "  gavel verify --file house.gavel\n"
                                     "Exit code 1: they do not agree. 5: a majority did not answer.");
  auto title = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  auto* group = command->add_option("GROUP", *title, "An auction's id, directory, lobby or likes");
  command->add_option("--file", *file, "A backup or an archive instead of the cluster")
      ->excludes(group)
      ->type_name("FILE");
  command->callback([&context, title, file] {
    if (title->empty() && file->empty()) throw CLI::RequiredError("GROUP or --file");
    context.action = [&context, title, file] { file->empty() ? verify(context, *title) : verify_file(context, *file); };
  });
}

}  // namespace gavel::cli
