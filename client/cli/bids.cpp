// bid, join, leave, watch.
#include "client/cli/commands.hpp"
#include "client/cli/follower.hpp"
#include "client/cli/rows.hpp"

namespace gavel::cli {
namespace {

struct BidOptions {
  std::string auction, amount, currency;
};

void bid(Context& context, const BidOptions& options) {
  check_amount(options.amount, options.currency);
  const auto auction = context.house().running(options.auction);
  const Currency currency =
      options.currency.empty() ? auction.terms.start_price.currency : read_currency(options.currency);
  const Money amount = read_amount(options.amount, currency);
  if (context.follower) context.follower->follow(auction, false);
  const auto told = context.house().bid(auction, amount);
  const auto& reply = told.value;
  const bool accepted = reply.verdict == auction::Verdict::accepted;
  const Row all{{"auction", auction.id},
                {"bidder", context.settings.as},
                {"amount", format(amount)},
                {"verdict", words_for(reply.verdict)},
                {"ordinal", accepted ? Row(reply.ordinal) : Row()},
                {"slot", reply.slot.value},
                {"session", told.outcome.session.value},
                {"number", told.outcome.number.value},
                {"leader", reply.leader ? Row(*reply.leader) : Row()},
                {"price", format(reply.price)},
                {"enough", reply.enough ? Row(format(*reply.enough)) : Row()},
                {"message", reply.message}};
  if (accepted || !context.output().for_people())
    context.output().record(all, "accepted: " + format(amount) + " leads " + auction.id + " (bid " +
                                     std::to_string(reply.ordinal) + ", slot " + std::to_string(reply.slot.value) +
                                     ")");
  if (!accepted)
    fail_with(reply.verdict == auction::Verdict::unknown_auction ? Exit::not_found : Exit::rejected,
              std::string(words_for(reply.verdict)) + ": " + harmless(reply.message));
}

void tell_presence(Context& context, const directory::Auction& auction, const auction::Presence& presence) {
  if (presence.verdict != auction::Verdict::accepted)
    fail_with(Exit::rejected, std::string(words_for(presence.verdict)) + ": " + harmless(presence.message));
  context.output().record({{"auction", auction.id},
                           {"name", presence.name},
                           {"present", presence.present},
                           {"participants", presence.participants}},
                          harmless(presence.name) + (presence.present ? " takes part in " : " has left ") + auction.id +
                              " (" + std::to_string(presence.participants) +
                              (presence.participants == 1 ? " participant)" : " participants)"));
}

struct WatchOptions {
  std::string auction;
  bool go_on = false;
  bool no_chat = false;
};

void watch(Context& context, const WatchOptions& options) {
  const std::string& id = options.auction;
  const bool go_on = options.go_on || id.empty();
  if (context.follower) {
    if (!id.empty()) context.follower->follow(context.house().running(id), true, !options.no_chat);
    return;
  }
  context.settings.stays = go_on;
  Output output = context.output();
  Follower follower(
      context.house(), [&output](const Telling& telling) { output.line(telling.row, telling.sentence); },
      go_on && !options.no_chat);
  std::string auction;
  if (id.empty()) {
    follower.follow_directory(true);
  } else {
    const auto found = context.house().running(id);
    auction = found.id;
    follower.follow(found, true);
    if (go_on && !options.no_chat && follower.is_open(auction)) follower.follow_directory_silently();
  }
  while (go_on && (id.empty() || follower.is_open(auction))) {
    if (interrupted()) fail_with(Exit::interrupted, "");
    context.house().connection().turn(kNever);
    follower.catch_up();
  }
}

}  // namespace

void add_bid_commands(CLI::App& app, Context& context) {
  auto* make = app.add_subcommand("bid",
                                  "Bid in an auction\n\n"
                                  "Examples:\n"
                                  "  gavel bid lot-7 120.00\n"
                                  "  gavel bid lot-7 \"120.00 USD\" --as ann");
  auto options = std::make_shared<BidOptions>();
  make->add_option("AUCTION", options->auction, "Its id, e.g. lot-7")->required();
  make->add_option("AMOUNT", options->amount, "How much, e.g. 120.00")->required();
  make->add_option("--currency", options->currency, "If the amount names none (default: the auction's)");
  make->callback([&context, options] { context.action = [&context, options] { bid(context, *options); }; });

  auto id = std::make_shared<std::string>();
  auto* join = app.add_subcommand("join",
                                  "Take part in an auction\n\n"
                                  "Examples:\n"
                                  "  gavel join lot-7 --as ann");
  join->add_option("AUCTION", *id, "Its id, e.g. lot-7")->required();
  join->callback([&context, id] {
    context.action = [&context, id] {
      const auto auction = context.house().running(*id);
      if (context.follower) context.follower->follow(auction, false);
      tell_presence(context, auction, context.house().join(auction));
    };
  });
  auto* leave = app.add_subcommand("leave",
                                   "Take part no longer; a leading bid stands\n\n"
                                   "Examples:\n"
                                   "  gavel leave lot-7 --as ann");
  leave->add_option("AUCTION", *id, "Its id, e.g. lot-7")->required();
  leave->callback([&context, id] {
    context.action = [&context, id] {
      const auto auction = context.house().running(*id);
      tell_presence(context, auction, context.house().leave(auction));
      if (context.follower) context.follower->unfollow(auction.id);
    };
  });

  auto* look = app.add_subcommand("watch",
                                  "What happens in an auction, or without one in the whole house\n\n"
                                  "Examples:\n"
                                  "  gavel watch lot-7        the bids up to now\n"
                                  "  gavel watch lot-7 -f     and those to come, until it closes, what is said in its "
                                  "room, and its likes\n"
                                  "  gavel watch -f           nodes, items and auctions as they come and go");
  auto watched = std::make_shared<WatchOptions>();
  look->add_option("AUCTION", watched->auction, "Its id, e.g. lot-7");
  look->add_flag("-f,--follow", watched->go_on, "Go on until the close");
  look->add_flag("--no-chat", watched->no_chat, "Only the auction, not what is said in its room and how it is liked");
  look->callback([&context, watched] { context.action = [&context, watched] { watch(context, *watched); }; });
}

}  // namespace gavel::cli
