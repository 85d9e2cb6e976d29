#include <array>
#include <sstream>

#include "tools/bench/report/axes.hpp"

namespace gavel::bench {
namespace {

constexpr double kWidth = 800, kHeight = 480;
constexpr double kLeft = 70, kRight = 130, kTop = 46, kBottom = 56;
constexpr std::array<const char*, 6> kColours{"#1b6ca8", "#d9822b", "#b02a37", "#3a7d44", "#6f42c1", "#555555"};

std::string escaped(const std::string& words) {
  std::string out;
  for (const char c : words) {
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  }
  return out;
}

class Drawing {
 public:
  explicit Drawing(const Plot& plot) : plot_(plot), axes_(plot) {
    out_.setf(std::ios::fixed);
    out_.precision(1);
  }

  std::string draw() {
    out_ << R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 )" << kWidth << ' ' << kHeight
         << R"(" font-family="sans-serif" font-size="13">)" << '\n'
         << R"(<rect width="100%" height="100%" fill="white"/>)" << '\n';
    words(kWidth / 2, 24, "middle", plot_.title);
    grid();
    for (std::size_t i = 0; i < plot_.series.size(); ++i) line(i);
    out_ << "</svg>\n";
    return out_.str();
  }

 private:
  double x(double value) const { return kLeft + axes_.x(value) * (kWidth - kLeft - kRight); }
  double y(double value) const { return kHeight - kBottom - axes_.y(value) * (kHeight - kTop - kBottom); }

  void words(double at_x, double at_y, const char* anchor, const std::string& text, const char* colour = "#222222") {
    out_ << "<text x=\"" << at_x << "\" y=\"" << at_y << "\" text-anchor=\"" << anchor << "\" fill=\"" << colour
         << "\">" << escaped(text) << "</text>\n";
  }
  void rule(double x1, double y1, double x2, double y2) {
    out_ << "<line x1=\"" << x1 << "\" y1=\"" << y1 << "\" x2=\"" << x2 << "\" y2=\"" << y2
         << "\" stroke=\"#dddddd\"/>\n";
  }
  void grid() {
    for (const double tick : axes_.x_ticks) {
      rule(x(tick), kTop, x(tick), kHeight - kBottom);
      words(x(tick), kHeight - kBottom + 18, "middle", short_number(tick));
    }
    for (const double tick : axes_.y_ticks) {
      rule(kLeft, y(tick), kWidth - kRight, y(tick));
      words(kLeft - 8, y(tick) + 4, "end", short_number(tick));
    }
    words((kLeft + kWidth - kRight) / 2, kHeight - 14, "middle", plot_.x_label);
    words(kLeft - 8, kTop - 10, "end", plot_.y_label);
  }
  void line(std::size_t index) {
    const Series& series = plot_.series[index];
    const char* colour = kColours[index % kColours.size()];
    std::pair<double, double> end{0, 0};
    out_ << "<polyline fill=\"none\" stroke=\"" << colour << "\" stroke-width=\"2\" points=\"";
    for (const auto& [px, py] : series.points) {
      if (py <= 0) continue;
      end = {x(px), y(py)};
      out_ << end.first << ',' << end.second << ' ';
    }
    out_ << "\"/>\n";
    for (const auto& [px, py] : series.points)
      if (py > 0) out_ << "<circle cx=\"" << x(px) << "\" cy=\"" << y(py) << "\" r=\"3\" fill=\"" << colour << "\"/>\n";
    if (end.first > 0) words(end.first + 8, end.second + 4, "start", series.name, colour);
  }

  const Plot& plot_;
  Axes axes_;
  std::ostringstream out_;
};

}  // namespace

std::string svg(const Plot& plot) { return Drawing(plot).draw(); }

}  // namespace gavel::bench
