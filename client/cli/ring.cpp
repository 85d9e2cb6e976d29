#include "client/cli/ring.hpp"

#include "client/cli/output.hpp"

namespace gavel::cli {
namespace {

std::string shown(const RingMember& member) {
  const std::string label = harmless(member.label);
  if (member.is_leader) return "[" + label + "]";
  return member.is_gone ? "(" + label + ")" : label;
}

std::string repeated(const std::string& what, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += what;
  return all;
}

std::string upright(const std::vector<RingMember>& members) {
  std::string text = "  ┌▶ " + shown(members.front()) + "\n";
  for (std::size_t i = 1; i < members.size(); ++i) text += "  │  ↓\n  │  " + shown(members[i]) + "\n";
  return text + "  └──┘\n";
}

}  // namespace

std::string draw_ring(const std::vector<RingMember>& members, std::size_t width) {
  if (members.empty()) return "  (no voters)\n";
  if (members.size() == 1) return "  " + shown(members.front()) + "  alone\n";
  std::string line;
  for (const RingMember& member : members) line += (line.empty() ? "" : " ─▶ ") + shown(member);
  constexpr std::size_t kFrame = 10;
  const std::size_t length = width_of(line);
  if (length + kFrame > width) return upright(members);
  return "  ┌▶ " + line + " ─┐\n  └" + repeated("─", length + 4) + "┘\n";
}

}  // namespace gavel::cli
