#include "client/cli/ring.hpp"

#include <algorithm>

#include "client/cli/output.hpp"

namespace gavel::cli {
namespace {

constexpr std::size_t kArrow = 4;  // columns of an arrow, whether it has a number or not
const std::string kMargin = "  ";

std::string repeated(const std::string& what, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += what;
  return all;
}

std::string shown(const RingMember& member) {
  const std::string label = harmless(member.label);
  if (member.is_leader) return "[" + label + "]";
  return member.is_suspect ? "(" + label + ")" : label;
}

Ink ink_of(const RingMember& member) {
  if (member.is_suspect) return Ink::bad;
  return member.is_leader ? Ink::good : Ink::plain;
}

std::string coloured_label(const RingMember& member, bool coloured) {
  return painted(shown(member), ink_of(member), coloured);
}

std::string numbered(const std::string& before, std::size_t step, const std::string& after, bool coloured) {
  const bool fits = step > 0 && step < 10;
  return before + (fits ? painted(std::to_string(step), Ink::strong, coloured) : "─") + after;
}

/// The loop: `above` columns, of which the last ones have a member below as well.
class Loop {
 public:
  Loop(const std::vector<RingMember>& members, bool coloured) : members_(members), coloured_(coloured) {
    for (const RingMember& member : members) width_ = std::max(width_, width_of(shown(member)));
  }

  std::size_t columns() const { return width_of(kMargin) + 1 + above() * column() + 2; }
  std::string text() const {
    const std::size_t inner = above() * column() + 1;
    std::string top = kMargin + "┌";
    for (std::size_t i = 0; i < above(); ++i) top += to_the_right(members_[i]);
    std::string bottom = kMargin + "└" + repeated("─", (above() - below()) * column());
    for (std::size_t i = members_.size(); i-- > above();) bottom += to_the_left(members_[i]);
    return top + "─┐\n" + kMargin + "│" + std::string(inner, ' ') + "│\n" + bottom + "─┘\n";
  }

 private:
  std::size_t above() const { return (members_.size() + 1) / 2; }
  std::size_t below() const { return members_.size() / 2; }
  std::size_t column() const { return kArrow + width_ + 3; }  // blanks around the name, and a dash at least
  std::string filling(const RingMember& member) const { return repeated("─", width_ + 1 - width_of(shown(member))); }

  std::string to_the_right(const RingMember& member) const {
    return numbered("─", member.step, "─▶", coloured_) + " " + coloured_label(member, coloured_) + " " +
           filling(member);
  }
  std::string to_the_left(const RingMember& member) const {
    return filling(member) + " " + coloured_label(member, coloured_) + " " +
           numbered("◀─", member.step, "─", coloured_);
  }

  const std::vector<RingMember>& members_;
  bool coloured_;
  std::size_t width_ = 0;
};

std::string upright(const std::vector<RingMember>& members, bool coloured) {
  std::string text;
  for (std::size_t i = 0; i < members.size(); ++i)
    text += kMargin + (i == 0 ? "┌" : "│") +
            numbered(i == 0 ? "─" : " ", members[i].step, i == 0 ? "▶ " : "▼ ", coloured) +
            coloured_label(members[i], coloured) + "\n";
  return text + kMargin + "└─┘\n";
}

}  // namespace

std::string draw_ring(const std::vector<RingMember>& members, std::size_t width, bool coloured) {
  if (members.empty()) return kMargin + "(no voters)\n";
  if (members.size() == 1) return kMargin + coloured_label(members.front(), coloured) + "  alone\n";
  const Loop loop(members, coloured);
  return loop.columns() <= width ? loop.text() : upright(members, coloured);
}

std::string draw_way(const std::vector<std::string>& labels, std::size_t width, bool coloured) {
  std::string text;
  std::string line = "last way of the token: ";
  std::size_t columns = line.size();
  if (labels.empty()) return {};
  for (std::size_t i = 0; i <= labels.size(); ++i) {
    const bool home = i == labels.size();
    if (home && labels.size() == 1) break;
    const std::string label = home ? "home" : harmless(labels[i]);
    const std::string number = home || i == 0 ? "" : std::to_string(i);
    const std::size_t arrow = i == 0 ? 0 : home ? 4 : 5 + number.size();
    if (i > 0 && columns + arrow + width_of(label) > width) {
      text += line + "\n";
      line = "     ";
      columns = line.size();
    }
    if (i > 0) line += home ? " ─▶ " : " ─" + painted(number, Ink::strong, coloured) + "─▶ ";
    line += label;
    columns += arrow + width_of(label);
  }
  return text + line;
}

}  // namespace gavel::cli
