#include "tools/bench/report/csv.hpp"

#include <algorithm>

namespace gavel::bench {
namespace {

std::string quoted(const std::string& words) {
  if (words.find_first_of(",\"\n\r") == std::string::npos) return words;
  std::string out = "\"";
  for (const char c : words) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string value_of(const cli::Row& row, const std::string& key) {
  const auto at = row.find(key);
  if (at == row.end() || at->is_null()) return {};
  return quoted(at->is_string() ? at->get<std::string>() : at->dump());
}

std::string line_of(const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i > 0 ? "," : "") + cells[i];
  return line + "\n";
}

}  // namespace

std::string csv(const cli::Section& section) {
  std::vector<std::string> keys;
  for (const cli::Row& row : section.rows)
    for (const auto& [key, value] : row.items())
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  std::string out = line_of(keys);
  for (const cli::Row& row : section.rows) {
    std::vector<std::string> cells;
    for (const std::string& key : keys) cells.push_back(value_of(row, key));
    out += line_of(cells);
  }
  return out;
}

}  // namespace gavel::bench
