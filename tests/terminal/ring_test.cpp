// How a ring is drawn, for every number of members and at every width that terminals have.
#include "client/cli/ring.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "client/cli/output.hpp"

namespace gavel::cli {
namespace {

std::vector<RingMember> ring_of(std::size_t members, const std::string& name = "n") {
  std::vector<RingMember> ring;
  for (std::size_t i = 1; i <= members; ++i) ring.push_back({name + std::to_string(i), false, false, 0});
  return ring;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t count_in(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++count;
  return count;
}

}  // namespace

TEST_CASE("terminal: a ring is a loop, the first half above from left to right and the rest back below") {
  auto ring = ring_of(5);
  ring[4].is_leader = true;
  ring[0].step = 1;
  ring[1].is_suspect = true;
  ring[2].step = 2;
  ring[3].step = 3;
  CHECK(draw_ring(ring, 80) ==
        "  ┌─1─▶ n1 ──────▶ (n2) ──2─▶ n3 ────┐\n"
        "  │                                  │\n"
        "  └──────────── [n5] ◀────── n4 ◀─3──┘\n");
  CHECK(draw_ring(ring_of(2), 80) ==
        "  ┌───▶ n1 ──┐\n"
        "  │          │\n"
        "  └─ n2 ◀────┘\n");
}

TEST_CASE("terminal: whoever is alone is drawn without a loop, and nobody is said to be nobody") {
  auto one = ring_of(1);
  one[0].is_leader = true;
  CHECK(draw_ring(one, 80) == "  [n1]  alone\n");
  CHECK(draw_ring({}, 80) == "  (no voters)\n");
}

TEST_CASE("terminal: rings of one to seven members have an arrow into each and fit 60 to 120 columns") {
  for (std::size_t members = 1; members <= 7; ++members) {
    for (const std::size_t width : {60U, 80U, 100U, 120U}) {
      for (const char* name : {"n", "node-", "a-node-with-a-long-name-"}) {
        auto ring = ring_of(members, name);
        ring.back().is_leader = true;
        for (std::size_t i = 0; i + 1 < members; ++i) ring[i].step = i + 1;
        const std::string text = draw_ring(ring, width);
        INFO(text);
        const auto lines = lines_of(text);
        for (const std::string& line : lines) CHECK(width_of(line) <= width);
        for (const RingMember& member : ring) CHECK(count_in(text, member.label) == 1);
        const std::size_t arrows = count_in(text, "▶") + count_in(text, "◀") + count_in(text, "▼");
        CHECK(arrows == (members == 1 ? 0 : members));
        for (std::size_t i = 1; i < members; ++i)
          CHECK(count_in(text, "─" + std::to_string(i) + "─") + count_in(text, " " + std::to_string(i) + "▼") +
                    count_in(text, "─" + std::to_string(i) + "▶") ==
                1);
      }
    }
  }
}

TEST_CASE("terminal: the sides of a ring stand below each other") {
  for (std::size_t members = 2; members <= 7; ++members) {
    const auto lines = lines_of(draw_ring(ring_of(members), 120));
    REQUIRE(lines.size() == 3);
    CHECK(width_of(lines[0]) == width_of(lines[1]));
    CHECK(width_of(lines[0]) == width_of(lines[2]));
  }
}

TEST_CASE("terminal: a ring that is too wide stands upright") {
  auto ring = ring_of(3, "a-node-");
  ring[2].is_leader = true;
  CHECK(draw_ring(ring, 20) ==
        "  ┌──▶ a-node-1\n"
        "  │ ─▼ a-node-2\n"
        "  │ ─▼ [a-node-3]\n"
        "  └─┘\n");
}

TEST_CASE("terminal: colours change nothing about where things stand") {
  auto ring = ring_of(4);
  ring[3].is_leader = true;
  ring[0].is_suspect = true;
  ring[1].step = 1;
  std::string coloured = draw_ring(ring, 80, true);
  CHECK(coloured.find("\x1b[") != std::string::npos);
  for (auto at = coloured.find('\x1b'); at != std::string::npos; at = coloured.find('\x1b'))
    coloured.erase(at, coloured.find('m', at) - at + 1);
  CHECK(coloured == draw_ring(ring, 80));
}

TEST_CASE("terminal: the token's way is a chain of numbered arrows that ends at home") {
  CHECK(draw_way({"n5", "n1", "n3"}, 80) == "last way of the token: n5 ─1─▶ n1 ─2─▶ n3 ─▶ home");
  CHECK(draw_way({"n5"}, 80) == "last way of the token: n5");
  CHECK(draw_way({}, 80).empty());
  for (const std::string& line : lines_of(draw_way({"node-1", "node-2", "node-3", "node-4", "node-5"}, 60)))
    CHECK(width_of(line) <= 60);
}

}  // namespace gavel::cli
