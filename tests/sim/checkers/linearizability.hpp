// Invariant 8, for a service that hands out rising numbers: each command gets the next one, a read sees the last. Such
// a history is linearizable iff each operation's number is beyond those of the operations that were over before it
// began (at least theirs, for a read), and none was seen before it was handed out. So one number must be remembered,
// the highest.
#pragma once

#include <cstdint>
#include <string>

namespace gavel::sim {

class Linearizability {
 public:
  /// An operation begins: what it gets must be beyond this.
  std::int64_t begin() const { return highest_; }
  void command_ends(const std::string& operation, std::int64_t begun_at, std::int64_t value);
  /// `handed_out`: the highest number that exists by now.
  void read_ends(std::int64_t begun_at, std::int64_t value, std::int64_t handed_out);

 private:
  std::int64_t highest_ = 0;
};

}  // namespace gavel::sim
