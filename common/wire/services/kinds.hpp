// Which services there are. Their numbers stand on disks and in snapshots, so one is never reused. What runs under each
// number is registered in node/host/service_machine.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gavel {

enum class ServiceKind : std::uint16_t { directory = 1, auction = 2, lobby = 3, likes = 4 };
constexpr bool is_known(ServiceKind kind) { return kind >= ServiceKind::directory && kind <= ServiceKind::likes; }

/// Services of which a house has one each, for as long as it stands. Its group is opened when somebody first wants it.
struct StandingService {
  std::string_view name;
  ServiceKind kind;
};
inline constexpr std::array<StandingService, 2> kStandingServices{
    {{"lobby", ServiceKind::lobby}, {"likes", ServiceKind::likes}}};

/// Nothing if there is no standing service of that name.
constexpr std::optional<ServiceKind> standing_service(std::string_view name) {
  for (const auto& one : kStandingServices)
    if (one.name == name) return one.kind;
  return {};
}

}  // namespace gavel
