#include "node/host/exposition.hpp"

#include <array>
#include <charconv>

namespace gavel::host {
namespace {

/// "0.0001", not "1e-04": bounds are labels, and labels are compared as text.
template <class Number, class... Format>
std::string text_of(Number number, Format... format) {
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format...).ptr;
  return {buffer.data(), end};
}
std::string text_of(double number) { return text_of(number, std::chars_format::fixed); }

std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

double in_seconds(Duration duration) { return static_cast<double>(duration.count()) / 1e6; }

void Exposition::begin(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  heading_ = "# HELP " + name_ + " " + std::string(help) + "\n# TYPE " + name_ + " " + std::string(type) + "\n";
}

void Exposition::line(std::string_view suffix, Labels labels, std::string_view value) {
  text_ += heading_;
  heading_.clear();
  text_ += name_;
  text_ += suffix;
  char before = '{';
  for (const auto& [label, what] : labels) {
    text_ += before;
    text_ += label;
    text_ += "=\"" + escaped(what) + "\"";
    before = ',';
  }
  if (before == ',') text_ += '}';
  text_ += ' ';
  text_ += value;
  text_ += '\n';
}

void Exposition::sample(std::uint64_t value, Labels labels) { line("", labels, text_of(value)); }
void Exposition::sample(double value, Labels labels) { line("", labels, text_of(value)); }

void Exposition::sample(const Histogram& histogram) {
  std::uint64_t upto = 0;
  for (std::size_t i = 0; i < Histogram::kBounds.size(); ++i) {
    upto += histogram.in_bucket(i);
    line("_bucket", {{"le", text_of(in_seconds(Histogram::kBounds[i]))}}, text_of(upto));
  }
  line("_bucket", {{"le", "+Inf"}}, text_of(histogram.count()));
  line("_sum", {}, text_of(in_seconds(histogram.sum())));
  line("_count", {}, text_of(histogram.count()));
}

}  // namespace gavel::host
