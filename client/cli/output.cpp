#include "client/cli/output.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include "client/cli/failure.hpp"

namespace gavel::cli {
namespace {

constexpr auto kOnInvalidUtf8 = Row::error_handler_t::replace;

std::string on_one_line(const Row& row) { return row.dump(-1, ' ', false, kOnInvalidUtf8); }
std::string indented(const Row& row) { return row.dump(2, ' ', false, kOnInvalidUtf8); }

}  // namespace

std::string harmless(std::string text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    // U+0080 to U+009F: to some terminals, U+009B is as good as ESC [.
    const bool wide = byte(at) == 0xc2 && at + 1 < text.size() && byte(at + 1) >= 0x80 && byte(at + 1) < 0xa0;
    if (wide) text.erase(at + 1, 1);
    if (wide || byte(at) < ' ' || text[at] == '\x7f') text[at] = '?';
  }
  return text;
}

std::string joined(const std::vector<std::string>& words, const std::string& between) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : between) + word;
  return all;
}

std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string cell(const Row& value) {
  if (value.is_null()) return {};
  if (value.is_string()) return harmless(value.get<std::string>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array()) return on_one_line(value);
  std::string all;
  for (const Row& element : value) all += (all.empty() ? "" : ", ") + cell(element);
  return all;
}

void Output::table(const Section& section) {
  if (section.rows.empty()) {
    if (!section.if_empty.empty()) out_ << section.if_empty << '\n';
    return;
  }
  struct Shown {
    std::vector<std::string> cells;
    std::size_t width = 0;
    bool is_number = true;
    std::vector<Ink> inks;
  };
  std::vector<Shown> columns;
  for (const Column& column : section.columns) {
    Shown shown{{column.heading}, width_of(column.heading), true, {Ink::faint}};
    for (const Row& row : section.rows) {
      const Row value = row.value(column.key, Row());
      shown.is_number = shown.is_number && (value.is_number() || value.is_null());
      shown.cells.push_back(cell(value));
      shown.width = std::max(shown.width, width_of(shown.cells.back()));
      shown.inks.push_back(section.ink ? section.ink(row, column.key) : Ink::plain);
    }
    columns.push_back(std::move(shown));
  }
  for (std::size_t line = 0; line <= section.rows.size(); ++line) {
    std::string text;
    std::size_t owed = 0;  // blanks, which are written only if something follows
    for (const Shown& column : columns) {
      const std::string& shown = column.cells[line];
      const std::size_t padding = column.width - width_of(shown);
      if (column.is_number) owed += padding;
      if (!shown.empty())
        text += std::string(std::exchange(owed, 0), ' ') + painted(shown, column.inks[line], coloured_);
      owed += (column.is_number ? 0 : padding) + 2;
    }
    out_ << text << '\n';
  }
}

void Output::list(const Section& section) {
  if (format_ == Format::table)
    table(section);
  else if (format_ == Format::json)
    out_ << indented(Row(section.rows)) << '\n';
  else
    for (const Row& row : section.rows) out_ << on_one_line(row) << '\n';
  out_.flush();
}

void Output::lists(const std::vector<Section>& sections) {
  Row all = Row::object();
  for (const Section& section : sections) {
    if (format_ == Format::table) {
      out_ << (&section == &sections.front() ? "" : "\n") << section.name << '\n';
      table(section);
    } else if (format_ == Format::json) {
      all[section.name] = section.rows;
    } else {
      for (const Row& row : section.rows) {
        Row line{{"kind", section.name}};
        line.update(row);
        out_ << on_one_line(line) << '\n';
      }
    }
  }
  if (format_ == Format::json) out_ << indented(all) << '\n';
  out_.flush();
}

void Output::record(const Row& row, const std::string& sentence) {
  if (format_ == Format::table)
    text(sentence);
  else
    out_ << (format_ == Format::json ? indented(row) : on_one_line(row)) << '\n' << std::flush;
}

void Output::line(const Row& row, const std::string& sentence) {
  if (format_ == Format::table)
    text(sentence);
  else
    out_ << on_one_line(row) << '\n' << std::flush;
  if (!out_) fail_with(Exit::internal, "what there is to say cannot be written to the standard output");
}

void Output::text(const std::string& text) {
  if (format_ == Format::table && !text.empty()) out_ << text << '\n' << std::flush;
}

}  // namespace gavel::cli
