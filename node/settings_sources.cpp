#include "node/settings_sources.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "node/settings_file.hpp"

namespace gavel::node {
namespace {

using Type = FileValue::Type;

bool fits(ValueKind kind, Type type) {
  switch (kind) {
    case ValueKind::text:
      return type == Type::text;
    case ValueKind::number:
      return type == Type::whole;
    case ValueKind::fraction:
      return type == Type::whole || type == Type::fraction;
    case ValueKind::flag:
      return type == Type::truth;
    case ValueKind::list:
      return type == Type::texts || type == Type::text;
  }
  return false;
}

/// A line that would be right.
std::string example(const Declared& declared) {
  const std::string standard = declared.option->get_default_str();
  switch (declared.kind) {
    case ValueKind::text:
      return declared.key + " = " + quoted_text(standard.empty() ? declared.option->get_type_name() : standard);
    case ValueKind::number:
    case ValueKind::fraction:
      return declared.key + " = " + (standard.empty() ? "1" : standard);
    case ValueKind::flag:
      return declared.key + " = true";
    case ValueKind::list:
      return declared.key + " = [\"10.0.0.5:7400\", \"10.0.0.6:7400\"]";
  }
  return {};
}

/// Hands the words to the option as if they had been typed; what it says against them, or nothing.
std::string objection(CLI::Option* option, const std::vector<std::string>& words) {
  try {
    for (const auto& word : words) option->add_result(word);
    option->run_callback();
    return {};
  } catch (const CLI::Error& error) {
    std::string why = error.what();
    const std::string name = option->get_name() + ": ";
    return why.starts_with(name) ? why.substr(name.size()) : why;
  }
}

const Declared* find(const std::vector<Declared>& declared, const std::string& key) {
  const auto at = std::find_if(declared.begin(), declared.end(), [&](const Declared& one) { return one.key == key; });
  return at == declared.end() ? nullptr : &*at;
}

std::string unknown_key(const std::string& key, const std::vector<Declared>& declared) {
  std::vector<std::string> known;
  for (const auto& one : declared)
    if (one.not_in_file.empty()) known.push_back(one.key);
  const auto near = nearest_key(key, known);
  return "there is no setting '" + key + "'" +
         (near.empty() ? ": gavel-node --help lists them" : "; did you mean " + near + "?");
}

/// What is wrong with a value by itself.
std::string judge(const FileValue& value, const std::vector<Declared>& scratch) {
  const auto* declared = find(scratch, value.key);
  if (declared == nullptr) {
    if (value.key == "help" || value.key == "version") return value.key + " stands on the command line only";
    return unknown_key(value.key, scratch);
  }
  if (!declared->not_in_file.empty()) return value.key + " may not stand in a file: " + declared->not_in_file;
  if (!fits(declared->kind, value.type))
    return value.key + " cannot be " + value.found + "; right would be " + example(*declared);
  auto against = objection(declared->option, value.words);
  return against.empty() ? against : value.key + ": " + against;
}

std::string place_of(const std::string& path, const FileValue& value) {
  return path + ":" + std::to_string(value.line);
}

/// As many digits as it takes to read the same number again.
std::string shortest(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string as_toml(const Declared& declared) {
  const auto& option = *declared.option;
  if (option.count() == 0) {
    if (declared.kind == ValueKind::flag) return "false";
    const std::string standard = option.get_default_str();
    return declared.kind == ValueKind::text ? quoted_text(standard) : standard;
  }
  switch (declared.kind) {
    case ValueKind::text:
      return quoted_text(option.as<std::string>());
    case ValueKind::number:
      return std::to_string(option.as<std::int64_t>());
    case ValueKind::fraction:
      return shortest(option.as<double>());
    case ValueKind::flag:
      return option.as<bool>() ? "true" : "false";
    case ValueKind::list: {
      std::string out;
      for (const auto& each : option.as<std::vector<std::string>>())
        out.append(out.empty() ? "[" : ", ").append(quoted_text(each));
      return out.append("]");
    }
  }
  return {};
}

}  // namespace

Sources sources_of(const std::vector<Declared>& declared, int argc, const char* const* argv) {
  Sources out;
  for (const auto& one : declared) {
    if (one.option->count() == 0) continue;
    const std::string name = "--" + one.key;
    const bool typed = std::any_of(argv + 1, argv + argc,
                                   [&](std::string_view word) { return word == name || word.starts_with(name + "="); });
    out[one.key] = typed ? "flag" : "environment " + one.option->get_envname();
  }
  return out;
}

Result<void> apply_file(const std::string& path, const std::vector<Declared>& declared, Sources& sources) {
  const auto values = read_settings_file(path);
  if (!values) return tl::unexpected<Error>(values.error());
  CLI::App app;
  Typed typed;
  const auto scratch = declare_options(app, typed);  // judges every value, also those that do not count
  for (const auto& value : *values) {
    std::string place = place_of(path, value);
    if (const auto wrong = judge(value, scratch); !wrong.empty()) return fail(place.append(": ").append(wrong));
    if (sources.contains(value.key) || value.words.empty()) continue;
    if (const auto wrong = objection(find(declared, value.key)->option, value.words); !wrong.empty())
      return fail(place.append(": ").append(wrong));
    sources[value.key] = std::move(place);
  }
  return {};
}

std::string effective(const std::vector<Declared>& declared, const Sources& sources) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const auto& one : declared) {
    const auto source = sources.find(one.key);
    const bool given = source != sources.end();
    if (!one.not_in_file.empty()) {
      if (given && one.key != "check-config" && one.key != "config")
        lines.emplace_back("# --" + one.key + (one.kind == ValueKind::flag ? "" : " " + as_toml(one)), source->second);
      continue;
    }
    if (!given && !one.unset.empty())
      lines.emplace_back("# " + one.key + ": " + one.unset, "default");
    else
      lines.emplace_back(one.key + " = " + as_toml(one), given ? source->second : "default");
  }
  std::size_t width = 0;
  for (const auto& [left, right] : lines) width = std::max(width, std::min<std::size_t>(left.size(), 40));
  std::string out;
  for (const auto& [left, right] : lines)
    out.append(left).append(std::max(width, left.size()) - left.size(), ' ').append("  # ").append(right).append("\n");
  return out;
}

}  // namespace gavel::node
