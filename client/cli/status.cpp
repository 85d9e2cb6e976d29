// status: the whole cluster, asked of every node itself: once, or again and again in the place of the former picture.
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "client/cli/commands.hpp"
#include "client/cli/findings.hpp"
#include "client/cli/ring.hpp"
#include "client/cli/rows.hpp"
#include "client/cli/status_rows.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

struct StatusOptions {
  bool follow = false;
  bool all = false;
  std::string interval = "1s";
};

/// What there is to show of one moment.
struct Picture {
  Sight sight;
  std::vector<GroupView> groups;
  std::vector<Finding> findings;

  explicit Picture(Sight seen)
      : sight(std::move(seen)), groups(groups_in(sight)), findings(findings_in(sight, groups)) {}
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
};

std::string headline(const Picture& picture, bool coloured) {
  const Health worst = worst_of(picture.findings);
  const Ink ink = worst == Health::healthy ? Ink::good : worst == Health::degraded ? Ink::warning : Ink::bad;
  return painted(summary_of(picture.sight, picture.groups, picture.findings), ink, coloured);
}

void show_to_people(const Picture& picture, Output output, bool all) {
  output.text(headline(picture, output.coloured()));
  if (!picture.findings.empty()) {
    output.text("");
    output.list(findings_section(picture.findings));
  }
  output.text("\n" + painted("nodes", Ink::strong, output.coloured()));
  output.list(nodes_for_people(picture.sight, picture.groups));
  output.text("\n" + painted("groups, their members in the order of the ring", Ink::strong, output.coloured()));
  output.list(groups_for_people(picture.groups, all));
}

std::vector<Section> sections_of(const Picture& picture) {
  Section summary{"summary", {}, {summary_row(picture.sight, picture.groups, picture.findings)}, ""};
  return {std::move(summary),
          nodes_section(picture.sight, picture.groups),
          groups_section(picture.groups),
          rings_section(picture.groups, names_in(picture.sight)),
          healing_section(picture.groups),
          findings_section(picture.findings)};
}

/// Everything as one object.
Row whole(const Picture& picture) {
  Row row = Row::object();
  for (const Section& section : sections_of(picture))
    row[section.name] = section.name == "summary" ? section.rows.front() : Row(section.rows);
  return row;
}

void show_once(Context& context, bool all) {
  const Picture picture(look_around(context.house()));
  Output output = context.output();
  if (output.for_people())
    show_to_people(picture, output, all);
  else if (output.format() == Format::json)
    output.record(whole(picture), "");
  else
    output.lists(sections_of(picture));
  if (!picture.sight.any_answer()) fail_with(Exit::no_quorum, "no node answered");
}

// ---- --follow -------------------------------------------------------------------------------------------------------

/// Changes when something happens, and not while positions and times just go on.
std::string gist(const Picture& picture) {
  std::string text = summary_of(picture.sight, picture.groups, picture.findings);
  for (const Finding& finding : picture.findings)
    if (finding.kind != "lag") text += "\n" + finding.node + finding.group + finding.what;
  for (const GroupView& group : picture.groups) {
    text += "\n" + group.title + (group.ended ? " ended" : "");
    for (const MemberView& member : group.members) text += " " + member.name + member.role;
  }
  return text;
}

class Following {
 public:
  Following(Context& context, const StatusOptions& options) : context_(context), all_(options.all) {
    if (context.output().for_people() && ::isatty(STDOUT_FILENO) != 0) repainter_.emplace();
  }

  void look() {
    const WallTime now = bus::wall_now();
    try {
      picture_ = std::make_unique<Picture>(look_around(context_.house(), picture_ ? &picture_->sight : nullptr));
    } catch (const Failure& failure) {
      if (failure.code == Exit::interrupted) throw;
      return show_failure(now, failure.message);
    }
    show(now);
  }

 private:
  void show(WallTime now) {
    Output output = context_.output();
    if (!output.for_people()) {
      Row row{{"at", iso(now)}};
      row.update(whole(*picture_));
      return output.line(row, "");
    }
    const std::string gist_now = gist(*picture_);
    if (!repainter_ && gist_now == shown_) return;
    std::ostringstream text;
    show_to_people(*picture_, Output(text, Format::table, output.coloured()), all_);
    draw(clock(now) + "  " + text.str());
    shown_ = gist_now;
  }

  /// Nobody tells which nodes there are, and none is known from before.
  void show_failure(WallTime now, const std::string& why) {
    Output output = context_.output();
    const std::vector<Finding> findings{{Health::broken, "no_answer", "", "", why}};
    if (!output.for_people()) return output.line({{"at", iso(now)}, {"summary", summary_row({}, {}, findings)}}, "");
    if (repainter_ || shown_ != why) draw(clock(now) + "  no node answers: " + why + "\n");
    shown_ = why;
  }

  void draw(const std::string& text) {
    if (repainter_)
      repainter_->show(text);
    else
      std::cout << text << '\n' << std::flush;
  }

  Context& context_;
  bool all_;
  std::unique_ptr<Picture> picture_;
  std::string shown_;
  std::optional<Repainter> repainter_;
};

void follow_status(Context& context, const StatusOptions& options) {
  const auto interval = parse_duration(options.interval);
  if (!interval) fail_with(Exit::usage, "--interval " + interval.error().message);
  constexpr Duration kShortest = 100ms;
  if (*interval < kShortest) fail_with(Exit::usage, "--interval " + options.interval + ": 100ms at least");
  // It goes on when its gateway ends; and a picture that is late shows what was.
  if (!context.made) {
    context.settings.stays = true;
    context.settings.timeout = std::min<Duration>(context.settings.timeout, 1s);
  }
  Following following(context, options);
  for (;;) {
    const TimePoint next = bus::steady_now() + *interval;
    following.look();
    if (!std::cout.flush()) fail_with(Exit::internal, "the standard output takes nothing more");
    while (bus::steady_now() < next) {
      if (interrupted()) fail_with(Exit::interrupted, "");
      context.house().connection().turn(next);
    }
  }
}

}  // namespace

void add_status_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand(
      "status",
      "The whole cluster: nodes, groups, leaders, positions, what is wrong; asked of every node itself\n\n"
      "Examples:\n"
      "  gavel status\n"
      "  gavel status --follow             again every second, in place\n"
      "  gavel status --follow -o json     a line every second\n"
      "  gavel status -o json              with what each node counts");
  auto options = std::make_shared<StatusOptions>();
  command->add_flag("-f,--follow", options->follow, "Go on until Ctrl-C; to a file or pipe, print what changed");
  command->add_option("--interval", options->interval, "Between two looks, with --follow")->capture_default_str();
  command->add_flag("--all", options->all, "Also nodes that only observe a group, and auctions that have ended");
  command->callback([&context, options] {
    context.action = [&context, options] {
      options->follow ? follow_status(context, *options) : show_once(context, options->all);
    };
  });
}

}  // namespace gavel::cli
