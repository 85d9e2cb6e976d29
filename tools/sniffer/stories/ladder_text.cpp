// The ladder for a terminal: each line is a row of cells, so that arrows, lifelines and labels can be laid over each
// other, whatever bytes a glyph takes.
#include <algorithm>

#include "client/cli/output.hpp"
#include "client/cli/paint.hpp"
#include "tools/sniffer/stories/ladder_draw.hpp"

namespace gavel::sniffer {
namespace {

constexpr std::size_t kTime = 12;
constexpr std::size_t kNarrowest = 10;

std::vector<std::string> glyphs(const std::string& text) {
  std::vector<std::string> out;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) == 0x80U && !out.empty())
      out.back() += c;
    else
      out.emplace_back(1, c);
  }
  return out;
}

class Rows {
 public:
  Rows(const Story& story, const Names& names, std::size_t width) : story_(story), actors_(actors_of(story, names)) {
    const auto count = std::max<std::size_t>(actors_.size(), 1);
    apart_ = std::max(kNarrowest, (width > kTime ? width - kTime : 0) / count);
    width_ = std::max(width, kTime + apart_ * count);
    header_ = row(false);
    for (const auto& actor : actors_) {
      const auto name = glyphs(name_of(actor, names));
      const auto at = position(actor);
      put(header_, at - std::min(at, std::min(name.size(), apart_ - 1) / 2), name, apart_ - 1);
    }
  }

  std::string header() const { return text_of(header_); }
  std::vector<std::string> lines_of(const Step& step) const {
    auto lines = step.shape == Step::Shape::note ? note(step) : arrow(step);
    put(lines.front(), 0, glyphs(since_start(story_, step)), kTime - 1);
    std::vector<std::string> out;
    out.reserve(lines.size());
    for (const auto& line : lines) out.push_back(text_of(line));
    return out;
  }
  std::string gap() const { return text_of(row(true)); }

 private:
  using Row = std::vector<std::string>;

  std::size_t position(const Actor& actor) const {
    const auto index = static_cast<std::size_t>(std::find(actors_.begin(), actors_.end(), actor) - actors_.begin());
    return kTime + apart_ * index + apart_ / 2;
  }
  Row row(bool lifelines = true) const {
    Row row(width_, " ");
    if (lifelines)
      for (const auto& actor : actors_) row[position(actor)] = "│";
    return row;
  }
  static void put(Row& row, std::size_t at, const std::vector<std::string>& text, std::size_t most) {
    for (std::size_t i = 0; i < text.size() && i < most && at + i < row.size(); ++i)
      row[at + i] = i + 1 == most && text.size() > most ? "…" : text[i];
  }
  static std::string text_of(const Row& row) {
    std::string out;
    for (const auto& cell : row) out += cell;
    while (out.ends_with(' ')) out.pop_back();
    return out;
  }
  /// A label on a line of its own, as near to there as the width allows.
  void place(Row& row, std::size_t from, const std::vector<std::string>& label) const {
    const auto room = width_ - kTime;
    const auto size = std::min(label.size(), room);
    const auto at = std::max(kTime, std::min(from, width_ - size));
    if (at > kTime) row[at - 1] = " ";
    put(row, at, label, room);
    if (at + size < row.size()) row[at + size] = " ";
  }

  std::vector<Row> note(const Step& step) const {
    const auto at = position(step.from);
    const auto label = glyphs(label_of(step));
    auto line = row();
    line[at] = step.key ? "●" : "○";
    const bool right = at + 2 + label.size() < width_;
    if (right) {
      put(line, at + 1, {" "}, 1);
      put(line, at + 2, label, width_ - at - 2);
      if (at + 2 + label.size() < width_) line[at + 2 + label.size()] = " ";
    } else {
      place(line, at > label.size() + 1 ? at - label.size() - 1 : kTime, label);
      line[at] = step.key ? "●" : "○";
    }
    return {line};
  }

  std::vector<Row> arrow(const Step& step) const {
    const bool cast = step.shape == Step::Shape::cast;
    const auto from = position(step.from);
    const auto node = std::find_if(actors_.begin(), actors_.end(), [](const Actor& actor) { return actor.node; });
    const auto first =
        cast ? std::min(from, node == actors_.end() ? from : position(*node)) : std::min(from, position(step.to));
    const auto last = cast ? position(actors_.back()) : std::max(from, position(step.to));
    const auto label = glyphs(" " + label_of(step) + " ");
    auto line = row();
    const std::string stroke = cast ? "═" : "─";
    for (auto i = first + 1; i < last; ++i)
      if (cast || line[i] != "│") line[i] = stroke;
    for (const auto& actor : actors_) {
      const auto at = position(actor);
      if (at < first || at > last) continue;
      if (at == from) {
        line[at] = cast ? "●" : "├";
        if (!cast && from > first) line[at] = "┤";
        continue;
      }
      if (!cast) {
        line[at] = at == first || at == last ? "│" : "┼";
        continue;
      }
      line[at] = at == first || at == last ? "│" : "╪";
      line[at > from ? at - 1 : at + 1] = at > from ? "▶" : "◀";
    }
    if (!cast && first != last) line[from == first ? last - 1 : first + 1] = from == first ? "▶" : "◀";

    // The label stands in the line if it fits there between two columns, else above it.
    const auto fits_from = [&](std::size_t a, std::size_t b) { return b - a >= label.size() + 5; };
    if (!cast && first != last && fits_from(first, last) && (last - first) <= apart_) {
      put(line, first + 1 + (last - first - 1 - label.size()) / 2, label, label.size());
      return {line};
    }
    if (cast && from + apart_ <= last && fits_from(from, from + apart_)) {
      put(line, from + 2, label, label.size());
      return {line};
    }
    if (cast && from >= apart_ + first && fits_from(from - apart_, from)) {
      put(line, from - 1 - label.size(), label, label.size());
      return {line};
    }
    if (!cast && fits_from(first, first + apart_) && first + apart_ <= last) {
      put(line, from == first ? first + 2 : last - 1 - label.size(), label, label.size());
      return {line};
    }
    auto above = row();
    const auto text = glyphs(label_of(step));
    const auto middle = cast ? from + 2 : (first + last + 1) / 2;
    place(above, cast ? middle : middle - std::min(middle, text.size() / 2), text);
    return {above, line};
  }

  const Story& story_;
  std::vector<Actor> actors_;
  std::size_t apart_ = kNarrowest;
  std::size_t width_ = 100;
  Row header_;
};

}  // namespace

std::string draw_text(const Story& story, const Names& names, std::size_t width, bool coloured) {
  const Rows rows(story, names, width);
  std::string out = cli::painted(story.title, cli::Ink::strong, coloured) + "\n\n";
  out += cli::painted(rows.header(), cli::Ink::strong, coloured) + "\n";
  WallTime before = story.steps.front().at;
  for (const auto& step : story.steps) {
    if (step.at - before > std::chrono::milliseconds(20)) out += rows.gap() + "\n";
    before = step.at;
    for (const auto& line : rows.lines_of(step))
      out += cli::painted(line, step.key ? cli::Ink::good : cli::Ink::plain, coloured) + "\n";
  }
  if (story.left_out > 0) out += "… and " + std::to_string(story.left_out) + " steps more\n";
  return out + "\nms since the first step; ─▶ to one node, ═▶ to all\n";
}

}  // namespace gavel::sniffer
