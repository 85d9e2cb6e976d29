// restore: an auction whose group has lost its majority for good goes on from a backup, in the cluster that runs; and
// without an auction, what a backup holds and how a cluster is founded from it.
#include <algorithm>

#include "client/cli/archive_file.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/filed.hpp"
#include "client/cli/group_view.hpp"
#include "client/cli/rows.hpp"
#include "common/base/digest.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

constexpr Duration kAskAgain = 100ms;

struct RestoreOptions {
  std::string file, to;
  std::vector<std::string> auctions;
  bool force = false;
};

// ---- what there is to do --------------------------------------------------------------------------------------------

void explain(Context& context, const std::string& file) {
  const auto archive = read_archive(file);
  Section section = filed_section();
  std::vector<FiledGroup> all;
  for (const auto& group : archive.groups) {
    const auto parts = take_apart(group);
    if (!parts) fail_with(Exit::internal, file + ": " + parts.error().message);
    section.rows.push_back(row(*parts));
    all.push_back(*parts);
  }
  context.output().text(file + ": of cluster " + harmless(archive.cluster) + ", made " + iso(archive.made));
  context.output().list(section);
  context.output().text(
      "\nAn auction whose nodes are lost for good goes on from it, in the cluster that runs:\n\n"
      "  gavel restore " +
      file + " AUCTION");
  const bool whole =
      std::any_of(all.begin(), all.end(), [](const FiledGroup& one) { return one.directory.has_value(); });
  if (!whole)
    fail_with(Exit::rejected,
              file +
                  " holds no directory: it can be read (gavel history --file, gavel verify --file), and "
                  "no cluster can be founded from it");
  context.output().text(
      "\nA cluster is founded from it by its first node, on an empty data directory, while no other node of the old\n"
      "cluster runs; all others then join with empty data directories and take their seats:\n\n"
      "  gavel-node --bootstrap --restore " +
      file + " --cluster " + harmless(archive.cluster) +
      " --data-dir DIRECTORY --name n1\n"
      "  gavel-node --cluster " +
      harmless(archive.cluster) +
      " --data-dir DIRECTORY --name n2\n\n"
      "What was acknowledged after the backup is not in it. Auctions that run in it go on, and those that it does not\n"
      "hold go back on offer.");
}

// ---- one auction ----------------------------------------------------------------------------------------------------

/// An auction of the file, and as the directory has it.
struct Task {
  wire::ArchivedGroup state;
  FiledGroup filed;
  directory::Auction auction;
};

Task task_for(House& house, const wire::Archive& archive, const RestoreOptions& options, const std::string& id) {
  std::string ids;
  for (const auto& group : archive.groups) {
    auto parts = take_apart(group);
    if (!parts) fail_with(Exit::internal, options.file + ": " + parts.error().message);
    if (!parts->auction) continue;
    ids += (ids.empty() ? "" : ", ") + harmless(parts->title());
    if (parts->title() != id) continue;
    auto now = house.auction(id);
    if (now.outcome) fail_with(Exit::rejected, now.id + " ended at " + iso(now.outcome->closed_at) + "; that is final");
    if (wire::encode(now.terms) != wire::encode(parts->auction->terms))
      fail_with(Exit::rejected, options.file + " is of another auction " + now.id + ": started " +
                                    iso(parts->auction->terms.start) + ", this one " + iso(now.terms.start));
    return {group, *std::move(parts), std::move(now)};
  }
  fail_with(Exit::not_found, options.file + " holds no auction '" + harmless(id.substr(0, 64)) + "'" +
                                 (ids.empty() ? "" : "; there are " + ids));
}

/// Whoever leads the group, or hears somebody lead it, is named: then it is not lost.
void require_lost(const std::vector<Surveyed>& nodes, const directory::Auction& auction, const Names& names) {
  for (const Surveyed& one : nodes) {
    const auto* word = own_word(one, auction.group);
    if (word == nullptr || !word->leader) continue;
    fail_with(Exit::rejected, auction.id + " is not lost: " + harmless(names.of(word->leader)) + " leads it, says " +
                                  harmless(one.node.name) +
                                  ". --force gives up what it has accepted since the backup all the same");
  }
}

/// The one that is wanted; else a member of the auction that is up, else the fit node with the fewest auctions.
directory::NodeRecord target_for(const std::vector<Surveyed>& nodes, const directory::Auction& auction,
                                 const std::string& wanted) {
  const auto is_seated = [&](const directory::NodeRecord& node) {
    return std::binary_search(auction.members.begin(), auction.members.end(), node.uid);
  };
  std::vector<directory::NodeRecord> all, fit;
  for (const Surveyed& one : nodes) {
    all.push_back(one.node);
    if (one.report && one.node.is_fit() && (is_seated(one.node) || one.node.used < one.node.slots))
      fit.push_back(one.node);
  }
  if (!wanted.empty()) return find_node(all, wanted);
  if (fit.empty()) fail_with(Exit::no_quorum, "no node that is up has a slot free for " + auction.id);
  return *std::min_element(fit.begin(), fit.end(), [&](const auto& a, const auto& b) {
    return std::tuple(!is_seated(a), a.used, b.uid) < std::tuple(!is_seated(b), b.used, a.uid);
  });
}

