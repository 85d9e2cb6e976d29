#include "common/bus/gateway_link.hpp"

namespace gavel::bus {
namespace {

constexpr int kQueue = 1000;
constexpr std::int64_t kMaxMessageBytes = 4 * 1024 * 1024;
/// Longer than any connection is kept after its loss. Not "never" (-1): ZeroMQ would then throw away what had arrived
/// before the loss and was not yet read.
constexpr int kReconnectMs = 24 * 3600 * 1000;

}  // namespace

GatewayLink::GatewayLink(zmq::context_t& context, const std::string& endpoint)
    : dealer(make_socket(context, zmq::socket_type::dealer, {kQueue, kMaxMessageBytes, 0ms})), watch(context, dealer) {
  dealer.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
  dealer.connect(endpoint);
}

}  // namespace gavel::bus
