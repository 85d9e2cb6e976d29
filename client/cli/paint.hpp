// Colours and the size of the terminal. A word is coloured after it was padded, so that widths stay right; nothing is
// coloured unless the output is a terminal that can show it and NO_COLOR is not set.
#pragma once

#include <cstddef>
#include <string>

namespace gavel::cli {

enum class Ink { plain, good, warning, bad, strong, faint };

/// Whether what goes to that descriptor is to be coloured: a terminal, TERM is set and not "dumb", NO_COLOR is not set
/// or empty.
bool wants_colour(int fd = 1);
/// `text`, unchanged if `coloured` is false or the ink is plain.
std::string painted(const std::string& text, Ink ink, bool coloured);

/// 100 columns and no limit of rows if it is no terminal.
struct Extent {
  std::size_t columns = 100;
  std::size_t rows = 0;  ///< 0: no limit
};
Extent terminal_extent(int fd = 1);

/// A terminal that shows one picture at a time, each in the place of the former one. What it has changed about the
/// terminal is undone in the end; the last picture stays.
class Repainter {
 public:
  Repainter();
  ~Repainter();
  Repainter(const Repainter&) = delete;
  Repainter& operator=(const Repainter&) = delete;

  /// Lines end with newlines. What does not fit below each other is left out, and the last line says how much.
  void show(const std::string& picture);

 private:
  bool first_ = true;
};

}  // namespace gavel::cli
