// The ladder as source for mermaid, which GitHub and many editors draw from a fenced block.
#include <algorithm>

#include "tools/sniffer/stories/ladder_draw.hpp"

namespace gavel::sniffer {
namespace {

/// Of a label, only what mermaid takes as it stands.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '#':
        out += "#35;";
        break;
      case ';':
        out += "#59;";
        break;
      case '<':
        out += "#lt;";
        break;
      case '>':
        out += "#gt;";
        break;
      default:
        out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return out;
}

}  // namespace

std::string draw_mermaid(const Story& story, const Names& names) {
  const auto actors = actors_of(story, names);
  const auto id = [&](const Actor& actor) {
    return "a" + std::to_string(std::find(actors.begin(), actors.end(), actor) - actors.begin());
  };
  std::string out = "sequenceDiagram\n    title " + escaped(story.title) + "\n";
  for (const auto& actor : actors)
    out += std::string("    ") + (actor.node ? "participant " : "actor ") + id(actor) + " as " +
           escaped(name_of(actor, names)) + "\n";
  for (const auto& step : story.steps) {
    const auto text = ": " + escaped(since_start(story, step) + " ms " + label_of(step)) + "\n";
    switch (step.shape) {
      case Step::Shape::note:
        out += "    Note over " + id(step.from) + text;
        break;
      case Step::Shape::arrow:
        out += "    " + id(step.from) + "->>" + id(step.to) + text;
        break;
      case Step::Shape::cast:
        for (const auto& actor : actors)
          if (actor.node && actor != step.from) out += "    " + id(step.from) + "-)" + id(actor) + text;
        break;
    }
  }
  return out;
}

}  // namespace gavel::sniffer
