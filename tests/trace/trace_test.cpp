// The scenarios beside this file: each must be told exactly as it is written there. After a wanted change of the
// protocol, `gavel-sim --trace FILE --update` writes the new narration, and the difference is reviewed.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/sim/scenario.hpp"

namespace gavel::sim {
namespace {
std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}
}  // namespace

TEST_CASE("each scenario is told as it is written") {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(GAVEL_TRACES))
    if (entry.path().extension() == ".trace") files.insert(entry.path());
  REQUIRE(files.size() >= 5);
  for (const auto& file : files) {
    INFO(file.filename().string());
    const auto scenario = parse_scenario(contents(file));
    REQUIRE_FALSE(scenario.expected.empty());
    const auto narration = play_scenario(scenario.script);
    REQUIRE(narration);
    CHECK(*narration == scenario.expected);
  }
}

TEST_CASE("a scenario that is not understood names its line") {
  const auto played = play_scenario("nodes 1 2 3\nfly 3\n");
  REQUIRE_FALSE(played);
  CHECK(played.error().message == "line 2 is not understood: fly 3");
}

}  // namespace gavel::sim
