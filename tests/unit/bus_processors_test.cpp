#include <catch2/catch.hpp>
#include <thread>

#include "common/bus/processors.hpp"

using namespace gavel;
using namespace gavel::bus;

TEST_CASE("processors are read as people write them, and written the same way") {
  CHECK(parse_processors("0").value() == Processors{0});
  CHECK(parse_processors("0,2-3").value() == Processors{0, 2, 3});
  CHECK(parse_processors("3,1,2-3,1").value() == Processors{1, 2, 3});
  CHECK(parse_processors("1023").value() == Processors{1023});
  for (const char* text : {"0", "0,2-3", "0-1,4-6,9", "1023"}) CHECK(print(parse_processors(text).value()) == text);
  CHECK(print({0, 2, 4}) == "0,2,4");
}

TEST_CASE("what names no processors is refused, with what would") {
  for (const char* text : {"", ",", "0,", ",0", "x", "-1", "1-", "-", "3-1", "0 1", " 0", "1024", "0-1024",
                           "99999999999999999999", "0x1", "1.5"}) {
    INFO(text);
    const auto read = parse_processors(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().message ==
          "'" + std::string(text) + "' should be processors by their numbers, from 0 to 1023, such as 0 or 0,2-3");
  }
}

TEST_CASE("a thread keeps to its processors, and so do those that it makes") {
  const auto all = usable_processors();
  REQUIRE_FALSE(all.empty());
  Processors kept, of_child;
  std::thread([&] {
    REQUIRE(keep_to({all.back()}));
    kept = usable_processors();
    std::thread([&] { of_child = usable_processors(); }).join();
  }).join();
  CHECK(kept == Processors{all.back()});
  CHECK(of_child == kept);
  CHECK(usable_processors() == all);
}

TEST_CASE("a processor that there is none of is named, and nothing changes") {
  const auto all = usable_processors();
  const auto kept = keep_to({all.front(), 1023});
  REQUIRE_FALSE(kept);
  CHECK(kept.error().message == "this program may not run on processor 1023; here it has " + print(all));
  CHECK(usable_processors() == all);
}

TEST_CASE("shares of processors are apart as far as there are enough") {
  CHECK(share_of({0, 1}, 0, 3) == Processors{0});
  CHECK(share_of({0, 1}, 1, 3) == Processors{1});
  CHECK(share_of({0, 1}, 2, 3) == Processors{0});
  CHECK(share_of({4}, 7, 9) == Processors{4});
  CHECK(share_of({0, 1, 2, 3, 4, 5, 6, 7}, 0, 3) == Processors{0, 3, 6});
  CHECK(share_of({0, 1, 2, 3, 4, 5, 6, 7}, 2, 3) == Processors{2, 5});
  CHECK(share_of({0, 1, 2}, 0, 1) == Processors{0, 1, 2});
}
