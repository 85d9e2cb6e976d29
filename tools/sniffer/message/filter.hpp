// Which messages are wanted: terms such as "lane=order,ack" or "node!=n3", all of which must hold. A term names what
// people know, nodes and auctions by their names; a name that nobody has yet may become known later, and matches from
// then on.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/message/seen.hpp"

namespace gavel::sniffer {

class Filter {
 public:
  /// Error: what is wrong with a term, and what would be right.
  static Result<Filter> parse(const std::vector<std::string>& terms);

  /// Tap marks pass only where a term asks for their lane.
  bool passes(const Seen& seen, const Names& names);

  /// Nodes, groups and auctions that the terms name and that are not known (so far), as they were written.
  std::vector<std::string> unknown(const Names& names);

 private:
  enum class Key : std::uint8_t { node, from, to, group, auction, lane, type, slot, client };
  struct Range {
    Slot first;
    Slot last;
  };
  struct Term {
    Key key = Key::node;
    bool negated = false;
    std::vector<std::string> texts;
    std::set<Lane> lanes;
    std::set<std::uint64_t> kinds;
    std::vector<Range> slots;
    // What the texts mean, as far as that is known.
    std::set<Uid> nodes;
    std::set<GroupId> groups;
  };

  static Result<Term> parse_term(const std::string& text);
  static Result<void> take_value(Term& term, const std::string& value);
  static bool matches(const Term& term, const Seen& seen);
  void resolve(const Names& names);

  std::vector<Term> terms_;
  bool shows_tap_ = false;
  std::uint64_t resolved_ = 0;  ///< the version of the names by which that was done
};

}  // namespace gavel::sniffer
