// Rows, printed in each of the three ways.
#include <catch2/catch.hpp>
#include <sstream>

#include "client/cli/output.hpp"
#include "client/cli/rows.hpp"

namespace gavel::cli {
namespace {

Section fruit() {
  return {"fruit",
          {{"name", "NAME"}, {"count", "COUNT"}},
          {{{"name", "Äpfel"}, {"count", 3}}, {{"name", "figs"}, {"count", 12}}},
          "none"};
}

std::string printed(Format format, void (*print)(Output&)) {
  std::ostringstream out;
  Output output(out, format);
  print(output);
  return out.str();
}

TEST_CASE("terminal: a table aligns words left and numbers right, and counts characters, not bytes") {
  CHECK(printed(Format::table, [](Output& o) { o.list(fruit()); }) ==
        "NAME   COUNT\n"
        "Äpfel      3\n"
        "figs      12\n");
}

TEST_CASE("terminal: the same rows as JSON and as JSON lines hold the same values") {
  const auto json = Row::parse(printed(Format::json, [](Output& o) { o.list(fruit()); }));
  CHECK(json == Row(fruit().rows));
  CHECK(printed(Format::jsonl, [](Output& o) { o.list(fruit()); }) ==
        "{\"name\":\"Äpfel\",\"count\":3}\n{\"name\":\"figs\",\"count\":12}\n");
}

TEST_CASE("terminal: an empty list says so to people, and is an empty array for programs") {
  const auto empty = [](Output& o) {
    Section none = fruit();
    none.rows.clear();
    o.list(none);
  };
  CHECK(printed(Format::table, empty) == "none\n");
  CHECK(printed(Format::json, empty) == "[]\n");
  CHECK(printed(Format::jsonl, empty).empty());
}

TEST_CASE("terminal: several lists stay apart in every format") {
  const auto two = [](Output& o) { o.lists({fruit(), fruit()}); };
  CHECK(printed(Format::table, two).find("fruit\nNAME") != std::string::npos);
  CHECK(Row::parse(printed(Format::json, two))["fruit"].size() == 2);
  CHECK(printed(Format::jsonl, two).rfind("{\"kind\":\"fruit\",", 0) == 0);
}

TEST_CASE("terminal: what others wrote cannot move the cursor or break the output") {
  CHECK(cell(Row("a\x1b[2Jb\n")) == "a?[2Jb?");
  CHECK_NOTHROW(printed(Format::json, [](Output& o) { o.record({{"name", "\xff\xfe"}}, ""); }));
}

TEST_CASE("terminal: an outcome reads as a sentence") {
  auction::Outcome outcome;
  CHECK(describe("lot-7", outcome) == "lot-7 closed without a bid");
  outcome.winner = "ann";
  outcome.price = {13'000, {}};
  outcome.bids = 1;
  CHECK(describe("lot-7", outcome) == "lot-7 closed: ann won for 130.00 EUR after 1 bid");
}

TEST_CASE("terminal: times are in UTC, to the millisecond") {
  CHECK(iso({1'700'000'000'007'000}) == "2023-11-14T22:13:20.007Z");
}

}  // namespace
}  // namespace gavel::cli
