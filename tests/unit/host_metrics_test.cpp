// What a node tells in the Prometheus text format: the format itself, and the numbers of a small cluster at work.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <sstream>

#include "node/host/exposition.hpp"
#include "node/host/metrics.hpp"
#include "tests/unit/host_house.hpp"

namespace gavel::host {
namespace {

/// Every sample, by its name with its labels.
std::map<std::string, double> samples_of(const std::string& text) {
  std::map<std::string, double> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#")) continue;
    const auto space = line.rfind(' ');
    REQUIRE(space != std::string::npos);
    REQUIRE(out.emplace(line.substr(0, space), std::stod(line.substr(space + 1))).second);
  }
  return out;
}

struct House : SmallWorld {
  House() {
    found_three(*this);
    auction = start_auction(*this, 1, 60s);
    client_sends(2, "ann", wire::Hello{{8}, "ann"});
    session = open_session(2, "ann", auction.group);
  }
  wire::Answer bid(std::uint64_t uid, std::uint64_t number, std::int64_t amount) {
    return call(uid, "ann", command(auction.group, session, number, bid_of(amount)));
  }
  std::map<std::string, double> samples(std::uint64_t uid) { return samples_of(metrics(node(uid), now(), {})); }
  double sum(const std::string& sample) { return samples(1)[sample] + samples(2)[sample] + samples(3)[sample]; }

  directory::Auction auction;
  SessionId session;
};

}  // namespace

TEST_CASE("a family is headed once, its label values are escaped, and one without samples leaves no trace") {
  Exposition out;
  out.counter("a_total", "What a is.");
  out.sample(std::uint64_t{1}, {{"x", "plain"}, {"y", "a \"quote\", a \\ and a\nline"}});
  out.sample(std::uint64_t{18446744073709551615U});
  out.gauge("b", "Nothing.");
  out.gauge("c_seconds", "What c is.");
  out.sample(0.000125);
  CHECK(out.take() ==
        "# HELP a_total What a is.\n# TYPE a_total counter\n"
        "a_total{x=\"plain\",y=\"a \\\"quote\\\", a \\\\ and a\\nline\"} 1\n"
        "a_total 18446744073709551615\n"
        "# HELP c_seconds What c is.\n# TYPE c_seconds gauge\nc_seconds 0.000125\n");
}

TEST_CASE("a histogram's buckets count everything up to their bound, in seconds") {
  Histogram histogram;
  histogram.observe(200us);
  histogram.observe(3ms, 2);
  histogram.observe(1min);
  Exposition out;
  out.histogram("h_seconds", "What h is.");
  out.sample(histogram);
  const auto samples = samples_of(out.take());
  CHECK(samples.at("h_seconds_bucket{le=\"0.0001\"}") == 0);
  CHECK(samples.at("h_seconds_bucket{le=\"0.00025\"}") == 1);
  CHECK(samples.at("h_seconds_bucket{le=\"0.0025\"}") == 1);
  CHECK(samples.at("h_seconds_bucket{le=\"0.005\"}") == 3);
  CHECK(samples.at("h_seconds_bucket{le=\"10\"}") == 3);
  CHECK(samples.at("h_seconds_bucket{le=\"+Inf\"}") == 4);
  CHECK(samples.at("h_seconds_count") == 4);
  CHECK(samples.at("h_seconds_sum") == Approx(60.0062));
}

TEST_CASE("a slot is timed from when its leader appended it until it is committed, each once") {
  CommitTimes times;
  Histogram histogram;
  const TimePoint start{1s};
  times.appended(start, {10}, {13});
  times.appended(start + 5ms, {13}, {13});
  times.appended(start + 10ms, {13}, {14});
  times.committed(start + 20ms, {9}, histogram);
  CHECK(histogram.count() == 0);
  times.committed(start + 20ms, {12}, histogram);
  CHECK(histogram.count() == 2);
  times.committed(start + 40ms, {20}, histogram);
  CHECK(histogram.count() == 4);
  CHECK(histogram.sum() == 2 * 20ms + 40ms + 30ms);
  times.appended(start, {20}, {21});
  times.clear();
  times.committed(start + 1s, {30}, histogram);
  CHECK(histogram.count() == 4);
}

TEST_CASE("the verdict is read from every reply to a bid, and from no other reply") {
  for (std::size_t i = 0; i < auction::kVerdicts; ++i) {
    auction::BidReply reply;
    reply.verdict = static_cast<auction::Verdict>(i);
    reply.message = "because";
    reply.price = {1000, {}};
    CHECK(verdict_in(wire::encode_any(auction::Reply(reply))) == reply.verdict);
  }
  CHECK_FALSE(verdict_in(wire::encode_any(auction::Reply(auction::Presence{}))));
  CHECK_FALSE(verdict_in(wire::encode_any(auction::Reply(auction::Refused{"no"}))));
  CHECK_FALSE(verdict_in({}));
  CHECK_FALSE(verdict_in(wire::encode_any(auction::Reply(auction::BidReply{})).substr(0, 3)));
}

