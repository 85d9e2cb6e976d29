#include <catch2/catch.hpp>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "client/cli/rows.hpp"
#include "common/wire/services/directory.hpp"
#include "tests/unit/sniffer_frames.hpp"
#include "tools/sniffer/message/words.hpp"
#include "tools/sniffer/sniffing.hpp"
#include "tools/sniffer/view/lines.hpp"

namespace gavel::sniffer {
namespace {

using namespace testing;

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

/// A client's command that an auction ends at that time, as a node publishes it.
Capture start_until(std::int64_t micros) {
  directory::StartAuction start;
  start.item = "lamp";
  start.end = WallTime{micros};
  const wire::Request request{wire::RequestKind::command, SessionId{12}, RequestNumber{3},
                              wire::encode_any(directory::Command{start})};
  const wire::Batch batch{{kN2, kLife, BatchNumber{4}}, share(wire::encode(wire::RequestList{{request}}))};
  return on_lane('b', kN2, kDirectoryGroup, batch);
}

Capture beat_of(std::uint64_t last) {
  wire::Beat beat;
  beat.last = Slot{last};
  return on_lane('h', kN1, kLot, beat);
}

/// Cannot show a message that has a body.
class Clumsy final : public View {
 public:
  explicit Clumsy(std::vector<std::string>& faults) : faults_(faults) {}
  void show(const Seen& seen) override {
    if (!std::holds_alternative<std::monostate>(seen.body)) throw std::length_error("too much for this one");
    faults_.push_back(seen.fault);
  }

 private:
  std::vector<std::string>& faults_;
};

}  // namespace

TEST_CASE("times before 1970 and beyond every calendar can be shown") {
  CHECK(cli::iso(WallTime{-1}) == "1969-12-31T23:59:59.999Z");
  CHECK(cli::iso(WallTime{-500'000}) == "1969-12-31T23:59:59.500Z");
  CHECK(cli::iso(WallTime{-1'000'000}) == "1969-12-31T23:59:59.000Z");
  CHECK(cli::iso(WallTime{1'000}) == "1970-01-01T00:00:00.001Z");
  CHECK(cli::clock(WallTime{-1}) == "23:59:59.999");
  CHECK(cli::iso(WallTime{kHighest}) == "294247-01-10T04:00:54.775Z");
  CHECK(cli::iso(WallTime{kLowest}) == "-290308-12-21T19:59:05.224Z");
  CHECK(shown_moment(WallTime{-1}) == "1969-12-31T23:59:59.999999Z");
  CHECK(shown_moment(WallTime{kHighest}) == "294247-01-10T04:00:54.775807Z");
  CHECK(shown_moment(WallTime{kLowest}) == "-290308-12-21T19:59:05.224192Z");
}

TEST_CASE("a message that names an impossible time is shown like any other, as a line and as JSON") {
  const Names names;
  for (const std::int64_t micros : {std::int64_t{-1}, std::int64_t{-500'000}, kLowest, kHighest}) {
    auto message = seen(start_until(micros));
    message.at = WallTime{micros};
    CHECK_THAT(words_for(message, names), Catch::StartsWith("start lamp until " + cli::iso(WallTime{micros})));
    for (const bool jsonl : {false, true}) {
      std::ostringstream out;
      make_lines(out, names, {.jsonl = jsonl})->show(message);
      CHECK_THAT(out.str(), Catch::Contains("start lamp until"));
    }
  }
  auto order = order_after(3, 1);
  order.entries[0].stamp = WallTime{kLowest};
  std::ostringstream out;
  make_lines(out, names, {.jsonl = true})->show(seen(on_lane('o', kN1, kLot, order)));
  CHECK_THAT(out.str(), Catch::Contains("-290308-12-21T19:59:05.224Z"));
}

TEST_CASE("a duration of more than a hundred thousand years is refused instead of overflowing") {
  CHECK_FALSE(cli::parse_duration("1000000000h1000000000h1000000000h1000000000h"));
  CHECK(cli::parse_duration("1000000000h"));
}

TEST_CASE("what a view cannot cope with is shown as not understood and ends nothing") {
  std::vector<std::string> faults;
  std::ostringstream messages;
  SniffingOptions options;
  options.cluster = kCluster;
  Sniffing sniffing(options, {}, messages);
  sniffing.show_in(std::make_unique<Clumsy>(faults));
  REQUIRE(sniffing.take(beat_of(1)));
  REQUIRE(sniffing.take(beat_of(2)));
  REQUIRE(sniffing.end());
  REQUIRE(faults.size() == 2);
  CHECK_THAT(faults[0], Catch::Contains("too much for this one"));
  CHECK_THAT(messages.str(), Catch::Contains("2 shown") && Catch::Contains("2 not understood"));
}

}  // namespace gavel::sniffer
