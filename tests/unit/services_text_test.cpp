#include <catch2/catch.hpp>

#include "node/services/text.hpp"

namespace gavel {
namespace {

TEST_CASE("plain text is well-formed UTF-8 within its bounds") {
  CHECK(is_plain_text("ada", 1, 3));
  CHECK(is_plain_text("Zo\xc3\xab \xe2\x82\xac \xf0\x9f\x8e\x89", 1, 64));
  CHECK(is_plain_text("", 0, 3));
  CHECK_FALSE(is_plain_text("", 1, 3));
  CHECK_FALSE(is_plain_text("adah", 1, 3));
  for (const char* broken : {"\xff", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"})
    CHECK_FALSE(is_plain_text(broken, 1, 64));
}

TEST_CASE("plain text cannot upset a screen") {
  for (const char* text : {"a\nb", "a\x1b[2Jb", "a\x7f",
                           "\xc2\x9b"
                           "2J",
                           "\xe2\x80\xae"
                           "evil",
                           " ada", "ada "})
    CHECK_FALSE(is_plain_text(text, 1, 64));
  CHECK_FALSE(is_plain_text(std::string_view("a\0b", 3), 1, 64));
}

TEST_CASE("plain text looks at every byte, wherever it stands") {
  for (std::size_t at = 1; at < 18; ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text(19, 'a');
      text[at] = static_cast<char>(byte);
      CHECK(is_plain_text(text, 1, 64) == (byte >= 0x20 && byte < 0x7f));
    }
  }
}

TEST_CASE("plain text hides nothing: no character that nobody sees, but the joiner of emoji") {
  for (const std::string unseen :
       {"\u00ad", "\u061c", "\u180e", "\u200b", "\u200c", "\u200e", "\u200f", "\u2060", "\ufeff"})
    CHECK_FALSE(is_plain_text("ann" + unseen, 1, 64));
  CHECK(is_plain_text("\U0001F469\u200d\U0001F680", 1, 64));
}

TEST_CASE("what is quoted is short and harmless") {
  CHECK(quoted("lot-7") == "'lot-7'");
  CHECK(quoted("\x1b[2J\xff") == "'?[2J?'");
  CHECK(quoted(std::string(1000, 'x')).size() < 60);
}

}  // namespace
}  // namespace gavel
