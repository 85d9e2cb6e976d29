#include "client/cli/filed.hpp"

#include "client/cli/rows.hpp"
#include "common/base/print.hpp"
#include "common/wire/services/auction_chain.hpp"

namespace gavel::cli {
namespace {

std::string counted_things(std::uint64_t n, const std::string& one, const std::string& many = "") {
  return std::to_string(n) + " " + (n == 1 ? one : many.empty() ? one + "s" : many);
}

}  // namespace

Row row(const FiledGroup& one) {
  Row all{{"group", one.title()},
          {"id", one.group.value},
          {"slot", one.slot.value},
          {"time", iso(one.stamp)},
          {"digest", gavel::print(one.digest)},
          {"chain", Row()},
          {"bids", Row()},
          {"what", ""}};
  if (one.directory) {
    all["what"] = std::to_string(one.directory->nodes.size()) + " nodes, " +
                  std::to_string(one.directory->items.size()) + " items, " +
                  std::to_string(one.directory->auctions.size()) + " auctions";
  } else if (one.rooms) {
    all["what"] = counted_things(one.rooms->rooms, "room") + ", " +
                  counted_things(one.rooms->present, "person", "people") + ", " +
                  counted_things(one.rooms->lines, "line");
  } else if (one.likes) {
    all["what"] = counted_things(one.likes->things, "thing") + ", " + counted_things(one.likes->total, "like");
  } else if (one.auction) {
    const auto& a = *one.auction;
    all["bids"] = a.bids.size();
    all["chain"] = gavel::print(a.bids.empty() ? auction::chain_start(a.terms) : a.bids.back().chain);
    all["what"] = a.outcome        ? describe(a.terms.auction, *a.outcome)
                  : a.bids.empty() ? std::string("runs, no bid yet")
                                   : "runs, " + describe(a.bids.back());
  }
  return all;
}

Section filed_section() {
  return {"groups",
          {{"group", "GROUP"},
           {"slot", "SLOT"},
           {"time", "TIME"},
           {"digest", "DIGEST"},
           {"chain", "CHAIN"},
           {"bids", "BIDS"},
           {"what", "WHAT"}},
          {},
          "it holds no group"};
}

void verify_file(Context& context, const std::string& file) {
  const auto archive = read_archive(file);
  Section section = filed_section();
  section.columns.push_back({"verdict", "VERDICT"});
  std::string wrong;
  for (const auto& group : archive.groups) {
    const auto parts = take_apart(group);
    Row all =
        parts ? row(*parts) : Row{{"group", "group " + std::to_string(group.group.value)}, {"slot", group.slot.value}};
    all["verdict"] = parts ? "holds" : parts.error().message;
    if (!parts) wrong += (wrong.empty() ? "" : ", ") + parts.error().message;
    section.rows.push_back(std::move(all));
  }
  context.output().list(section);
  if (!wrong.empty()) fail_with(Exit::internal, file + " DOES NOT HOLD: " + wrong);
  context.output().text(file + " is whole: of cluster " + harmless(archive.cluster) + ", made " + iso(archive.made));
}

FiledAuction auction_in(const std::string& file, const std::string& wanted) {
  const auto archive = read_archive(file);
  std::vector<FiledAuction> found;
  std::string ids;
  for (const auto& group : archive.groups) {
    if (group.group == kDirectoryGroup) continue;
    auto parts = take_apart(group);
    if (!parts) fail_with(Exit::internal, file + ": " + parts.error().message);
    if (!parts->auction) continue;
    ids += (ids.empty() ? "" : ", ") + harmless(parts->title());
    if (wanted.empty() || parts->title() == wanted) found.push_back(std::move(*parts->auction));
  }
  if (found.size() == 1) return std::move(found.front());
  if (!found.empty()) fail_with(Exit::usage, file + " holds several auctions; name one: " + ids);
  fail_with(Exit::not_found,
            file + " holds " + (wanted.empty() ? "no auction" : "no auction '" + harmless(wanted.substr(0, 64)) + "'") +
                (ids.empty() ? "" : "; there are " + ids));
}

}  // namespace gavel::cli
