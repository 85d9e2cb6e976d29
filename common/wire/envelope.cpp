#include "common/wire/envelope.hpp"

#include <algorithm>
#include <string_view>

#include "common/wire/limits.hpp"

namespace gavel::wire {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

constexpr std::string_view kNameRule = "1 to 64 letters, digits, '.', '_' or '-'";

bool is_cluster_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxClusterName && std::all_of(name.begin(), name.end(), is_name_character);
}

tl::unexpected<Refusal> refuse(RefusalKind kind, std::string message) {
  return tl::unexpected<Refusal>(Refusal{kind, std::move(message)});
}

}  // namespace

/// A frame that is well-formed to its end, of this version and cluster.
std::optional<Opened> Opened::quickly(BytesView frame, const std::string& cluster) {
  Opened opened(frame);
  Cursor cursor(frame);
  std::size_t elements = 0;
  std::uint64_t version = 0;
  BytesView name;
  if (!cursor.array(elements) || elements != 7 || !cursor.number(version) || version != kProtocolVersion) return {};
  if (!cursor.bin(name) || name != cluster || !is_cluster_name(name)) return {};
  auto& envelope = opened.envelope;
  if (!take(cursor, envelope.group) || !take(cursor, envelope.from) || !take(cursor, envelope.incarnation) ||
      !cursor.number(opened.kind))
    return {};
  opened.body_ = cursor;
  if (!cursor.skip() || !cursor.done()) return {};
  envelope.cluster = cluster;
  return opened;
}

tl::expected<Opened, Refusal> open(BytesView frame, const std::string& cluster) {
  if (frame.size() > kMaxFrameBytes)
    return refuse(RefusalKind::malformed, "a frame of " + std::to_string(frame.size()) + " bytes, at most " +
                                              std::to_string(kMaxFrameBytes) + " are allowed");
  if (auto opened = Opened::quickly(frame, cluster)) return *std::move(opened);

  const auto document = Document::parse(frame);
  if (!document) return refuse(RefusalKind::malformed, document.error().message);
  const auto root = document->root();
  const auto elements = root.elements();
  if (!elements || *elements < 2)
    return refuse(RefusalKind::malformed, "[version, cluster, …] expected, " + root.found() + " found");

  const auto version = root[0].number();
  if (!version)
    return refuse(RefusalKind::malformed, "version: a number of 0 or more expected, " + root[0].found() + " found");
  if (*version != kProtocolVersion)
    return refuse(RefusalKind::version, "protocol version " + std::to_string(*version) + " is spoken there, " +
                                            std::to_string(kProtocolVersion) + " here");
  const auto name = root[1].bin();
  if (!name || !is_cluster_name(*name))
    return refuse(RefusalKind::malformed,
                  "cluster: " + std::string(kNameRule) + " expected, " + root[1].found() + " found");
  if (*name != cluster)
    return refuse(RefusalKind::cluster,
                  "the sender belongs to cluster '" + std::string(*name) + "', this is '" + cluster + "'");
  if (*elements != 7)
    return refuse(RefusalKind::malformed, "7 elements expected, " + std::to_string(*elements) + " found");

  Opened opened(frame);
  Fault fault;
  opened.envelope.cluster = cluster;
  const auto field = [&](std::size_t index, auto& out, std::string_view name_of_field) {
    return get(root[index], out, fault) || fault.within(name_of_field);
  };
  if (!field(2, opened.envelope.group, "group") || !field(3, opened.envelope.from, "from") ||
      !field(4, opened.envelope.incarnation, "incarnation") || !field(5, opened.kind, "kind"))
    return refuse(RefusalKind::malformed, fault.what());
  return opened;
}

Result<std::string> checked_cluster_name(std::string name) {
  if (!is_cluster_name(name))
    return fail("'" + name + "' cannot be a cluster's name: " + std::string(kNameRule) + " are needed");
  return name;
}

}  // namespace gavel::wire
