// The one way to print: rows of named values, as a table for people, as JSON, or as JSON lines. A command builds the
// rows once and never asks which of the three it will be. Money and times are the same strings in all of them.
#pragma once

#include <functional>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "client/cli/paint.hpp"
#include "client/cli/settings.hpp"

namespace gavel::cli {

using Row = nlohmann::ordered_json;

struct Column {
  std::string key;  ///< of the row; absent or null prints as nothing
  std::string heading;
};

struct Section {
  std::string name;  ///< its key when several sections are printed together
  std::vector<Column> columns;
  std::vector<Row> rows;
  /// For people, instead of an empty table.
  std::string if_empty;
  /// For people at a terminal: how the cell under that key is coloured. May be empty.
  std::function<Ink(const Row&, const std::string& key)> ink = {};
};

class Output {
 public:
  Output(std::ostream& out, Format format, bool coloured = false) : out_(out), format_(format), coloured_(coloured) {}

  bool for_people() const { return format_ == Format::table; }
  Format format() const { return format_; }
  bool coloured() const { return coloured_; }
  /// One list: a table, an array, or a line each.
  void list(const Section& section);
  /// Several lists under their names; in JSON lines each row says which by "kind".
  void lists(const std::vector<Section>& sections);
  /// One record: a sentence for people, otherwise an object.
  void record(const Row& row, const std::string& sentence);
  /// One line of a stream: a sentence for people, otherwise an object on a line of its own.
  void line(const Row& row, const std::string& sentence);
  /// Only for people.
  void text(const std::string& text);

 private:
  void table(const Section& section);

  std::ostream& out_;
  Format format_;
  bool coloured_;
};

/// A value as a table shows it: strings without quotes, null as nothing.
std::string cell(const Row& value);
/// Columns that a terminal needs for UTF-8 text (combining and wide characters apart).
std::size_t width_of(const std::string& text);
std::string joined(const std::vector<std::string>& words, const std::string& between = ", ");
/// Without control characters: what came from others must not upset a terminal.
std::string harmless(std::string text);

}  // namespace gavel::cli
