#include "client/cli/commands.hpp"

namespace gavel::cli {

Currency read_currency(const std::string& code) {
  const auto currency = Currency::parse(code);
  if (!currency) fail_with(Exit::usage, "--currency: " + currency.error().message);
  return *currency;
}

Money read_amount(const std::string& text, Currency otherwise) {
  const auto money = parse_money(text, otherwise);
  if (!money) fail_with(Exit::usage, money.error().message);
  return *money;
}

void check_amount(const std::string& text, const std::string& currency) {
  if (!currency.empty()) {
    read_amount(text, read_currency(currency));
    return;
  }
  const auto usual = parse_money(text);
  // What the usual currency cannot express one with more decimals may.
  if (!usual && !parse_money(text, *Currency::parse("KWD"))) fail_with(Exit::usage, usual.error().message);
}

}  // namespace gavel::cli
