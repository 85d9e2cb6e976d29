// The ladder as a picture that stands by itself: readable on light and dark pages, with a background of its own.
#include <algorithm>

#include "tools/sniffer/stories/ladder_draw.hpp"

namespace gavel::sniffer {
namespace {

constexpr int kTime = 110;
constexpr int kApart = 230;
constexpr int kTop = 90;
constexpr int kStep = 34;

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return out;
}
std::string number(int value) { return std::to_string(value); }

std::string text_at(int x, int y, const std::string& anchor, const std::string& kind, const std::string& text) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + anchor + "\" class=\"" + kind +
         "\">" + escaped(text) + "</text>\n";
}
std::string line(int x1, int x2, int y, const std::string& kind) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y) +
         "\" class=\"" + kind + "\" marker-end=\"url(#tip)\"/>\n";
}

constexpr const char* kStyle =
    "<style>\n"
    "text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#24292f}\n"
    ".name{font-weight:bold}.time{fill:#6e7781}.key{font-weight:bold;fill:#0550ae}\n"
    ".life{stroke:#8c959f;stroke-dasharray:3 4}.arrow{stroke:#24292f;stroke-width:1.4}\n"
    ".cast{stroke:#0550ae;stroke-width:1.8}.paper{fill:#f6f8fa;stroke:#d0d7de}\n"
    "</style>\n"
    "<defs><marker id=\"tip\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" refY=\"4\" orient=\"auto\">"
    "<path d=\"M0,0 L9,4 L0,8 z\" fill=\"#24292f\"/></marker></defs>\n";

}  // namespace

std::string draw_svg(const Story& story, const Names& names) {
  const auto actors = actors_of(story, names);
  const auto place = [&](const Actor& actor) {
    const auto index = static_cast<int>(std::find(actors.begin(), actors.end(), actor) - actors.begin());
    return kTime + kApart / 2 + kApart * index;
  };
  const int width = kTime + kApart * static_cast<int>(actors.size()) + 20;
  const int height = kTop + kStep * static_cast<int>(story.steps.size()) + 30;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + " " + number(height) +
                    "\" width=\"" + number(width) + "\" role=\"img\">\n<title>" + escaped(story.title) + "</title>\n" +
                    kStyle + "<rect class=\"paper\" x=\"0\" y=\"0\" width=\"" + number(width) + "\" height=\"" +
                    number(height) + "\" rx=\"6\"/>\n";
  out += text_at(16, 28, "start", "name", story.title);
  for (const auto& actor : actors) {
    const int x = place(actor);
    out += text_at(x, 60, "middle", "name", name_of(actor, names));
    out += "<line x1=\"" + number(x) + "\" y1=\"68\" x2=\"" + number(x) + "\" y2=\"" + number(height - 14) +
           "\" class=\"life\"/>\n";
  }
  int y = kTop;
  for (const auto& step : story.steps) {
    y += kStep;
    const int from = place(step.from);
    const std::string kind = step.key ? "key" : "label";
    out += text_at(kTime - 10, y, "end", "time", since_start(story, step) + " ms");
    if (step.shape == Step::Shape::note) {
      out += "<circle cx=\"" + number(from) + "\" cy=\"" + number(y - 4) + "\" r=\"4\"/>\n";
      const bool right = from + 12 + 8 * static_cast<int>(label_of(step).size()) < width;
      out += text_at(right ? from + 10 : from - 10, y, right ? "start" : "end", kind, label_of(step));
    } else if (step.shape == Step::Shape::arrow) {
      const int to = place(step.to);
      out += line(from, to, y, "arrow");
      out += text_at((from + to) / 2, y - 5, "middle", kind, label_of(step));
    } else {
      for (const auto& actor : actors)
        if (actor.node && actor != step.from) out += line(from, place(actor), y, "cast");
      out += "<circle cx=\"" + number(from) + "\" cy=\"" + number(y) + "\" r=\"4\"/>\n";
      const bool right = from + 12 + 8 * static_cast<int>(label_of(step).size()) < width;
      out += text_at(right ? from + 8 : from - 8, y - 6, right ? "start" : "end", kind, label_of(step));
    }
  }
  return out + "</svg>\n";
}

}  // namespace gavel::sniffer
