// Whoever looks on while a group world runs and hears all that its nodes send, as a sniffer would: every frame once,
// when it leaves its node, lost on its way or not, and what clients ask of gateways and are told.
#pragma once

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/order/effects.hpp"
#include "common/wire/order_messages.hpp"
#include "tests/sim/network.hpp"

namespace gavel::sim {

class Onlooker {
 public:
  Onlooker() = default;
  virtual ~Onlooker() = default;
  Onlooker(const Onlooker&) = delete;
  Onlooker& operator=(const Onlooker&) = delete;

  /// `to`: of unicasts; 0 otherwise.
  virtual void sent(TimePoint now, Uid from, Uid to, Path path, const SharedBytes& frame) = 0;
  virtual void called(TimePoint now, Uid gateway, std::size_t client, std::uint64_t call,
                      const wire::Request& request) = 0;
  virtual void answered(TimePoint now, Uid gateway, std::size_t client, std::uint64_t call,
                        const order::Answered& answered) = 0;
};

}  // namespace gavel::sim
