// bidders: several bidders at once, each with a connection and a session of its own, who bid each other up. Prints
// every answer with what an auditor needs to find the bid again in the replicas. For demonstrations and tests.
#include "client/cli/commands.hpp"
#include "client/cli/crowd.hpp"
#include "client/cli/rows.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

struct BiddersOptions {
  std::string auction, duration = "10s", pause = "20ms";
  std::size_t bidders = 3;
  std::uint64_t seed = 1;
};

class Bidder {
 public:
  Bidder(const Settings& settings, const directory::Auction& auction, const BiddersOptions& options, std::size_t index)
      : house_(settings_in_crowd(settings, "bidder", index)),
        auction_(auction),
        random_(options.seed * 1000 + index),
        pause_(*parse_duration(options.pause)),
        until_(bus::steady_now() + *parse_duration(options.duration)) {}

  void run() {
    Money enough = auction_.terms.start_price;
    while (bus::steady_now() < until_ && !interrupted() && !closed_) {
      Money amount = enough;
      const auto more = auction_.terms.increment.minor * random_.between(0, 2);
      if (const auto sum = checked_add(amount, {more, amount.currency})) amount = *sum;
      enough = bid(amount).value_or(enough);
      rest();
    }
  }

 private:
  /// What would be enough next, if the auction said so.
  std::optional<Money> bid(const Money& amount) {
    const TimePoint sent = bus::steady_now();
    const auto outcome = house_.connection().command(
        auction_.group, wire::encode_any(auction::Command(auction::Bid{house_.settings().as, amount})));
    const TimePoint answered = bus::steady_now();
    if (outcome.kind == client::OutcomeKind::unknown_group) auction_ = house_.auction(auction_.id);  // restored
    const auto reply = outcome.kind == client::OutcomeKind::ok ? wire::decode_any<auction::Reply>(outcome.body)
                                                               : Result<auction::Reply>(fail(outcome.message));
    const auto* judged = reply ? std::get_if<auction::BidReply>(&*reply) : nullptr;
    const std::string verdict(judged != nullptr ? words_for(judged->verdict) : client::print(outcome.kind));
    tell(amount, verdict, judged, outcome, sent, answered);
    if (judged == nullptr) return {};
    closed_ = judged->verdict == auction::Verdict::closed;
    return judged->enough;
  }

  void tell(const Money& amount, const std::string& verdict, const auction::BidReply* judged,
            const client::Outcome& outcome, TimePoint sent, TimePoint answered) {
    Row line{{"auction", auction_.id},
             {"bidder", house_.settings().as},
             {"amount", format(amount)},
             {"verdict", verdict},
             {"acknowledged", judged != nullptr},
             {"accepted", judged != nullptr && judged->verdict == auction::Verdict::accepted},
             {"slot", judged != nullptr ? Row(judged->slot.value) : Row()},
             {"ordinal", judged != nullptr && judged->ordinal != 0 ? Row(judged->ordinal) : Row()}};
    line.update(audit_row(outcome, sent, answered));
    if (house_.settings().format != Format::table) return print_line(line);
    print_line(house_.settings().as + " " + format(amount) + ": " + verdict + " (" +
               std::to_string((answered - sent).count() / 1000) + " ms, via " + harmless(outcome.gateway_name) + ")");
  }

  void rest() {
    const TimePoint until = std::min(until_, bus::steady_now() + random_.between(Duration(0), pause_));
    while (bus::steady_now() < until && !interrupted()) house_.connection().turn(until);
  }

  House house_;
  directory::Auction auction_;
  Random random_;
  Duration pause_;
  TimePoint until_;
  bool closed_ = false;
};

void bidders(Context& context, const BiddersOptions& options) {
  duration_option("--for", options.duration);
  duration_option("--pause", options.pause);
  const auto auction = context.house().running(options.auction);
  static_cast<void>(run_crowd(options.bidders, "bidder",
                              [&](std::size_t i) { Bidder(context.settings, auction, options, i).run(); }));
}

}  // namespace

void add_bidders_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("bidders",
                                     "Let several bidders bid each other up, and print every answer\n\n"
                                     "Examples:\n"
                                     "  gavel bidders lot-7 --bidders 3 --for 10s -o jsonl");
  auto options = std::make_shared<BiddersOptions>();
  command->add_option("AUCTION", options->auction, "Its id, e.g. lot-7")->required();
  command->add_option("--bidders", options->bidders, "How many")->check(CLI::Range(1, 64))->capture_default_str();
  command->add_option("--for", options->duration, "How long")->capture_default_str();
  command->add_option("--pause", options->pause, "Longest rest after a bid")->capture_default_str();
  command->add_option("--seed", options->seed, "Of amounts and rests")->capture_default_str();
  command->callback([&context, options] { context.action = [&context, options] { bidders(context, *options); }; });
}

}  // namespace gavel::cli
