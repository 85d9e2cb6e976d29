#include "common/wire/archive.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/digest.hpp"
#include "common/base/print.hpp"
#include "common/wire/codec.hpp"

namespace gavel::wire {
namespace {

constexpr BytesView kMagic = "GAVLARC1";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kDigestBytes = 8;

struct Head {
  std::uint32_t version = kVersion;
  std::string cluster;
  WallTime made;
  std::uint64_t groups = 0;
  GAVEL_FIELDS(version, cluster, made, groups);
};

struct GroupHead {
  GroupId group;
  Slot slot;
  Digest digest;
  GAVEL_FIELDS(group, slot, digest);
};

void append_number(Bytes& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xffU);
}

std::uint64_t number_in(BytesView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  return value;
}

void append_record(Bytes& out, BytesView record) {
  GAVEL_CHECK(record.size() <= std::numeric_limits<std::uint32_t>::max(), "an archive's record fits its length");
  append_number(out, record.size(), kLengthBytes);
  out += record;
}

tl::unexpected<Error> damaged(const std::string& how) { return fail("is damaged: " + how); }

/// Takes the records off the front.
class Reader {
 public:
  explicit Reader(BytesView rest) : rest_(rest) {}

  Result<BytesView> next() {
    if (rest_.size() < kLengthBytes) return damaged("it ends where a record should be");
    const auto length = static_cast<std::size_t>(number_in(rest_.substr(0, kLengthBytes)));
    if (rest_.size() - kLengthBytes < length) return damaged("it ends within a record");
    const BytesView record = rest_.substr(kLengthBytes, length);
    rest_.remove_prefix(kLengthBytes + length);
    return record;
  }
  template <Fielded T>
  Result<T> next_as() {
    const auto record = next();
    if (!record) return tl::unexpected<Error>(record.error());
    auto decoded = decode<T>(*record);
    if (!decoded) return damaged(decoded.error().message);
    return *std::move(decoded);
  }
  bool done() const { return rest_.empty(); }

 private:
  BytesView rest_;
};

Result<ArchivedGroup> next_group(Reader& reader) {
  const auto head = reader.next_as<GroupHead>();
  if (!head) return tl::unexpected<Error>(head.error());
  const auto state = reader.next();
  if (!state) return tl::unexpected<Error>(state.error());
  if (digest_of(*state) != head->digest) return damaged("the state of group " + print(head->group) + " has changed");
  return ArchivedGroup{head->group, head->slot, share(Bytes(*state))};
}

}  // namespace

const ArchivedGroup* Archive::find(GroupId group) const {
  const auto at = std::find_if(groups.begin(), groups.end(), [&](const auto& each) { return each.group == group; });
  return at == groups.end() ? nullptr : &*at;
}

Bytes pack(const Archive& archive) {
  Bytes out(kMagic);
  append_record(out, encode(Head{kVersion, archive.cluster, archive.made, archive.groups.size()}));
  for (const auto& group : archive.groups) {
    append_record(out, encode(GroupHead{group.group, group.slot, digest_of(*group.state)}));
    append_record(out, *group.state);
  }
  append_number(out, digest_of(out).value, kDigestBytes);
  return out;
}

Result<Archive> unpack_archive(BytesView file) {
  if (!file.starts_with(kMagic)) return fail("is no backup or archive of a Gavel cluster");
  if (file.size() < kMagic.size() + kDigestBytes) return damaged("it was cut short");
  const BytesView body = file.substr(0, file.size() - kDigestBytes);
  const bool whole = digest_of(body).value == number_in(file.substr(body.size()));
  Reader reader(body.substr(kMagic.size()));
  const auto head = reader.next_as<Head>();
  if (!head) return tl::unexpected<Error>(head.error());
  if (head->version != kVersion && whole)
    return fail("is of version " + std::to_string(head->version) + ", this program reads version " +
                std::to_string(kVersion));
  Archive archive{head->cluster, head->made, {}};
  for (std::uint64_t i = 0; i < head->groups; ++i) {
    auto group = next_group(reader);
    if (!group) return tl::unexpected<Error>(group.error());
    if (i > 0 && !(archive.groups.back().group < group->group)) return damaged("its groups are out of order");
    archive.groups.push_back(*std::move(group));
  }
  if (!whole || !reader.done()) return damaged("it was cut short, or changed");
  return archive;
}

Result<SnapshotRecord> snapshot_in(const ArchivedGroup& group) {
  auto snapshot = decode<SnapshotRecord>(*group.state);
  if (!snapshot) return damaged("the state of group " + print(group.group) + ": " + snapshot.error().message);
  if (snapshot->slot != group.slot) return damaged("the state of group " + print(group.group) + " is of another slot");
  return *std::move(snapshot);
}

}  // namespace gavel::wire
