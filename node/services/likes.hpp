// The likes as a replicated service: how often each item and each auction was liked. A count is the sum of the likes
// that were ordered, each once (the sessions see to that); nobody is ever believed what a count is. Counting is exact:
// what does not fit is refused, and not rounded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "common/base/digest.hpp"
#include "common/wire/services/likes.hpp"
#include "node/services/service.hpp"

namespace gavel {

class LikesService {
 public:
  /// Likes can wait: what a gateway gets within it, from all its clients, is one batch.
  static constexpr Duration kBatchGap = std::chrono::milliseconds(20);

  Bytes apply(const Context& context, BytesView command, Events& events);
  Bytes query(BytesView question) const;

  /// None: nothing here happens by itself.
  std::optional<WallTime> next_deadline() const { return {}; }
  Bytes deadline_command() const { return {}; }

  Bytes snapshot() const;
  /// Error: malformed, too many, or out of order; the state is as before.
  Result<void> restore(BytesView snapshot);
  Digest digest() const { return digest_; }

  const std::map<std::string, std::uint64_t>& totals() const { return totals_; }

 private:
  likes::Reply execute(BytesView bytes, Events& events);
  likes::Liked on_like(const likes::Like& like, Events& events);
  likes::Liked refuse(likes::Verdict verdict, const std::string& thing, std::string message) const;
  /// 0 if nobody likes it.
  std::uint64_t total_of(const std::string& thing) const;
  likes::Counts counts(const std::string& from) const;

  std::map<std::string, std::uint64_t> totals_;
  Digest digest_ = digest_of("likes");
};

static_assert(Service<LikesService>);

}  // namespace gavel
