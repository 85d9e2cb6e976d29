#include <catch2/catch.hpp>
#include <limits>

#include "common/base/money.hpp"

namespace gavel {
namespace {

Currency currency(std::string_view code) { return Currency::parse(code).value(); }

std::string refusal(std::string_view text, Currency otherwise = {}) {
  const auto parsed = parse_money(text, otherwise);
  return parsed ? "accepted as " + format(*parsed) : parsed.error().message;
}

TEST_CASE("money is read exactly, with as many decimals as were written, up to those of the currency") {
  CHECK(parse_money("120").value() == Money{12000, {}});
  CHECK(parse_money("120.5").value() == Money{12050, {}});
  CHECK(parse_money("120.05").value() == Money{12005, {}});
  CHECK(parse_money("0").value() == Money{0, {}});
  CHECK(parse_money("0.01").value() == Money{1, {}});
  CHECK(parse_money(" 007.10 ").value() == Money{710, {}});
  CHECK(parse_money("120", currency("JPY")).value() == Money{120, currency("JPY")});
  CHECK(parse_money("1.234", currency("KWD")).value() == Money{1234, currency("KWD")});
}

TEST_CASE("a currency written after the amount is the one that counts") {
  CHECK(parse_money("120.00 USD").value() == Money{12000, currency("USD")});
  CHECK(parse_money("120JPY").value() == Money{120, currency("JPY")});
  CHECK(parse_money("120.00 EUR", currency("USD")).value() == Money{12000, {}});
}

TEST_CASE("a refused amount says what was wrong and what would be right") {
  CHECK(refusal("120.123456789") == "'120.123456789': at most 2 decimals for EUR, e.g. 120.12");
  CHECK(refusal("120.5", currency("JPY")) == "'120.5': no decimals for JPY, e.g. 120");
  CHECK(refusal("-5") == "'-5': an amount is not negative, e.g. 120.00");
  CHECK(refusal("1,000.00") ==
        "'1,000.00': no commas; a point before the decimals and nothing between the thousands, e.g. 120.00");
  CHECK(refusal("") == "an empty amount: write it like 120.00");
  CHECK(
      refusal("12 XXX") ==
      "'XXX': not a known currency; one of AUD, BHD, CAD, CHF, CNY, CZK, DKK, EUR, GBP, JPY, KRW, KWD, NOK, PLN, SEK, "
      "USD");
  for (const char* text : {"abc", ".", ".5", "5.", "1.2.3", "+5", "1e5", "0x10", "5 5", "NaN", "٣"}) {
    INFO(text);
    CHECK_FALSE(parse_money(text).has_value());
  }
}

TEST_CASE("an amount beyond 64 bits is refused, the greatest one within is not") {
  CHECK(parse_money("92233720368547758.07").value().minor == std::numeric_limits<std::int64_t>::max());
  CHECK(refusal("92233720368547758.08") == "'92233720368547758.08': too large, at most 92233720368547758.07 EUR");
  CHECK_FALSE(parse_money(std::string(1000, '9')).has_value());
}

TEST_CASE("what a terminal should not see does not come back in a message") {
  CHECK(refusal("\x1b[31m5") == "'?[31m5': not an amount; write it like 120.00");
  CHECK(refusal(std::string(5000, 'x')).size() < 200);
}

TEST_CASE("money is written with all the decimals of its currency, and reads back as itself") {
  CHECK(format({12050, {}}) == "120.50 EUR");
  CHECK(format({5, {}}) == "0.05 EUR");
  CHECK(format({-5, {}}) == "-0.05 EUR");
  CHECK(format({0, currency("KWD")}) == "0.000 KWD");
  CHECK(format({120, currency("KRW")}) == "120 KRW");
  CHECK(format_amount({std::numeric_limits<std::int64_t>::min(), {}}) == "-92233720368547758.08");
  for (const std::int64_t minor : {0L, 1L, 99L, 100L, 12345L, std::numeric_limits<std::int64_t>::max()})
    for (const char* code : {"EUR", "JPY", "KWD"}) {
      const Money money{minor, currency(code)};
      CHECK(parse_money(format(money)).value() == money);
    }
}

TEST_CASE("a sum that overflows or mixes currencies is not made") {
  CHECK(checked_add({1, {}}, {2, {}}) == Money{3, {}});
  CHECK_FALSE(checked_add({std::numeric_limits<std::int64_t>::max(), {}}, {1, {}}).has_value());
  CHECK_FALSE(checked_add({std::numeric_limits<std::int64_t>::min(), {}}, {-1, {}}).has_value());
  CHECK_FALSE(checked_add({1, {}}, {1, currency("USD")}).has_value());
}

TEST_CASE("currencies know their decimals") {
  for (const char* code : {"EUR", "USD", "GBP", "CHF"}) CHECK(currency(code).exponent() == 2);
  for (const char* code : {"JPY", "KRW"}) CHECK(currency(code).exponent() == 0);
  CHECK(currency("KWD").exponent() == 3);
  CHECK(currency("KWD").scale() == 1000);
  for (const char* code : {"", "eur", "EURO", "EU", "ZZZ"}) CHECK_FALSE(Currency::parse(code).has_value());
}

}  // namespace
}  // namespace gavel