wire::Operated hand_over(Connection& connection, const wire::RestorePiece& piece) {
  const auto outcome = connection.restore(piece);
  require_ok(outcome, "");
  auto operated = wire::decode<wire::Operated>(outcome.body);
  if (!operated) fail_with(Exit::internal, "the answer of " + outcome.gateway_name + " is not understood");
  if (!operated->done) fail_with(Exit::rejected, harmless(outcome.gateway_name) + ": " + harmless(operated->message));
  return *std::move(operated);
}

/// The state to that node, and the last piece again until the auction has its new group.
directory::Auction restore_on(House& house, const Task& task, const directory::NodeRecord& node, bool force) {
  constexpr std::size_t kPieceBytes = 1U << 20U;
  Connection connection(house.settings(), node.endpoints.client);
  const Bytes& state = *task.state.state;
  wire::RestorePiece piece;
  piece.group = task.auction.group;
  piece.force = force;
  piece.size = state.size();
  piece.digest = digest_of(state);
  for (std::size_t at = 0; at < state.size(); at += kPieceBytes) {
    piece.offset = at;
    piece.bytes = share(state.substr(at, kPieceBytes));
    hand_over(connection, piece);
  }
  const TimePoint deadline = bus::steady_now() + std::max<Duration>(house.settings().timeout, 6s);
  for (;;) {
    auto now = house.auction(task.auction.id);
    if (now.group != task.auction.group && now.genesis == std::vector<Uid>{node.uid}) return now;
    hand_over(connection, piece);
    if (bus::steady_now() > deadline)
      fail_with(Exit::unknown, "outcome unknown: the directory has not taken it in time\nto find out: gavel status");
    house.connection().turn(bus::steady_now() + kAskAgain);
  }
}

void restore_one(Context& context, const Task& task, const RestoreOptions& options) {
  House& house = context.house();
  const auto nodes = survey(house);
  const Names names = house.names();
  if (!options.force) require_lost(nodes, task.auction, names);
  const auto node = target_for(nodes, task.auction, options.to);
  const std::string id = harmless(task.auction.id);
  std::cerr << "gavel: " << id << ": " << task.state.state->size() << " bytes to " << harmless(node.name) << '\n';
  const auto now = restore_on(house, task, node, options.force);
  const auto shown = house.show(now);
  const auto& filed = *task.filed.auction;
  const bool over = bus::now().wall >= filed.terms.end;
  Row all{{"auction", now.id},
          {"node", node.name},
          {"uid", gavel::print(node.uid)},
          {"group", now.group.value},
          {"former", task.auction.group.value},
          {"slot", task.filed.slot.value},
          {"time", iso(task.filed.stamp)},
          {"bids", filed.bids.size()},
          {"price", filed.bids.empty() ? Row() : Row(format(filed.bids.back().amount))},
          {"ends", iso(filed.terms.end)},
          {"over", over}};
  std::string text = id + " goes on, on " + harmless(node.name) + ", with " + std::to_string(filed.bids.size()) +
                     (filed.bids.size() == 1 ? " bid" : " bids") + ", up to slot " +
                     std::to_string(task.filed.slot.value) + " of " + iso(task.filed.stamp) +
                     "; bids that were acknowledged after that are gone";
  if (over)
    text += "\nits end has passed: it closes at once, with these bids; gavel result " + id + " tells how";
  else
    text += "\nit runs until " + iso(filed.terms.end) + ", and other nodes take their seats (gavel members " + id + ")";
  context.output().record(all, text);
}

void restore(Context& context, const RestoreOptions& options) {
  if (options.auctions.empty()) {
    if (options.force || !options.to.empty())
      fail_with(Exit::usage, "which auction? gavel restore " + options.file + " AUCTION restores it");
    return explain(context, options.file);
  }
  const auto archive = read_archive(options.file);
  std::vector<Task> tasks;
  for (const std::string& id : options.auctions)
    if (std::none_of(tasks.begin(), tasks.end(), [&](const Task& task) { return task.auction.id == id; }))
      tasks.push_back(task_for(context.house(), archive, options, id));
  for (const Task& task : tasks) restore_one(context, task, options);
}

}  // namespace

void add_restore_command(CLI::App& app, Context& context) {
  auto* use = app.add_subcommand(
      "restore",
      "Bring an auction back from a backup, when the nodes that served it are lost for good\n\n"
      "Examples:\n"
      "  gavel restore house.gavel                  what it holds, and how a cluster is founded from it\n"
      "  gavel restore house.gavel lot-7            lot-7 goes on, in the cluster that runs\n"
      "  gavel restore house.gavel lot-7 --to n3\n"
      "Bids that were acknowledged after the backup are gone.\n"
      "Exit code 1: the file is damaged. 3: the auction is led, or has ended; or no cluster can be founded from it.");
  auto options = std::make_shared<RestoreOptions>();
  use->add_option("FILE", options->file, "What gavel backup wrote")->required();
  use->add_option("AUCTION", options->auctions, "Auctions' ids (default: change nothing)");
  use->add_option("--to", options->to, "The node that founds it anew (default: a member that is left, or an idle one)")
      ->type_name("NODE");
  use->add_flag("--force", options->force, "Even if somebody leads it: what it has accepted since the backup is lost");
  use->callback([&context, options] { context.action = [&context, options] { restore(context, *options); }; });
}

}  // namespace gavel::cli
