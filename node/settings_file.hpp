// A configuration file as it stands: TOML, flat, each key with its line and its value in words. What keys there are and
// what they take is not known here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/result.hpp"

namespace gavel::node {

struct FileValue {
  enum class Type : std::uint8_t { text, whole, fraction, truth, texts, other };
  std::string key;
  std::uint32_t line = 0;
  Type type = Type::other;
  std::vector<std::string> words;  ///< as they would be typed; `other`: none
  std::string found;               ///< "a table", for a message
};

/// In the order of the file. Error: it cannot be read or is no TOML ("FILE:LINE: why").
Result<std::vector<FileValue>> read_settings_file(const std::string& path);

/// What `word` may have been meant for: a known one that differs in few letters; empty if there is none.
std::string nearest_key(const std::string& word, const std::vector<std::string>& known);

/// As TOML writes a text: in quotes, with what is special escaped.
std::string quoted_text(const std::string& text);

}  // namespace gavel::node
