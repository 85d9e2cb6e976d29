#include "client/cli/paint.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <vector>

namespace gavel::cli {
namespace {

const char* code_of(Ink ink) {
  switch (ink) {
    case Ink::plain:
      break;
    case Ink::good:
      return "\x1b[32m";
    case Ink::warning:
      return "\x1b[33m";
    case Ink::bad:
      return "\x1b[1;31m";
    case Ink::strong:
      return "\x1b[1m";
    case Ink::faint:
      return "\x1b[2m";
  }
  return "";
}

}  // namespace

bool wants_colour(int fd) {
  const char* no = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no == nullptr || *no == 0) && term != nullptr && std::strcmp(term, "dumb") != 0 && ::isatty(fd) != 0;
}

std::string painted(const std::string& text, Ink ink, bool coloured) {
  return !coloured || ink == Ink::plain || text.empty() ? text : code_of(ink) + text + "\x1b[0m";
}

Extent terminal_extent(int fd) {
  winsize size{};
  Extent extent;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return extent;
  if (size.ws_col > 0) extent.columns = size.ws_col;
  extent.rows = size.ws_row;
  return extent;
}

// Lines longer than the terminal is wide are cut by it, not wrapped.
Repainter::Repainter() { std::cout << "\x1b[?7l\x1b[?25l" << std::flush; }
Repainter::~Repainter() { std::cout << "\x1b[?7h\x1b[?25h" << std::flush; }

void Repainter::show(const std::string& picture) {
  std::vector<std::string> lines;
  std::istringstream in(picture);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  const std::size_t room = terminal_extent().rows;
  if (room > 2 && lines.size() >= room) {
    const std::size_t left_out = lines.size() - (room - 2);
    lines.resize(room - 2);
    lines.push_back("... and " + std::to_string(left_out) + " more lines");
  }
  std::cout << (first_ ? "\x1b[2J\x1b[H" : "\x1b[H");
  first_ = false;
  for (const std::string& line : lines) std::cout << line << "\x1b[K\n";
  std::cout << "\x1b[J" << std::flush;
}

}  // namespace gavel::cli
