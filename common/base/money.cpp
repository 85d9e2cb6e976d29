#include "common/base/money.hpp"

#include <algorithm>
#include <limits>

namespace gavel {
namespace {

struct Known {
  std::string_view code;
  int exponent;
};

constexpr std::array<Known, 16> kCurrencies{{{"AUD", 2},
                                             {"BHD", 3},
                                             {"CAD", 2},
                                             {"CHF", 2},
                                             {"CNY", 2},
                                             {"CZK", 2},
                                             {"DKK", 2},
                                             {"EUR", 2},
                                             {"GBP", 2},
                                             {"JPY", 0},
                                             {"KRW", 0},
                                             {"KWD", 3},
                                             {"NOK", 2},
                                             {"PLN", 2},
                                             {"SEK", 2},
                                             {"USD", 2}}};

const Known* known(std::string_view code) {
  const auto at = std::find_if(kCurrencies.begin(), kCurrencies.end(), [&](const Known& k) { return k.code == code; });
  return at == kCurrencies.end() ? nullptr : &*at;
}

std::string known_codes() {
  std::string all;
  for (const Known& k : kCurrencies) all += (all.empty() ? "" : ", ") + std::string(k.code);
  return all;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// What came from outside goes into a message shortened, and without anything that could upset a terminal.
std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 40;
  std::string shown;
  for (const char c : text.substr(0, kShown)) shown += c >= ' ' && c <= '~' ? c : '?';
  return "'" + shown + (text.size() > kShown ? "…'" : "'");
}

/// An amount to show as an example of what is right.
std::string example(Currency currency) { return format_amount({120 * currency.scale(), currency}); }

Result<Money> too_large(std::string_view text, Currency currency) {
  return fail(quoted(text) + ": too large, at most " + format({std::numeric_limits<std::int64_t>::max(), currency}));
}

Result<Money> too_precise(std::string_view text, std::string_view whole, std::string_view decimals, Currency currency) {
  const auto places = static_cast<std::size_t>(currency.exponent());
  const std::string most =
      places == 0 ? "no decimals" : "at most " + std::to_string(places) + (places == 1 ? " decimal" : " decimals");
  std::string right(whole.substr(0, 20));
  if (places > 0) right += "." + std::string(decimals.substr(0, places));
  return fail(quoted(text) + ": " + most + " for " + std::string(currency.code()) + ", e.g. " + right);
}

/// `digits` appended to `value` in base ten; nothing on overflow.
std::optional<std::int64_t> append_digits(std::int64_t value, std::string_view digits) {
  for (const char c : digits)
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, c - '0', &value)) return {};
  return value;
}

Result<Money> parse_amount(std::string_view text, Currency currency) {
  if (text.empty()) return fail("an empty amount: write it like " + example(currency));
  if (text.front() == '-') return fail(quoted(text) + ": an amount is not negative, e.g. " + example(currency));
  if (text.find(',') != std::string_view::npos)
    return fail(quoted(text) + ": no commas; a point before the decimals and nothing between the thousands, e.g. " +
                example(currency));
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto decimals = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
  if (!all_digits(whole) || (point != std::string_view::npos && !all_digits(decimals)))
    return fail(quoted(text) + ": not an amount; write it like " + example(currency));
  const auto places = static_cast<std::size_t>(currency.exponent());
  if (decimals.size() > places) return too_precise(text, whole, decimals, currency);

  const std::string minor_digits = std::string(decimals) + std::string(places - decimals.size(), '0');
  auto minor = append_digits(0, whole);
  if (minor) minor = append_digits(*minor, minor_digits);
  if (!minor) return too_large(text, currency);
  return Money{*minor, currency};
}

}  // namespace

Result<Currency> Currency::parse(std::string_view code) {
  if (known(code) == nullptr) return fail(quoted(code) + ": not a known currency; one of " + known_codes());
  return Currency({code[0], code[1], code[2]});
}

int Currency::exponent() const { return known(code())->exponent; }

std::int64_t Currency::scale() const {
  std::int64_t scale = 1;
  for (int i = 0; i < exponent(); ++i) scale *= 10;
  return scale;
}

std::optional<Money> checked_add(Money a, Money b) {
  Money sum{0, a.currency};
  if (a.currency != b.currency || __builtin_add_overflow(a.minor, b.minor, &sum.minor)) return {};
  return sum;
}

Result<Money> parse_money(std::string_view text, Currency otherwise) {
  text = trimmed(text);
  Currency currency = otherwise;
  const auto last_digit = text.find_last_of("0123456789");
  if (last_digit != std::string_view::npos) {
    const auto suffix = trimmed(text.substr(last_digit + 1));
    if (!suffix.empty() && suffix.front() != '.' && suffix.front() != ',') {
      const auto written = Currency::parse(suffix);
      if (!written) return tl::unexpected(written.error());
      currency = *written;
      text = trimmed(text.substr(0, last_digit + 1));
    }
  }
  return parse_amount(text, currency);
}

std::string format_amount(Money money) {
  // The magnitude as unsigned: the lowest int64 has no positive counterpart.
  const auto magnitude = money.minor < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(money.minor)
                                         : static_cast<std::uint64_t>(money.minor);
  std::string digits = std::to_string(magnitude);
  const auto places = static_cast<std::size_t>(money.currency.exponent());
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  if (places > 0) digits.insert(digits.size() - places, ".");
  return (money.minor < 0 ? "-" : "") + digits;
}

std::string format(Money money) { return format_amount(money) + " " + std::string(money.currency.code()); }

}  // namespace gavel
