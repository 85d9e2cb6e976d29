// What a person types: durations, amounts, and a shell's line.
#include <catch2/catch.hpp>

#include "client/cli/commands.hpp"
#include "client/cli/rows.hpp"
#include "client/cli/shell.hpp"

namespace gavel::cli {
namespace {

TEST_CASE("terminal: durations are read in hours, minutes, seconds and milliseconds") {
  CHECK(*parse_duration("60") == 60s);
  CHECK(*parse_duration("60s") == 60s);
  CHECK(*parse_duration("1m30s") == 90s);
  CHECK(*parse_duration("2h") == 2h);
  CHECK(*parse_duration("500ms") == 500ms);
  CHECK(print(*parse_duration("1h1m1s")) == "1h1m1s");
}

TEST_CASE("terminal: what is no duration is refused with examples of what is") {
  for (const char* wrong : {"", "s", "-5s", "5 s", "5x", "99999999999999s", "5s!"}) {
    INFO(wrong);
    REQUIRE_FALSE(parse_duration(wrong));
    CHECK(parse_duration(wrong).error().message.find("60s") != std::string::npos);
  }
}

TEST_CASE("terminal: an amount that no auction could take is refused before anybody is asked") {
  const auto refused = [](const char* text, const char* currency) {
    try {
      check_amount(text, currency);
    } catch (const Failure& failure) {
      CHECK(failure.code == Exit::usage);
      return true;
    }
    return false;
  };
  CHECK(refused("-5", ""));
  CHECK(refused("1.123456789", ""));
  CHECK(refused("lots", ""));
  CHECK(refused("5.5", "JPY"));
  CHECK(refused("5", "XXX"));
  CHECK_FALSE(refused("5.5", ""));
  CHECK_FALSE(refused("5 JPY", ""));
  CHECK_FALSE(refused("5.125", ""));
}

TEST_CASE("terminal: a shell's line is split at spaces, and quotes keep theirs") {
  CHECK(*split_words("items add \"A lamp\" --start 20") ==
        std::vector<std::string>{"items", "add", "A lamp", "--start", "20"});
  CHECK(*split_words("  a ''  b ") == std::vector<std::string>{"a", "", "b"});
  CHECK_FALSE(split_words("items add \"A lamp"));
}

}  // namespace
}  // namespace gavel::cli
