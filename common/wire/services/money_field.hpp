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
  if (v.elements() != 2) return fault.expected("an amount [minor units, currency]", v);
  const auto minor = v[0].signed_number();
  if (!minor) return fault.expected("an amount's minor units, a whole number within 64 bits,", v[0]);
  const auto code = v[1].bin();
  if (!code) return fault.expected("an amount's currency, a byte string,", v[1]);
  const auto currency = Currency::parse(*code);
  if (!currency) return fault.set(currency.error().message);
  out = Money{*minor, *currency};
  return true;
}

inline bool take(Cursor& from, Money& out) {
  std::size_t elements = 0;
  BytesView code;
  if (!from.array(elements) || elements != 2 || !from.signed_number(out.minor) || !from.bin(code)) return false;
  if (code == out.currency.code()) return true;
  const auto currency = Currency::parse(code);
  if (currency) out.currency = *currency;
  return currency.has_value();
}

}  // namespace gavel::wire
