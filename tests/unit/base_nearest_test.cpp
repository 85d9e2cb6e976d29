#include <catch2/catch.hpp>

#include "common/base/nearest.hpp"

namespace gavel {

TEST_CASE("differences count letters that are inserted, left out or changed, in any case") {
  CHECK(differences("", "") == 0);
  CHECK(differences("", "abc") == 3);
  CHECK(differences("order", "ORDER") == 0);
  CHECK(differences("ordr", "order") == 1);
  CHECK(differences("kitten", "sitting") == 3);
}

TEST_CASE("the nearest word is offered if the slip is small for its length") {
  const std::vector<std::string> words{"batch", "order", "ack"};
  CHECK(nearest("ordr", words) == "order");
  CHECK(nearest("ak", words) == "ack");
  CHECK(nearest("nothing", words).empty());
  CHECK(nearest("", words).empty());
  CHECK(nearest(std::string(50, 'a'), words).empty());
  CHECK(nearest("bk", words).empty());
  CHECK(nearest("bk", words, 2) == "ack");
}

}  // namespace gavel
