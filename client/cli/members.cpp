// members: who belongs to a group, as its leader sees them, and who still holds a replica of it without belonging.
#include "client/cli/commands.hpp"
#include "client/cli/group_view.hpp"
#include "common/base/print.hpp"

namespace gavel::cli {
namespace {

void add_rows(Section& section, const std::string& title, GroupId group, const std::vector<Surveyed>& nodes,
              const Names& names) {
  Uid leader;
  const auto* word = leaders_word(nodes, group, &leader);
  const wire::GroupStatus* any = word;
  for (const Surveyed& one : nodes)
    if (any == nullptr) any = serving(one, group);
  if (any == nullptr) return;
  const auto add = [&](Uid uid, const std::string& role, bool heard, Slot durable, Slot applied) {
    section.rows.push_back({{"group", title},
                            {"node", names.of(uid)},
                            {"uid", gavel::print(uid)},
                            {"role", role},
                            {"heard", heard},
                            {"durable", durable.value},
                            {"applied", applied.value},
                            {"behind", any->last > durable ? Row(any->last.value - durable.value) : Row(0)}});
  };
  for (const auto& member : any->members)
    add(member.uid,
        word != nullptr && member.uid == leader ? "leader"
        : member.voter                          ? "voter"
                                                : "learner",
        member.heard, member.durable, member.applied);
  for (const Surveyed& one : nodes) {
    const auto* own = serving(one, group);
    if (own == nullptr || any->config.is_member(one.node.uid)) continue;
    add(one.node.uid, "unlisted", true, own->last, own->applied);
  }
}

void members(Context& context, const std::string& title) {
  House& house = context.house();
  std::vector<std::pair<GroupId, std::string>> groups;
  if (title.empty()) {
    groups.emplace_back(kDirectoryGroup, "directory");
    for (const auto& open : house.standing_near()) groups.emplace_back(open.group, open.name);
    for (const auto& auction : house.auctions(directory::Which::running))
      groups.emplace_back(auction.group, auction.id);
  } else {
    const auto group = house.group(title);
    groups.emplace_back(group.id, group.title);
  }
  const auto nodes = survey(house);
  Names names;
  for (const Surveyed& one : nodes) names.learn(one.node.uid, one.node.name);
  Section section{"members",
                  {{"group", "GROUP"},
                   {"node", "NODE"},
                   {"role", "ROLE"},
                   {"heard", "HEARD"},
                   {"durable", "DURABLE"},
                   {"applied", "APPLIED"},
                   {"behind", "BEHIND"}},
                  {},
                  "no node that answers serves it"};
  for (const auto& [id, name] : groups) {
    add_rows(section, name, id, nodes, names);
    if (leaders_word(nodes, id) == nullptr) std::cerr << "gavel: no node says that it leads " << name << '\n';
  }
  context.output().list(section);
  if (section.rows.empty()) fail_with(Exit::no_quorum, "");
}

}  // namespace

void add_members_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("members",
                                     "Who belongs to a group: leader, voters, learners, and how far each is\n\n"
                                     "Examples:\n"
                                     "  gavel members lot-7\n"
                                     "  gavel members directory\n"
                                     "  gavel members              of the directory and all that runs");
  auto title = std::make_shared<std::string>();
  command->add_option("GROUP", *title, "An auction's id, directory, lobby or likes");
  command->callback([&context, title] { context.action = [&context, title] { members(context, *title); }; });
}

}  // namespace gavel::cli
