// The cursor never takes what the document refuses.
#include <catch2/catch.hpp>

#include "common/base/random.hpp"
#include "common/wire/cursor.hpp"
#include "common/wire/msgpack.hpp"

namespace gavel::wire {
namespace {

bool skips(BytesView bytes) {
  Cursor cursor(bytes);
  return cursor.skip() && cursor.done();
}

/// Some values, nested at random, most of them well-formed.
Bytes scribble(Random& random) {
  Bytes out;
  Writer writer(out);
  const auto values = random.between(std::int64_t{1}, std::int64_t{12});
  writer.array(static_cast<std::size_t>(values));
  for (std::int64_t i = 0; i < values; ++i) {
    switch (random.between(std::int64_t{0}, std::int64_t{7})) {
      case 0:
        writer.nil();
        break;
      case 1:
        writer.boolean(i % 2 == 0);
        break;
      case 2:
        writer.signed_number(-(std::int64_t{1} << random.between(std::int64_t{0}, std::int64_t{62})));
        break;
      case 3:
        writer.bin(Bytes(static_cast<std::size_t>(random.between(std::int64_t{0}, std::int64_t{300})), 'x'));
        break;
      case 4:
        writer.array(static_cast<std::size_t>(random.between(std::int64_t{0}, std::int64_t{3})));
        break;
      case 5:
        out.push_back(static_cast<char>(random.between(std::int64_t{0}, std::int64_t{255})));
        break;
      default:
        writer.number(std::uint64_t{1} << static_cast<unsigned>(random.between(std::int64_t{0}, std::int64_t{63})));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("what a cursor skips, a document parses") {
  Random random(1);
  int skipped = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Bytes bytes = scribble(random);
    if (!skips(bytes)) continue;
    ++skipped;
    const auto document = Document::parse(bytes);
    INFO(i << ": " << (document ? "" : document.error().message));
    REQUIRE(document);
  }
  CHECK(skipped > 2'000);
}

TEST_CASE("a cursor keeps to the limits of a document") {
  const auto nested = [](std::size_t depth) { return Bytes(depth, '\x91') + '\xc0'; };
  CHECK(skips(nested(kMaxDepth)));
  CHECK_FALSE(skips(nested(kMaxDepth + 1)));
  CHECK_FALSE(Document::parse(nested(kMaxDepth + 1)));
  const Bytes empty_at_the_bottom = Bytes(kMaxDepth, '\x91') + '\x90';
  CHECK(skips(empty_at_the_bottom) == Document::parse(empty_at_the_bottom).has_value());
  CHECK_FALSE(skips(BytesView("\xdd\xff\xff\xff\xff", 5)));  // claims more than there is
  CHECK_FALSE(skips("\xa1x"));                               // text
  CHECK_FALSE(skips(""));
  CHECK_FALSE(skips(BytesView("\xc4\x05hi", 4)));
}

TEST_CASE("numbers are taken as they were written") {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{127}, std::int64_t{128}, std::int64_t{-1}, std::int64_t{-32}, std::int64_t{-33},
        std::int64_t{-129}, std::int64_t{-40'000}, std::int64_t{1} << 40, INT64_MIN, INT64_MAX}) {
    Bytes bytes;
    Writer(bytes).signed_number(value);
    Cursor cursor(bytes);
    std::int64_t back = 0;
    REQUIRE(cursor.signed_number(back));
    CHECK(back == value);
    CHECK(cursor.done());
  }
}

}  // namespace gavel::wire
