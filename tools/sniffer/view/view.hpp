// A way of showing what was seen: lines, a table of rates, one request's way, a ladder. It gets what passed the
// filters, in the order of arrival, and writes to the stream that it was made with.
#pragma once

#include "tools/sniffer/message/seen.hpp"

namespace gavel::sniffer {

class View {
 public:
  View() = default;
  virtual ~View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  virtual void show(const Seen& seen) = 0;
  /// Time passes, though nothing may arrive: several times a second live, and between messages of a recording.
  virtual void tick(WallTime /*now*/) {}
  /// It has shown all that it was made for, and the program may end.
  virtual bool done() const { return false; }
  /// Nothing more will come: what was held back is shown now.
  virtual void end() {}
  /// Whether it found what it was made to find. False, when it is over: nothing of the kind was seen, and nothing was
  /// written. Views that show whatever comes have always told.
  virtual bool told_anything() const { return true; }
};

}  // namespace gavel::sniffer
