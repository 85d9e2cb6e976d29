// The story of a run, line by line, for whoever wants to read it: what the replicas note, and what happens to them.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "tests/sim/print.hpp"
#include "tests/sim/timeline.hpp"

namespace gavel::sim {

class Narrator {
 public:
  using Line = std::function<void(const std::string& line)>;
  Narrator(const Timeline& timeline, Line line) : timeline_(timeline), line_(std::move(line)) {}

  /// Whether anybody listens: nothing need be said otherwise.
  explicit operator bool() const { return static_cast<bool>(line_); }
  void say(const std::string& what) const {
    if (line_) line_(show(timeline_.now()) + "      " + what);
  }
  void say(Uid node, const std::string& what) const {
    if (!line_) return;
    auto name = show(node);
    name.resize(std::max<std::size_t>(name.size(), 4), ' ');
    line_(show(timeline_.now()) + "  " + name + what);
  }

 private:
  const Timeline& timeline_;
  Line line_;
};

}  // namespace gavel::sim
