#include <catch2/catch.hpp>

#include "tools/sniffer/message/names.hpp"

namespace gavel::sniffer {

TEST_CASE("nodes and groups have names as soon as they are learnt, and numbers before") {
  Names names;
  CHECK(names.node(Uid{0xab}) == "ab");
  CHECK(names.group(GroupId{9}) == "group 9");
  CHECK(names.learn_node(Uid{0xab}, "n1"));
  CHECK(names.learn_group(GroupId{9}, "lot-7"));
  CHECK(names.node(Uid{0xab}) == "n1");
  CHECK(names.group(GroupId{9}) == "lot-7");
  CHECK(names.group(kDirectoryGroup) == "directory");
  CHECK(names.group({}) == "-");
  CHECK(names.node({}) == "*");
}

TEST_CASE("what is known already is no news, and the version tells what is") {
  Names names;
  const auto before = names.version();
  CHECK(names.learn_node(Uid{1}, "n1"));
  const auto after = names.version();
  CHECK(after > before);
  CHECK_FALSE(names.learn_node(Uid{1}, "n1"));
  CHECK_FALSE(names.learn_node(Uid{}, "nobody"));
  CHECK_FALSE(names.learn_node(Uid{2}, ""));
  CHECK(names.version() == after);
  CHECK(names.learn_node(Uid{1}, "n9"));
  CHECK(names.version() > after);
}

TEST_CASE("a name may mean several nodes and several groups") {
  Names names;
  names.learn_node(Uid{1}, "n1");
  names.learn_node(Uid{2}, "n1");
  names.learn_group(GroupId{5}, "lot-7");
  names.learn_group(GroupId{8}, "lot-7");
  CHECK(names.nodes_called("n1") == std::vector<Uid>{Uid{1}, Uid{2}});
  CHECK(names.groups_called("lot-7") == std::vector<GroupId>{GroupId{5}, GroupId{8}});
  CHECK(names.nodes_called("ff") == std::vector<Uid>{Uid{0xff}});
  CHECK(names.groups_called("12") == std::vector<GroupId>{GroupId{12}});
  CHECK(names.groups_called("directory") == std::vector<GroupId>{kDirectoryGroup});
  CHECK(names.nodes_called("who").empty());
  CHECK(names.find_group("lot-9") == std::nullopt);
}

TEST_CASE("control characters in names of others never reach a terminal") {
  Names names;
  names.learn_node(Uid{1}, "n\x1b[31m1");
  CHECK(names.node(Uid{1}) == "n?[31m1");
}

TEST_CASE("names travel in a recording, sniffers too") {
  Names names;
  names.learn_node(Uid{1}, "n1");
  names.learn_group(GroupId{5}, "lot-7");
  names.learn_sniffer(ClientId{77});
  Names read;
  REQUIRE(read.learn_encoded(names.encode()));
  CHECK(read.node(Uid{1}) == "n1");
  CHECK(read.group(GroupId{5}) == "lot-7");
  CHECK(read.is_sniffer(ClientId{77}));
  CHECK_FALSE(read.is_sniffer(ClientId{78}));
  CHECK_FALSE(read.learn_encoded("nonsense"));
}

TEST_CASE("what is written of names is news only, and adds up to all of them") {
  Names names;
  names.learn_node(Uid{1}, "n1");
  names.learn_group(GroupId{7}, "lot-7");
  names.learn_sniffer(ClientId{5});
  Names reader;
  REQUIRE(reader.learn_encoded(names.encode_news({})));
  Names told = names;
  for (std::uint64_t i = 100; i < 200; ++i) names.learn_group(GroupId{i}, "lot-" + std::to_string(i));
  told = names;
  names.learn_node(Uid{1}, "renamed");
  const auto news = names.encode_news(told);
  CHECK(news.size() < 20);
  REQUIRE(reader.learn_encoded(news));
  CHECK(reader.node(Uid{1}) == "renamed");
  CHECK(reader.group(GroupId{7}) == "lot-7");
  CHECK(reader.is_sniffer(ClientId{5}));
}

}  // namespace gavel::sniffer
