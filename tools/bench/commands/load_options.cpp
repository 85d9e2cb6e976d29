#include "tools/bench/commands/load_options.hpp"

#include <cmath>
#include <map>

#include "client/cli/commands.hpp"
#include "tools/bench/commands/commands.hpp"

namespace gavel::bench {
namespace {

/// Calls of one client that a gateway takes.
constexpr std::size_t kMostOfOneClient = 512;
constexpr std::size_t kDefaultInFlight = 512;
constexpr std::size_t kDefaultClients = 8;

const std::map<std::string, Through> kGateways{
    {"all", Through::all}, {"one", Through::one}, {"leader", Through::leader}};

/// Commands of one client that may be under way. Above what a session keeps, one that is sent again might find its
/// reply forgotten, and its outcome unknown: such is said on demand only, for a client that is alone.
std::size_t most_of_one(const TypedLoad& typed) { return typed.clients == 1 ? kMostOfOneClient : kMostOfOneSession; }

std::size_t in_flight_of(const TypedLoad& typed) {
  if (typed.in_flight > 0) return typed.in_flight;
  return std::min(kDefaultInFlight, typed.clients * kMostOfOneSession);
}

std::size_t share_of(const TypedLoad& typed) {
  if (typed.rate > 0) return kMostOfOneSession;
  const std::size_t in_flight = in_flight_of(typed);
  const std::size_t share = (in_flight + typed.clients - 1) / typed.clients;
  if (share <= most_of_one(typed)) return share;
  cli::fail_with(cli::Exit::usage, std::to_string(share) + " commands of one client at once are more than a " +
                                       (typed.clients == 1 ? "gateway" : "session") + " allows, " +
                                       std::to_string(most_of_one(typed)) + "; --clients " +
                                       std::to_string((in_flight + kMostOfOneSession - 1) / kMostOfOneSession) +
                                       " would do");
}

std::string is_finite(const std::string& text) {
  return std::isfinite(std::strtod(text.c_str(), nullptr)) ? std::string() : "'" + text + "' is no rate";
}

}  // namespace

void add_load_options(CLI::App& command, TypedLoad& typed) {
  command
      .add_option("--clients", typed.clients, "Connections, each with a session of its own (8; rising: one an auction)")
      ->check(CLI::Range(1, 10'000).description(""))
      ->type_name("C");
  auto* in_flight =
      command.add_option("--in-flight", typed.in_flight, "Closed loop: so many under way, all clients together (512)")
          ->check(CLI::Range(1, 640'000).description(""))
          ->type_name("N");
  command.add_option("--rate", typed.rate, "Open loop: so many a second; latencies count from the intended start")
      ->check(CLI::Range(0.01, 1e7).description(""))
      ->check(is_finite)
      ->excludes(in_flight)
      ->type_name("R");
  command.add_option("--for", typed.length, "How long is measured")->capture_default_str()->type_name("DURATION");
  command.add_option("--warm-up", typed.warm_up, "How long before that")->capture_default_str()->type_name("DURATION");
}

void add_bid_options(CLI::App& command, TypedLoad& typed) {
  command.add_option("--size", typed.size, "Bytes of a bid's command; as far as its fields can be made longer")
      ->check(CLI::Range(1, 65'536).description(""))
      ->capture_default_str()
      ->type_name("BYTES");
  command.add_option("--amounts", typed.amounts, "race: what the last answer said is enough; rising: ever more")
      ->check([](const std::string& text) {
        return text == "race" || text == "rising" ? "" : "there are no amounts '" + text + "'; race and rising are";
      })
      ->capture_default_str()
      ->type_name("HOW");
  command
      .add_option(
          "--through", typed.through,
          "Gateways: all (but one for rising bids of several clients an auction), one, or leader: that of the node "
          "which leads the first auction")
      ->check([](const std::string& text) {
        return kGateways.contains(text) ? "" : "it is all, one or leader, not '" + text + "'";
      })
      ->type_name("WHICH");
  command.add_option("--auctions", typed.auctions, "Auctions at once, shared evenly by the clients")
      ->check(CLI::Range(1, 900).description(""))
      ->capture_default_str()
      ->type_name("N");
}

BidsOptions understand(TypedLoad typed) {
  // Rising bids of several clients would overtake each other: by default, each auction has one.
  if (typed.clients == 0) typed.clients = typed.amounts == "rising" ? typed.auctions : kDefaultClients;
  BidsOptions options;
  options.clients = typed.clients;
  options.auctions = typed.auctions;
  options.load.share = share_of(typed);
  options.load.in_flight = in_flight_of(typed);
  options.load.rate = typed.rate;
  options.load.length = length_option("--for", typed.length);
  options.load.warm_up = cli::duration_option("--warm-up", typed.warm_up);
  options.bidding.amounts = typed.amounts == "rising" ? Amounts::rising : Amounts::race;
  options.bidding.size = typed.size;
  const bool overtake = options.bidding.amounts == Amounts::rising && typed.clients > typed.auctions;
  options.through = !typed.through.empty() ? kGateways.at(typed.through) : overtake ? Through::one : Through::all;
  if (typed.auctions > typed.clients)
    cli::fail_with(cli::Exit::usage, std::to_string(typed.auctions) + " auctions need as many --clients");
  return options;
}

}  // namespace gavel::bench
