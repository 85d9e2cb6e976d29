#include <catch2/catch.hpp>
#include <sstream>

#include "client/cli/output.hpp"
#include "tests/unit/sniffer_frames.hpp"
#include "tools/sniffer/view/top.hpp"

namespace gavel::sniffer {
namespace {

using namespace testing;

Seen at(std::int64_t micros, const Capture& capture, std::size_t size = 100) {
  Seen message = seen(capture);
  message.at = WallTime{micros};
  message.size = size;
  return message;
}
const Capture kAck = on_lane('a', kN1, kLot, ack_of(3));
const Capture kOrder = on_lane('o', kN2, kLot, order_after(3, 1));

std::vector<cli::Row> rows_of(const std::string& text) {
  std::vector<cli::Row> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) rows.push_back(cli::Row::parse(line));
  return rows;
}

/// Two orders and one ack in the first second, an ack in the fifth.
std::string two_intervals(TopOptions options) {
  std::ostringstream out;
  Names names;
  names.learn_node(kN2, "n2");
  const auto top = make_top(out, names, std::move(options));
  top->tick(WallTime{0});
  top->show(at(100'000, kAck));
  top->show(at(200'000, kOrder, 300));
  top->show(at(300'000, kOrder, 300));
  top->show(at(4'500'000, kAck));
  top->end();
  return out.str();
}

}  // namespace

TEST_CASE("each interval with traffic is one object, with rates and totals, the busiest first") {
  TopOptions options;
  options.jsonl = true;
  const auto rows = rows_of(two_intervals(options));
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["seconds"] == 1.0);
  CHECK(rows[0]["messages"] == 3);
  CHECK(rows[0]["messages_per_second"] == 3.0);
  CHECK(rows[0]["bytes"] == 700);
  CHECK(rows[0]["lanes"][0]["lane"] == "order");
  CHECK(rows[0]["lanes"][0]["messages"] == 2);
  CHECK(rows[0]["lanes"][1]["lane"] == "ack");
  CHECK(rows[0]["types"][0]["type"] == "Order");
  CHECK(rows[0]["nodes"][0]["node"] == "n2");
  CHECK(rows[1]["messages"] == 1);
  CHECK(rows[1]["total_messages"] == 4);
  CHECK(rows[1]["lanes"][0]["lane"] == "ack");
  CHECK(rows[1]["lanes"][1]["total_messages"] == 2);
}

TEST_CASE("away from a terminal there is a table for each interval with traffic, without control characters") {
  const auto text = two_intervals({});
  CHECK_THAT(text, Catch::Contains("00:00:01.000000") && Catch::Contains("msg/s") && Catch::Contains("order") &&
                       Catch::Contains("n2"));
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("at a terminal the table stays in place and fits it") {
  std::ostringstream out;
  const Names names;
  TopOptions options;
  options.rows = [] { return std::size_t{14}; };
  const auto top = make_top(out, names, options);
  top->tick(WallTime{0});
  for (std::uint64_t node = 1; node <= 50; ++node) top->show(at(1000, on_lane('a', Uid{node}, kLot, ack_of(3))));
  top->tick(WallTime{1'000'000});
  const std::string text = out.str();
  CHECK_THAT(text, Catch::StartsWith("\x1b[2J\x1b[H"));
  CHECK(std::count(text.begin(), text.end(), '\n') <= 14);
  top->tick(WallTime{2'000'000});
  CHECK_THAT(out.str().substr(text.size()), Catch::StartsWith("\x1b[H"));
}

TEST_CASE("unknown kinds share one row, and so do nodes beyond a thousand") {
  std::ostringstream out;
  const Names names;
  TopOptions options;
  options.jsonl = true;
  const auto top = make_top(out, names, options);
  top->tick(WallTime{0});
  for (std::uint64_t i = 0; i < 3000; ++i) {
    Seen message = at(1000, kAck);
    message.from = Uid{1 + i};
    if (i % 2 == 0) {
      message.kind = 1000 + i;
      message.type = type_of(message.kind);
    }
    top->show(message);
  }
  top->end();
  const auto row = rows_of(out.str()).at(0);
  REQUIRE(row["types"].size() == 2);
  CHECK(row["types"].at(0)["total_messages"] == 1500);
  CHECK(row["types"].at(1)["total_messages"] == 1500);
  CHECK(row["nodes"].size() == 1025);
  CHECK(row["nodes"].at(0)["node"] == "others");
  CHECK(row["nodes"].at(0)["total_messages"] == 3000 - 1024);
}

}  // namespace gavel::sniffer
