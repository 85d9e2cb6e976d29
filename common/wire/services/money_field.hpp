// Money as a field of a message: [minor units, currency code]. A currency that is not known here is malformed.
#pragma once

#include "common/base/money.hpp"
#include "common/wire/codec.hpp"

namespace gavel::wire {

inline void put(Writer& w, const Money& money) {
  w.array(2);
  w.signed_number(money.minor);
  w.bin(money.currency.code());
}

inline bool get(Value v, Money& out, Fault& fault) {
  if (v.elements() != 2) return fault.set("an amount [minor units, currency] expected");
  const auto minor = v[0].signed_number();
  if (!minor) return fault.set("an amount's minor units must be a whole number within 64 bits");
  const auto code = v[1].bin();
  if (!code) return fault.set("an amount's currency must be a byte string");
  const auto currency = Currency::parse(*code);
  if (!currency) return fault.set(currency.error().message);
  out = Money{*minor, *currency};
  return true;
}

}  // namespace gavel::wire
