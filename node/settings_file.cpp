#include "node/settings_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "common/base/nearest.hpp"
#include "node/whole_file.hpp"

namespace gavel::node {
namespace {

std::string words_for(toml::node_type type) {
  switch (type) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or a time";
  }
}

template <class Number>
std::string number_text(Number number) {
  std::array<char, 400> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr};
}

FileValue value_of(std::string key, const toml::node& node) {
  using Type = FileValue::Type;
  FileValue out{std::move(key), node.source().begin.line, Type::other, {}, words_for(node.type())};
  if (const auto* text = node.as_string()) {
    out.type = Type::text;
    out.words = {text->get()};
  } else if (const auto* whole = node.as_integer()) {
    out.type = Type::whole;
    out.words = {number_text(whole->get())};
  } else if (const auto* fraction = node.as_floating_point()) {
    out.type = Type::fraction;
    out.words = {number_text(fraction->get())};
  } else if (const auto* truth = node.as_boolean()) {
    out.type = Type::truth;
    out.words = {truth->get() ? "true" : "false"};
  } else if (const auto* list = node.as_array(); list != nullptr) {
    if (!list->empty() && !list->is_homogeneous(toml::node_type::string)) {
      out.found = "a list of other things than texts";
      return out;
    }
    out.type = Type::texts;
    for (const auto& each : *list) out.words.push_back(each.as_string()->get());
  }
  return out;
}

}  // namespace

Result<std::vector<FileValue>> read_settings_file(const std::string& path) {
  const auto text = read_whole_file(path);
  if (!text) return tl::unexpected<Error>(text.error());
  std::vector<FileValue> out;
  try {
    const auto table = toml::parse(*text, path);
    for (const auto& [key, node] : table) {
      out.push_back(value_of(std::string(key.str()), node));
      // A table that a dotted key made has no place of its own.
      if (out.back().line == 0) out.back().line = key.source().begin.line;
    }
  } catch (const toml::parse_error& error) {
    return fail(path + ":" + std::to_string(error.source().begin.line) + ": " + std::string(error.description()));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
  return out;
}

std::string nearest_key(const std::string& word, const std::vector<std::string>& known) {
  std::string dashed = word;  // what is written with _ elsewhere is written with - here
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  return nearest(dashed, known, 2);
}

std::string quoted_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') {
      static constexpr char kDigits[] = "0123456789ABCDEF";
      out += "\\u00";
      out += kDigits[static_cast<unsigned char>(c) >> 4U];
      out += kDigits[static_cast<unsigned char>(c) & 0xFU];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace gavel::node
