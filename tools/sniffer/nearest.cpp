#include "tools/sniffer/nearest.hpp"

#include <algorithm>
#include <numeric>

#include "client/cli/output.hpp"

namespace gavel::sniffer {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Letters to insert, leave out or change (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (lower(a[i]) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

constexpr std::size_t kLongest = 40;

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string nearest(std::string_view written, const std::vector<std::string>& words) {
  if (written.empty() || written.size() > kLongest) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, written.size() / 3) + 1;
  for (const std::string& word : words)
    if (const auto far = distance(written, word); far < least) {
      least = far;
      best = word;
    }
  return best;
}

std::string no_such(std::string_view written, std::string_view what, const std::vector<std::string>& words) {
  std::string said = "'" + cli::harmless(std::string(written.substr(0, kLongest))) + "' is no " + std::string(what);
  if (const auto meant = nearest(written, words); !meant.empty()) said += "; did you mean " + meant + "?";
  return said + " (" + cli::joined(words) + ")";
}

}  // namespace gavel::sniffer
