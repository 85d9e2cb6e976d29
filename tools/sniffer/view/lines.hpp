// One line a message, aligned, for people; or one JSON object a line, for programs. Columns begin with a usual width
// and grow with what comes, so that a line is aligned with those before it or wider.
#pragma once

#include <memory>
#include <ostream>

#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/view/view.hpp"

namespace gavel::sniffer {

struct LineOptions {
  bool jsonl = false;
  bool colour = false;
  bool hex = false;  ///< a dump of the frame below its line
  bool raw = false;  ///< the frame in hexadecimal at the end of its line
};
/// `names` outlives the view.
std::unique_ptr<View> make_lines(std::ostream& out, const Names& names, LineOptions options = {});

/// "16:20:00.123456", UTC.
std::string shown_time(WallTime at);
/// "2026-11-21T16:20:00.123456Z".
std::string shown_moment(WallTime at);
/// Sixteen bytes a line: offset, hexadecimal, characters.
std::string hex_dump(BytesView bytes);
/// Two digits a byte, nothing between.
std::string hex_digits(BytesView bytes);

}  // namespace gavel::sniffer
