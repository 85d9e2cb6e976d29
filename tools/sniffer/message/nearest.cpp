#include "tools/sniffer/message/nearest.hpp"

#include <algorithm>

#include "client/cli/output.hpp"
#include "common/base/nearest.hpp"

namespace gavel::sniffer {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Shown of what was written.
constexpr std::size_t kLongest = 40;

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string no_such(std::string_view written, std::string_view what, const std::vector<std::string>& words) {
  std::string said = "'" + cli::harmless(std::string(written.substr(0, kLongest))) + "' is no " + std::string(what);
  if (const auto meant = nearest(written, words); !meant.empty()) said += "; did you mean " + meant + "?";
  return said + " (" + cli::joined(words) + ")";
}

}  // namespace gavel::sniffer
