#include "common/wire/envelope.hpp"

#include <algorithm>

namespace gavel::wire {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

tl::unexpected<Refusal> refuse(RefusalKind kind, std::string message) {
  return tl::unexpected<Refusal>(Refusal{kind, std::move(message)});
}

}  // namespace

tl::expected<Opened, Refusal> open(BytesView frame, const std::string& cluster) {
  auto document = Document::parse(frame);
  if (!document) return refuse(RefusalKind::malformed, document.error().message);
  const auto root = document->root();
  const auto elements = root.elements();
  if (!elements || *elements < 2) return refuse(RefusalKind::malformed, "[version, cluster, …] expected");

  const auto version = root[0].number();
  if (!version) return refuse(RefusalKind::malformed, "the protocol version must be a number");
  if (*version != kProtocolVersion)
    return refuse(RefusalKind::version, "protocol version " + std::to_string(*version) + " is spoken there, " +
                                            std::to_string(kProtocolVersion) + " here");
  const auto name = root[1].bin();
  if (!name || name->size() > kMaxClusterName || !std::all_of(name->begin(), name->end(), is_name_character))
    return refuse(RefusalKind::malformed, "the cluster's name is not one");
  if (*name != cluster)
    return refuse(RefusalKind::cluster, "the sender belongs to cluster '" + std::string(*name) + "', this is '" + cluster + "'");
  if (*elements != 7) return refuse(RefusalKind::malformed, "7 elements expected, " + std::to_string(*elements) + " found");

  Opened opened(std::move(*document));
  Fault fault;
  opened.envelope.cluster = cluster;
  if (!get(root[2], opened.envelope.group, fault) || !get(root[3], opened.envelope.from, fault) ||
      !get(root[4], opened.envelope.incarnation, fault) || !get(root[5], opened.kind, fault))
    return refuse(RefusalKind::malformed, "envelope: " + fault.what());
  return opened;
}

Result<std::string> checked_cluster_name(std::string name) {
  if (name.empty() || name.size() > kMaxClusterName || !std::all_of(name.begin(), name.end(), is_name_character))
    return fail("'" + name + "' cannot be a cluster's name: 1 to 64 letters, digits, '.', '_' or '-' are needed");
  return name;
}

}  // namespace gavel::wire
