#include "tools/sniffer/message/filter.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "client/cli/output.hpp"
#include "common/wire/describe.hpp"
#include "tools/sniffer/message/decode.hpp"
#include "tools/sniffer/message/nearest.hpp"

namespace gavel::sniffer {
namespace {

constexpr std::array<std::string_view, 9> kKeys{"node", "from", "to",   "group", "auction",
                                                "lane", "type", "slot", "client"};
/// Hexadecimal digits that a client's id has, and that are enough to name it.
constexpr std::size_t kIdDigits = 16;
constexpr std::size_t kFewestDigits = 4;

std::vector<std::string> key_names() { return {kKeys.begin(), kKeys.end()}; }

std::vector<std::string> lane_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kLanes; ++i) names.emplace_back(name_of(static_cast<Lane>(i)));
  return names;
}

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (const auto& [kind, name] : known_types()) names.push_back(name);
  return names;
}

std::string quoted(const std::string& text) { return "'" + cli::harmless(text.substr(0, 60)) + "'"; }

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::string padded_hex(std::uint64_t id) {
  std::string digits = wire::shown(ClientId{id});
  return std::string(kIdDigits - std::min(kIdDigits, digits.size()), '0') + digits;
}

// Who speaks and who is spoken to: on the client lane one of them is the client, which is no node.
Uid sender(const Seen& seen) { return seen.lane == Lane::client && seen.incoming ? Uid{} : seen.from; }
Uid receiver(const Seen& seen) { return seen.lane == Lane::client && seen.incoming ? seen.from : seen.to; }

}  // namespace

Result<Filter> Filter::parse(const std::vector<std::string>& terms) {
  Filter filter;
  for (const std::string& text : terms) {
    auto term = parse_term(text);
    if (!term) return tl::unexpected<Error>(term.error());
    if (term->key == Key::lane && !term->negated && term->lanes.contains(Lane::tap)) filter.shows_tap_ = true;
    if (term->key == Key::type && !term->negated && term->kinds.contains(wire::TapMark::kKind))
      filter.shows_tap_ = true;
    filter.terms_.push_back(*std::move(term));
  }
  return filter;
}

Result<Filter::Term> Filter::parse_term(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    return fail(quoted(text) + " is no filter: KEY=VALUE[,VALUE...] or KEY!=VALUE is, e.g. lane=order,ack or node!=n3");
  Term term;
  term.negated = text[equals - 1] == '!';
  const std::string key = text.substr(0, equals - (term.negated ? 1 : 0));
  const auto known = std::find(kKeys.begin(), kKeys.end(), key);
  if (known == kKeys.end()) return fail(quoted(text) + ": " + no_such(key, "key of a filter", key_names()));
  term.key = static_cast<Key>(known - kKeys.begin());
  for (const std::string& value : split(std::string_view(text).substr(equals + 1))) {
    if (value.empty()) return fail(quoted(text) + ": a value is missing, e.g. " + key + "=VALUE or " + key + "=A,B");
    if (const auto taken = take_value(term, value); !taken) return fail(quoted(text) + ": " + taken.error().message);
  }
  return term;
}

Result<void> Filter::take_value(Term& term, const std::string& value) {
  switch (term.key) {
    case Key::lane: {
      const auto lane = lane_of(value);
      if (!lane) return fail(no_such(value, "lane", lane_names()));
      term.lanes.insert(*lane);
      return {};
    }
    case Key::type: {
      if (const auto number = number_of(value)) return term.kinds.insert(*number), Result<void>{};
      bool found = false;
      for (const auto& [kind, name] : known_types()) {
        if (!same_word(name, value)) continue;
        term.kinds.insert(kind);
        found = true;
      }
      if (!found) return fail(no_such(value, "type of message", type_names()));
      return {};
    }
    case Key::slot: {
      const auto dots = value.find("..");
      const std::string first = value.substr(0, dots);
      const std::string last = dots == std::string::npos ? first : value.substr(dots + 2);
      const auto from = first.empty() ? std::optional<std::uint64_t>(0) : number_of(first);
      const auto to =
          last.empty() ? std::optional<std::uint64_t>(std::numeric_limits<std::uint64_t>::max()) : number_of(last);
      if (!from || !to || value == "..")
        return fail(quoted(value) + " is no slot and no range of slots: 17, 10..20, 10.. and ..20 are");
      if (*from > *to) return fail(quoted(value) + " ends before it begins; " + last + ".." + first + " would not");
      term.slots.push_back({Slot{*from}, Slot{*to}});
      return {};
    }
    case Key::client: {
      const bool hexadecimal = value.find_first_not_of("0123456789abcdef") == std::string::npos;
      if (!hexadecimal || value.size() < kFewestDigits || value.size() > kIdDigits)
        return fail(quoted(value) + " is no client's id: 4 to 16 hexadecimal digits are, the first ones being enough");
      term.texts.push_back(value);
      return {};
    }
    default:
      term.texts.push_back(value);
      return {};
  }
}

void Filter::resolve(const Names& names) {
  if (resolved_ == names.version()) return;
  resolved_ = names.version();
  for (Term& term : terms_) {
    term.nodes.clear();
    term.groups.clear();
    for (const std::string& text : term.texts) {
      if (term.key == Key::node || term.key == Key::from || term.key == Key::to)
        for (const Uid node : names.nodes_called(text)) term.nodes.insert(node);
      if (term.key == Key::group || term.key == Key::auction)
        for (const GroupId group : names.groups_called(text)) term.groups.insert(group);
    }
  }
}

bool Filter::matches(const Term& term, const Seen& seen) {
  switch (term.key) {
    case Key::node:
      return term.nodes.contains(sender(seen)) || term.nodes.contains(receiver(seen));
    case Key::from:
      return term.nodes.contains(sender(seen));
    case Key::to:
      return term.nodes.contains(receiver(seen));
    case Key::group:
    case Key::auction:
      return term.groups.contains(seen.group);
    case Key::lane:
      return term.lanes.contains(seen.lane);
    case Key::type:
      return term.kinds.contains(seen.kind);
    case Key::slot:
      return seen.slots && std::any_of(term.slots.begin(), term.slots.end(), [&seen](const Range& range) {
               return seen.slots->first <= range.last && seen.slots->last >= range.first;
             });
    case Key::client: {
      if (!seen.client) return false;
      const std::string id = padded_hex(seen.client.value);
      return std::any_of(term.texts.begin(), term.texts.end(),
                         [&id](const std::string& text) { return id.starts_with(text); });
    }
  }
  return false;
}

bool Filter::passes(const Seen& seen, const Names& names) {
  if (seen.lane == Lane::tap && seen.fault.empty() && !shows_tap_) return false;
  resolve(names);
  return std::all_of(terms_.begin(), terms_.end(),
                     [&seen](const Term& term) { return matches(term, seen) != term.negated; });
}

std::vector<std::string> Filter::unknown(const Names& names) {
  std::vector<std::string> found;
  for (const Term& term : terms_) {
    const bool of_nodes = term.key == Key::node || term.key == Key::from || term.key == Key::to;
    const bool of_groups = term.key == Key::group || term.key == Key::auction;
    for (const std::string& text : term.texts)
      if ((of_nodes && names.nodes_called(text).empty()) || (of_groups && names.groups_called(text).empty()))
        found.push_back(text);
  }
  return found;
}

}  // namespace gavel::sniffer
