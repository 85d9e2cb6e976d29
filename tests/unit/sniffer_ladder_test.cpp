// A story as a ladder: text that keeps to its width, mermaid source, and a picture; names are data, never markup.
#include <catch2/catch.hpp>
#include <sstream>

#include "client/cli/output.hpp"
#include "tests/unit/sniffer_bus.hpp"
#include "tools/sniffer/stories/ladder_draw.hpp"

namespace gavel::sniffer {
namespace {

Step step(std::int64_t at, Step::Shape shape, std::uint64_t from, std::uint64_t to, std::string label) {
  return {WallTime{1'700'000'000'000'000 + at}, shape, {true, Uid{from}}, {true, Uid{to}}, std::move(label), 1, false};
}
Story short_story() {
  Story story;
  story.title = "an election";
  story.add(step(0, Step::Shape::note, 4, 0, "last beat"));
  story.add(step(30'000, Step::Shape::arrow, 3, 1, "token {n3}"));
  story.add(step(31'000, Step::Shape::arrow, 1, 2, "a label that is much too long for two columns"));
  story.add(step(32'000, Step::Shape::cast, 3, 0, "view"));
  story.add(step(33'000, Step::Shape::cast, 1, 0, "ack"));
  story.add(step(33'100, Step::Shape::cast, 1, 0, "ack"));
  return story;
}
std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}
std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++count;
  return count;
}

}  // namespace

TEST_CASE("a ladder's text keeps to the width and has a line for each step and label") {
  const MadeBus bus;
  const auto text = draw_text(short_story(), bus.names, 80, false);
  INFO(text);
  for (const auto& line : lines_of(text)) CHECK(cli::width_of(line) <= 80);
  CHECK(text.find("an election\n") == 0);
  for (const auto* words : {"n1", "n4", "last beat", "token {n3}", "a label that is much too long for two columns",
                            "═ view", "ack ×2", "+32.000", "◀", "▶"}) {
    CAPTURE(words);
    CHECK(text.find(words) != std::string::npos);
  }
  CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("a ladder that has no room is wider rather than wrong") {
  const MadeBus bus;
  const auto text = draw_text(short_story(), bus.names, 10, false);
  CHECK(text.find("+33.000") != std::string::npos);
}

TEST_CASE("mermaid gets participants, arrows to everybody and escaped labels") {
  MadeBus bus;
  bus.names.learn_node(Uid{4}, "n4; <script>#");
  const auto text = draw_mermaid(short_story(), bus.names);
  INFO(text);
  CHECK(text.find("sequenceDiagram\n") == 0);
  CHECK(count_of(text, "participant ") == 4);
  CHECK(count_of(text, "-)") == 6);
  CHECK(count_of(text, "->>") == 2);
  CHECK(text.find("<script>") == std::string::npos);
  CHECK(text.find("n4; ") == std::string::npos);
}

TEST_CASE("the picture stands by itself and escapes what nodes are called") {
  MadeBus bus;
  bus.names.learn_node(Uid{4}, "<n4> & \"co\"");
  const auto text = draw_svg(short_story(), bus.names);
  CHECK(text.find("<svg xmlns=\"http://www.w3.org/2000/svg\"") == 0);
  CHECK(text.find("&lt;n4&gt; &amp; &quot;co&quot;") != std::string::npos);
  CHECK(text.find("<n4>") == std::string::npos);
  CHECK(text.ends_with("</svg>\n"));
}

TEST_CASE("kinds of stories and forms of ladders go by their names") {
  CHECK(story_kind_of("election") == StoryKind::election);
  CHECK(story_kind_of("all") == StoryKind::all);
  CHECK_FALSE(story_kind_of("elections"));
  CHECK(ladder_format_of("svg") == LadderFormat::svg);
  CHECK_FALSE(ladder_format_of("png"));
}

TEST_CASE("a ladder is drawn when its story is whole, or at the end as far as it was seen") {
  MadeBus bus;
  std::ostringstream out;
  const auto view = make_ladder(out, bus.names, {StoryKind::all, LadderFormat::text, 100, false, {}});
  view->show(bus.heard(1, MadeBus::batch(MadeBus::ref(1, 1))));
  CHECK_FALSE(view->done());
  CHECK(out.str().empty());
  view->end();
  CHECK(view->done());
  CHECK(out.str().find("Batch") != std::string::npos);

  std::ostringstream nothing;
  const auto other = make_ladder(nothing, bus.names, {StoryKind::election, LadderFormat::text, 100, false, {}});
  other->end();
  CHECK(nothing.str().empty());
}

}  // namespace gavel::sniffer
