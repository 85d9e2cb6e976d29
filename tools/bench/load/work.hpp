// What the clients of a load ask for, one after the other, and what the answers mean. An operation is a command that
// was decided: accepted or refused by the service itself. Everything else (busy, unknown, malformed) has failed.
#pragma once

#include <cstddef>

#include "client/core/effects.hpp"

namespace gavel::bench {

enum class Judged : std::uint8_t { accepted, refused, failed };

class Work {
 public:
  virtual ~Work() = default;

  struct Request {
    GroupId group;
    Bytes body;
  };
  virtual Request next(std::size_t client) = 0;
  virtual Judged judge(std::size_t client, const client::Outcome& outcome) = 0;
  /// How many things an accepted answer stands for: likes that were gathered count each.
  virtual std::uint64_t counted() const { return 1; }
};

}  // namespace gavel::bench