TEST_CASE("each bid counts once in the cluster by its verdict, however often it is sent and through whom") {
  House house;
  CHECK(verdict_of(house.bid(2, 1, 1000)).verdict == auction::Verdict::accepted);
  CHECK(verdict_of(house.bid(2, 2, 1050)).verdict == auction::Verdict::below_increment);
  CHECK(verdict_of(house.bid(2, 2, 1050)).verdict == auction::Verdict::below_increment);
  house.client_sends(3, "ann", wire::Hello{{8}, "ann"});
  CHECK(verdict_of(house.bid(3, 1, 1000)).verdict == auction::Verdict::accepted);
  CHECK(verdict_of(house.bid(3, 3, 1100)).verdict == auction::Verdict::accepted);
  CHECK(house.samples(2).at("gavel_bids_total{verdict=\"accepted\"}") == 1);
  CHECK(house.samples(2).at("gavel_bids_total{verdict=\"below_increment\"}") == 1);
  CHECK(house.samples(3).at("gavel_bids_total{verdict=\"accepted\"}") == 1);
  CHECK(house.sum("gavel_bids_total{verdict=\"accepted\"}") == 2);
  // A command that is repeated is answered, and timed, all the same.
  CHECK(house.samples(2).at("gavel_commands_total{status=\"ok\"}") == 3);
  CHECK(house.samples(2).at("gavel_command_seconds_count") == 3);
  CHECK(house.samples(2).at("gavel_command_seconds_sum") > 0);
}

TEST_CASE("an election, the commits after it and whoever leads show on the nodes that they happened on") {
  House house;
  house.bid(2, 1, 1000);
  house.run(1s);
  CHECK(house.sum("gavel_elections_won_total") >= 2);
  CHECK(house.sum("gavel_candidacies_total") >= house.sum("gavel_elections_won_total"));
  CHECK(house.sum("gavel_commit_seconds_count") > 0);
  CHECK(house.sum("gavel_group_is_leader{group=\"directory\",group_id=\"1\"}") == 1);
  const std::string group =
      "{group=\"" + house.auction.id + "\",group_id=\"" + std::to_string(house.auction.group.value) + "\"}";
  CHECK(house.sum("gavel_group_is_leader" + group) == 1);
  for (const std::uint64_t uid : {1U, 2U, 3U}) {
    const auto samples = house.samples(uid);
    CHECK(samples.at("gavel_up") == 1);
    CHECK(samples.at("gavel_groups") == 2);
    CHECK(samples.at("gavel_group_voters" + group) == 3);
    CHECK(samples.at("gavel_group_voters_heard" + group) == 3);
    CHECK(samples.at("gavel_group_log_lag_slots" + group) == 0);
    CHECK(samples.at("gavel_group_applied_lag_slots" + group) == 0);
    CHECK(samples.at("gavel_group_commit_slot" + group) > 0);
    CHECK(samples.at("gavel_calls_waiting") == 0);
  }
}

TEST_CASE("a node whose groups have no leader, or whose disk failed, is not up, and says why") {
  House house;
  house.kill(1);
  house.kill(3);
  house.run(5s);
  CHECK(house.node(2).ailment(house.now()).ends_with("has no leader"));
  CHECK(house.samples(2).at("gavel_up") == 0);
  CHECK(house.samples(2).at("gavel_suspicions_total") >= 1);
  house.act(house.at(2), [&](Node& n, NodeEffects& e) { n.on_storage_failed(house.now(), "no", e); });
  CHECK(house.node(2).ailment(house.now()) == "the disk failed");
}

TEST_CASE("slots are narrated from when the level is trace until it is not, and the core's notes name their term") {
  House house;
  auto& effects = house.at(2).effects;
  const auto narrated = [&](std::uint64_t number) {
    effects.notes.clear();
    std::size_t found = 0;
    house.client_sends(2, "ann", command(house.auction.group, house.session, number, bid_of(2000)));
    house.run(500ms);
    for (const auto& note : house.at(2).notes) found += note.find("commits slot") != std::string::npos ? 1U : 0U;
    house.at(2).notes.clear();
    return found;
  };
  house.at(2).notes.clear();
  CHECK(narrated(1) == 0);
  house.client_sends(2, "ann", wire::SetLogLevel{1, "trace"});
  CHECK(house.next<wire::Operated>("ann").value().done);
  CHECK(house.node(2).log_level() == LogLevel::trace);
  CHECK(narrated(2) > 0);
  house.act(house.at(2), [&](Node& n, NodeEffects& e) { n.on_log_level(house.now(), LogLevel::warn, e); });
  CHECK(narrated(3) == 0);
  house.client_sends(2, "ann", wire::SetLogLevel{2, "loud"});
  CHECK_FALSE(house.next<wire::Operated>("ann").value().done);
}

}  // namespace gavel::host
