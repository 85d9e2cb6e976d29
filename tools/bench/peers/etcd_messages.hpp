// The two messages of etcd's API (etcdserverpb, version 3) that writing to it takes, in protobuf's wire format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gavel::peers::etcd {

inline constexpr const char* kPut = "/etcdserverpb.KV/Put";
inline constexpr const char* kStatus = "/etcdserverpb.Maintenance/Status";

/// PutRequest {bytes key = 1; bytes value = 2}
std::string put_request(std::string_view key, std::string_view value);

/// Of StatusResponse {ResponseHeader header = 1 {uint64 member_id = 2}; uint64 leader = 4}; StatusRequest is empty.
struct Status {
  std::uint64_t member = 0;  ///< the one that answers
  std::uint64_t leader = 0;  ///< 0: it knows none
};
/// Empty, if these bytes are no such message.
std::optional<Status> read_status(std::string_view bytes);

}  // namespace gavel::peers::etcd
