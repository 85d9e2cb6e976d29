#include "common/base/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace gavel {
namespace {

constexpr std::size_t kLongest = 40;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::size_t differences(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (const char letter : a) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (lower(letter) == lower(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string nearest(std::string_view written, const std::vector<std::string>& words, std::size_t few) {
  if (written.empty() || written.size() > kLongest) return {};
  std::string best;
  std::size_t least = std::max(few, written.size() / 3) + 1;
  for (const std::string& word : words)
    if (const auto far = differences(written, word); far < least) {
      least = far;
      best = word;
    }
  return best;
}

}  // namespace gavel
