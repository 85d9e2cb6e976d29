// Money: a 64-bit count of minor units (cents, yen, fils) and the currency that they are in. Sums that overflow or mix
// currencies are not made: they come back as nothing, and the caller refuses. Text is read by exact decimal arithmetic;
// what a person typed wrong is answered with what would have been right. There is no floating point here.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace gavel {

/// A currency that Gavel knows, by its ISO 4217 code. The default is EUR.
class Currency {
 public:
  constexpr Currency() = default;

  /// Three upper-case letters of a known currency; an error names the known ones.
  static Result<Currency> parse(std::string_view code);

  std::string_view code() const { return {letters_.data(), letters_.size()}; }
  /// Digits after the decimal point, 0 to 3.
  int exponent() const;
  /// Minor units in one major unit: 1, 10, 100 or 1000.
  std::int64_t scale() const;

  constexpr auto operator<=>(const Currency&) const = default;

 private:
  explicit constexpr Currency(std::array<char, 3> letters) : letters_(letters) {}

  std::array<char, 3> letters_{'E', 'U', 'R'};
};

/// An amount; may be negative. Comparing amounts of two currencies is meaningless: compare the currencies first.
struct Money {
  std::int64_t minor = 0;
  Currency currency;

  constexpr bool operator==(const Money&) const = default;
};

/// The sum, or nothing if it overflows or the currencies differ.
std::optional<Money> checked_add(Money a, Money b);

/// Reads "120", "120.5" or "120.00", with a currency code after it or not ("120.00 USD"); `otherwise` is the currency
/// when none is written. Refused, with words for the person who typed it: signs, more decimals than the currency has,
/// thousands separators, anything that does not fit 64 bits.
Result<Money> parse_money(std::string_view text, Currency otherwise = {});

/// "120.00", "-0.05", "120" for yen: always as many decimals as the currency has.
std::string format_amount(Money money);
/// "120.00 EUR".
std::string format(Money money);

}  // namespace gavel
