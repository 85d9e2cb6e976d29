#include "tools/bench/report/axes.hpp"

namespace gavel::bench {
namespace {

constexpr const char* kMarks = "o+x*#@";
constexpr std::size_t kMarkCount = 6;
constexpr std::size_t kMargin = 7;

std::size_t cell_of(double share, std::size_t cells) {
  const double at = std::clamp(share, 0.0, 1.0) * static_cast<double>(cells - 1);
  return static_cast<std::size_t>(std::lround(at));
}

std::string right_aligned(const std::string& words, std::size_t width) {
  return words.size() >= width ? words : std::string(width - words.size(), ' ') + words;
}

void put(std::string& line, std::size_t at, const std::string& words) {
  if (line.size() < at + words.size()) line.resize(at + words.size(), ' ');
  line.replace(at, words.size(), words);
}

std::string x_axis(const Axes& axes, std::size_t width) {
  std::string line;
  for (const double tick : axes.x_ticks) {
    const std::string words = short_number(tick);
    const std::size_t at = kMargin + 1 + cell_of(axes.x(tick), width);
    put(line, at >= words.size() / 2 ? at - words.size() / 2 : 0, words);
  }
  return line;
}

}  // namespace

std::string text(const Plot& plot, std::size_t columns, std::size_t rows) {
  const Axes axes(plot);
  const std::size_t width = columns > kMargin + 12 ? columns - kMargin - 3 : 10;
  const std::size_t height = std::max<std::size_t>(rows, 4);
  std::vector<std::string> field(height, std::string(width, ' '));
  std::string legend = plot.y_label + "  ";
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const char mark = kMarks[i % kMarkCount];
    legend += "  " + std::string(1, mark) + " " + plot.series[i].name;
    for (const auto& [px, py] : plot.series[i].points)
      if (py > 0) field[height - 1 - cell_of(axes.y(py), height)][cell_of(axes.x(px), width)] = mark;
  }
  std::vector<std::string> labels(height);
  for (const double tick : axes.y_ticks) labels[height - 1 - cell_of(axes.y(tick), height)] = short_number(tick);
  std::string out = plot.title + "\n" + legend + "\n";
  for (std::size_t i = 0; i < height; ++i) {
    std::string line = right_aligned(labels[i], kMargin) + (labels[i].empty() ? " |" : " +") + field[i];
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  out +=
      std::string(kMargin + 1, ' ') + "+" + std::string(width, '-') + "\n" + x_axis(axes, width) + "  " + plot.x_label;
  return out;
}

}  // namespace gavel::bench
