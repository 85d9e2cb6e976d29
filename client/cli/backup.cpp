// backup: group states into a file.
#include <algorithm>

#include "client/cli/archive_file.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/filed.hpp"
#include "client/cli/group_view.hpp"
#include "client/cli/rows.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

/// One piece after the other, from a node that has applied the slot. Throws if that node does not hand it out.
wire::ArchivedGroup fetch(const Settings& settings, const directory::NodeRecord& node, GroupId group, Slot at_least) {
  Connection connection(settings_for_one_node(settings), node.endpoints.client);
  const TimePoint deadline = bus::steady_now() + settings.timeout;
  Bytes whole;
  wire::BackupPiece first;
  while (whole.empty() || whole.size() < first.size) {
    const auto outcome = connection.backup(group, whole.size());
    require_ok(outcome, "");
    auto piece = wire::decode<wire::BackupPiece>(outcome.body);
    if (!piece) fail_with(Exit::internal, "its piece is not understood: " + piece.error().message);
    if (!piece->message.empty()) fail_with(Exit::no_quorum, harmless(piece->message));
    if (whole.empty() && piece->slot < at_least) {
      if (bus::steady_now() > deadline)
        fail_with(Exit::no_quorum, "it is behind, at slot " + std::to_string(piece->slot.value));
      connection.turn(bus::steady_now() + 20ms);
      continue;
    }
    if (whole.empty()) first = *piece;
    const bool fits = piece->offset == whole.size() && piece->slot == first.slot && piece->size == first.size;
    if (!fits || !piece->bytes || piece->bytes->empty()) fail_with(Exit::internal, "its pieces do not fit together");
    whole += *piece->bytes;
  }
  if (whole.size() != first.size || digest_of(whole) != first.digest)
    fail_with(Exit::internal, "its pieces do not make up the whole");
  return {group, first.slot, std::make_shared<const Bytes>(std::move(whole))};
}

/// From the leader if there is one, otherwise from whoever serves the group.
wire::ArchivedGroup fetch(House& house, const House::Group& group) {
  const Slot slot = house.mark(group);
  const auto nodes = survey(house);
  Uid leader;
  leaders_word(nodes, group.id, &leader);
  std::vector<const Surveyed*> holders;
  for (const Surveyed& one : nodes)
    if (serving(one, group.id) != nullptr) holders.push_back(&one);
  std::stable_partition(holders.begin(), holders.end(), [&](const auto* one) { return one->node.uid == leader; });
  std::string refusals;
  for (const Surveyed* one : holders) {
    try {
      return fetch(house.settings(), one->node, group.id, slot);
    } catch (const Failure& failure) {
      if (failure.code == Exit::interrupted) throw;
      refusals += "\n" + harmless(one->node.name) + ": " + failure.message;
    }
  }
  fail_with(Exit::no_quorum, "no node hands out the state of " + group.title + refusals);
}

struct BackupOptions {
  std::vector<std::string> groups;
  std::string file;
};

void backup(Context& context, const BackupOptions& options) {
  const std::string file = place_for_archive(options.file);
  House& house = context.house();
  wire::Archive archive;
  archive.cluster = context.settings.cluster;
  archive.made = bus::now().wall;
  std::vector<FiledGroup> filed;
  const auto take = [&](const House::Group& group) {
    if (archive.find(group.id) != nullptr) return;
    auto one = fetch(house, group);
    const auto parts = take_apart(one);
    if (!parts) fail_with(Exit::internal, "what came of " + group.title + " is damaged: " + parts.error().message);
    std::cerr << "gavel: " << group.title << " up to slot " << one.slot.value << ", " << one.state->size()
              << " bytes\n";
    filed.push_back(*parts);
    archive.groups.push_back(std::move(one));
    std::sort(archive.groups.begin(), archive.groups.end(),
              [](const auto& a, const auto& b) { return a.group < b.group; });
  };
  for (const std::string& title : options.groups) take(house.group(title));
  if (options.groups.empty()) {
    take(house.group("directory"));
    // What the directory's state says, so that the file fits together.
    for (const auto& auction : std::vector(filed.front().directory->auctions))
      if (!auction.outcome) take({auction.group, auction.id, auction});
    for (const auto& open : std::vector(filed.front().directory->standing)) take({open.group, open.name, {}});
  }
  write_archive(file, archive);
  std::sort(filed.begin(), filed.end(), [](const auto& a, const auto& b) { return a.group < b.group; });
  Section section = filed_section();
  for (const FiledGroup& one : filed) section.rows.push_back(row(one));
  context.output().list(section);
  context.output().text("written to " + options.file + "; gavel restore " + options.file + " says how it is used");
}

}  // namespace

void add_backup_commands(CLI::App& app, Context& context) {
  auto* make = app.add_subcommand(
      "backup",
      "Write the state of the house, or of some groups, to a file\n\n"
      "Examples:\n"
      "  gavel backup --to house.gavel               the directory, all that runs, the lobby and the likes\n"
      "  gavel backup lot-7 lot-8 --to lots.gavel\n"
      "  gavel backup directory --to directory.gavel\n"
      "It holds all that was acknowledged before. A file of that name is replaced.");
  auto options = std::make_shared<BackupOptions>();
  make->add_option("GROUP", options->groups, "Auctions' ids, directory, lobby or likes (default: the whole house)");
  make->add_option("--to", options->file, "The file")->required()->type_name("FILE");
  make->callback([&context, options] { context.action = [&context, options] { backup(context, *options); }; });
}

}  // namespace gavel::cli
