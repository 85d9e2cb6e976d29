// auctions, start, show, history, result.
#include <cstdint>
#include <limits>

#include "client/cli/commands.hpp"
#include "client/cli/filed.hpp"
#include "client/cli/rows.hpp"

namespace gavel::cli {
namespace {

void list_auctions(Context& context, directory::Which which) {
  Section section = auctions_section();
  const auto auctions = context.house().auctions(which);
  const Names names = context.house().names();
  for (const auto& auction : auctions) section.rows.push_back(row(auction, names));
  context.output().list(section);
}

void start(Context& context, const std::string& item, const std::string& duration) {
  const auto length = parse_duration(duration);
  if (!length) fail_with(Exit::usage, "--for " + length.error().message);
  const auto started = context.house().start({item, *length, {}, context.settings.as});
  const auto& a = started.auction;
  const Names names = context.house().names();
  const std::string served_by = harmless(joined(names.of(a.members)));
  Row all = row(a, names);
  all["clients"] = started.clients;
  all["failures_survived"] = started.failures_survived;
  all["safety"] = started.safety;
  context.output().record(all, a.id + " runs until " + clock(a.terms.end) + " on " + served_by + ", auctioneer " +
                                   harmless(names.of(a.active)) + "\n" + started.safety + "\nbid with: gavel bid " +
                                   a.id + " " + format_amount(a.terms.start_price));
}

void show(Context& context, const std::string& id) {
  const auto found = context.house().running(id);
  const auto summary = context.house().reachable(found, [&] { return context.house().show(found); }).value;
  context.output().record(row(summary), describe(summary));
}

struct HistoryOptions {
  std::string auction, file;
  std::uint64_t from = 1, session = 0, number = 0;
};

void history(Context& context, const HistoryOptions& options) {
  std::vector<auction::BidRecord> bids;
  std::string as_of;
  if (options.file.empty()) {
    const auto found = context.house().running(options.auction);
    auto told = context.house().reachable(found, [&] { return context.house().history(found, options.from); });
    bids = std::move(told.value);
    as_of = "slot " + std::to_string(told.outcome.slot.value);
  } else {
    for (auto& bid : auction_in(options.file, options.auction).bids)
      if (bid.ordinal >= options.from) bids.push_back(std::move(bid));
    as_of = options.file;
  }
  Section section = history_section();
  for (const auto& bid : bids) {
    if (options.session != 0 && bid.session.value != options.session) continue;
    if (options.number != 0 && bid.request.value != options.number) continue;
    section.rows.push_back(row(bid));
  }
  const bool searched = options.session != 0 || options.number != 0;
  if (searched) section.if_empty.clear();
  context.output().list(section);
  if (searched && section.rows.empty())
    fail_with(Exit::not_found, "no such bid is among the accepted ones, as of " + as_of);
}

void result(Context& context, const std::string& id) {
  const auto auction = context.house().auction(id);
  auto outcome = auction.outcome;
  if (!outcome) outcome = context.house().show(auction).value.outcome;
  if (!outcome) fail_with(Exit::not_found, auction.id + " has no result yet: it runs until " + iso(auction.terms.end));
  Row all{{"auction", auction.id}};
  all.update(row(*outcome));
  context.output().record(all, describe(auction.id, *outcome));
}

/// A command whose only argument is an auction.
void add_simple(CLI::App& app, Context& context, const std::string& name, const std::string& about,
                void (*run)(Context&, const std::string&)) {
  auto* command = app.add_subcommand(name, about + "\n\nExamples:\n  gavel " + name + " lot-7");
  auto id = std::make_shared<std::string>();
  command->add_option("AUCTION", *id, "Its id, e.g. lot-7")->required();
  command->callback([&context, id, run] { context.action = [&context, id, run] { run(context, *id); }; });
}

}  // namespace

void add_auction_commands(CLI::App& app, Context& context) {
  auto* list = app.add_subcommand("auctions",
                                  "List auctions, running and ended\n\n"
                                  "Examples:\n"
                                  "  gavel auctions --running");
  auto which = std::make_shared<directory::Which>(directory::Which::all);
  auto* running = list->add_flag_callback(
      "--running", [which] { *which = directory::Which::running; }, "Only those that run");
  list->add_flag_callback(
          "--ended", [which] { *which = directory::Which::ended; }, "Only those that ended")
      ->excludes(running);
  list->callback([&context, which] { context.action = [&context, which] { list_auctions(context, *which); }; });

  auto* begin = app.add_subcommand("start",
                                   "Start the auction of an item\n\n"
                                   "Examples:\n"
                                   "  gavel start lot-7\n"
                                   "  gavel start lot-7 --for 2m30s");
  auto item = std::make_shared<std::string>();
  auto duration = std::make_shared<std::string>("60s");
  begin->add_option("ITEM", *item, "The item's id, e.g. lot-7")->required();
  begin->add_option("--for", *duration, "How long it is open")->capture_default_str();
  begin->callback([&context, item, duration] {
    context.action = [&context, item, duration] { start(context, *item, *duration); };
  });

  add_simple(app, context, "show", "Who leads an auction, and what would be enough", show);
  add_simple(app, context, "result", "How an auction ended", result);

  auto* past = app.add_subcommand("history",
                                  "The accepted bids of an auction, in order\n\n"
                                  "Examples:\n"
                                  "  gavel history lot-7\n"
                                  "  gavel history lot-7 --session 21 --number 1    does that bid count?\n"
                                  "  gavel history --file n1/archive/lot-7.gavel    of an auction that ended long ago");
  auto options = std::make_shared<HistoryOptions>();
  past->add_option("AUCTION", options->auction, "Its id, e.g. lot-7");
  past->add_option("--file", options->file, "A backup or an archive instead of the cluster")->type_name("FILE");
  past->add_option("--from", options->from, "First bid to show")
      ->check(CLI::Range(std::int64_t{1}, std::numeric_limits<std::int64_t>::max()).description(""));
  past->add_option("--session", options->session, "Only bids of this session");
  past->add_option("--number", options->number, "Only the bid with this number in its session");
  past->callback([&context, options] {
    if (options->auction.empty() && options->file.empty()) throw CLI::RequiredError("AUCTION");
    context.action = [&context, options] { history(context, *options); };
  });
}

}  // namespace gavel::cli
