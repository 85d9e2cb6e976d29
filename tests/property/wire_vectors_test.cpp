// WIRE.md is read, and held to what the code does: each vector is decoded, printed and encoded again; each message has
// one, a number of its own, and a line in the table of kinds. `GAVEL_PRINT_VECTORS=1 property_wire "[.print]"` prints
// vectors for all messages, for those that are new.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include "tests/property/wire_messages.hpp"

namespace gavel::wire {
namespace {

struct Vector {
  std::string family;
  std::string kind;
  std::string text;
  Bytes bytes;
};

std::vector<std::string> lines_of_wire_md() {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../common/wire/WIRE.md";
  std::ifstream stream(path);
  REQUIRE(stream);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

int nibble(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

/// In blocks fenced as "vectors": "family kind text", then lines of hex, then an empty line.
std::vector<Vector> vectors() {
  std::vector<Vector> out;
  bool inside = false;
  bool begun = false;
  for (const auto& line : lines_of_wire_md()) {
    if (line.rfind("```", 0) == 0) {
      inside = line == "```vectors";
      begun = false;
    } else if (inside && line.empty()) {
      begun = false;
    } else if (inside && !begun) {
      const auto first = line.find(' ');
      const auto second = line.find(' ', first + 1);
      out.push_back({line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1), {}});
      begun = true;
    } else if (inside) {
      for (std::size_t i = 0; i + 1 < line.size(); i += 2)
        out.back().bytes += static_cast<char>(nibble(line[i]) * 16 + nibble(line[i + 1]));
    }
  }
  return out;
}

std::string hex_lines(BytesView bytes) {
  static constexpr std::size_t kBytesPerLine = 50;
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % kBytesPerLine == 0) out += '\n';
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out += {kDigits[byte >> 4U], kDigits[byte & 0xfU]};
  }
  return out + "\n";
}

std::string kind_of(const Message& message) { return message.kind == 0 ? "-" : std::to_string(message.kind); }

/// How the rows of WIRE.md's tables begin.
std::vector<std::string> rows() {
  std::vector<std::string> out;
  for (const auto& message : all_messages())
    out.push_back("| " + kind_of(message) + " | `" + std::string(message.name) + "` | `" + message.layout + "` |");
  for (const auto& [name, layout] : all_types()) out.push_back("| `" + name + "` | `" + layout + "` |");
  return out;
}

const Message* message_of(const Vector& vector) {
  const auto name = vector.text.substr(0, vector.text.find('{'));
  const auto& all = all_messages();
  const auto it = std::find_if(all.begin(), all.end(),
                               [&](const Message& m) { return m.family == vector.family && m.name == name; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace

TEST_CASE("each vector of WIRE.md is decoded to what stands beside it, and encoded to the same bytes") {
  for (const auto& vector : vectors()) {
    INFO(vector.family << " " << vector.kind << " " << vector.text);
    const auto* message = message_of(vector);
    REQUIRE(message);
    CHECK(kind_of(*message) == vector.kind);
    const auto specimen = message->read(vector.bytes);
    if (!specimen) FAIL(specimen.error().message);
    CHECK(specimen->text == vector.text);
    CHECK(hex_lines(specimen->bytes) == hex_lines(vector.bytes));
  }
}

TEST_CASE("each message has a vector in WIRE.md") {
  std::set<std::string_view> covered;
  const auto all = vectors();
  for (const auto& vector : all)
    if (const auto* message = message_of(vector)) covered.insert(std::string_view(message->name));
  std::set<std::pair<std::string, std::string>> named;
  for (const auto& vector : all) named.emplace(vector.kind, vector.text.substr(0, vector.text.find('{')));
  for (const auto& message : all_messages()) {
    INFO(message.family << " " << message.name);
    CHECK(named.contains({kind_of(message), std::string(message.name)}));
  }
}

TEST_CASE("each message has a number of its own") {
  std::map<std::uint64_t, std::string_view> names;
  std::map<std::uint64_t, std::string> families;
  for (const auto& message : all_messages()) {
    if (message.kind == 0) continue;
    INFO(message.kind << " is " << message.name << " of " << message.family << " and of " << families[message.kind]);
    const auto [it, is_new] = names.emplace(message.kind, message.name);
    CHECK(it->second == message.name);
    const auto service = [](std::string_view family) { return family.substr(0, family.find('-')); };
    if (!is_new) CHECK(service(families[message.kind]) == service(message.family));
    families[message.kind] = message.family;
  }
}

TEST_CASE("the tables of WIRE.md have the layout of each message and of each type") {
  const auto lines = lines_of_wire_md();
  for (const auto& row : rows()) {
    INFO(row);
    CHECK(std::any_of(lines.begin(), lines.end(), [&](const auto& line) { return line.rfind(row, 0) == 0; }));
  }
}

TEST_CASE("prints the rows of all tables, and a vector of each message", "[.print]") {
  for (const auto& row : rows()) std::cout << row << '\n';
  std::cout << '\n';
  std::set<std::uint64_t> printed;
  for (const auto& message : all_messages()) {
    if (message.kind != 0 && !printed.insert(message.kind).second) continue;
    CountingSource source;
    const auto specimen = message.make(source);
    std::cout << message.family << ' ' << kind_of(message) << ' ' << specimen.text << '\n'
              << hex_lines(specimen.bytes) << '\n';
  }
}

}  // namespace gavel::wire
