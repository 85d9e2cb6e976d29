// `--top`: how many messages and bytes a second, by lane, by type and by node, the busiest first. At a terminal one
// table in place, which fits it; otherwise a table for each interval in which something came, or one JSON object.
#pragma once

#include <functional>
#include <memory>
#include <ostream>

#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/view/view.hpp"

namespace gavel::sniffer {

struct TopOptions {
  bool jsonl = false;
  bool colour = false;
  Duration interval = std::chrono::seconds(1);
  /// Rows of the terminal, asked anew for each table. None: not at a terminal.
  std::function<std::size_t()> rows;
};
/// `names` outlives the view.
std::unique_ptr<View> make_top(std::ostream& out, const Names& names, TopOptions options = {});

}  // namespace gavel::sniffer
