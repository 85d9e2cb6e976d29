// A system that Gavel is compared with: three nodes of it on this machine, and a client that writes to them.
//
// A peer starts and ends its nodes, and writes asynchronously; what is written when, and what is measured of it, is the
// load's business (load.hpp). All calls but put() are the main thread's. What goes wrong is a cli::Failure.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gavel::peers {

/// Bytes in each value written: of all peers, and of Gavel.
inline constexpr std::size_t kValueSize = 128;
inline constexpr std::size_t kNodes = 3;

/// Where nodes run.
struct Place {
  std::string directory;  ///< their data go below it
  bool spread = false;  ///< each node keeps to its share of the processors; otherwise it runs where the system puts it
};

/// Told of every write, once, from threads of the peer's client.
class Completions {
 public:
  virtual ~Completions() = default;
  virtual void on_done(std::uint64_t token, bool ok) = 0;
};

class Peer {
 public:
  virtual ~Peer() = default;

  /// Opens what connections such a load needs, and returns when writes can go. Again after disconnect().
  virtual void connect(std::size_t in_flight, Completions& completions) = 0;
  /// Begins one write, which Completions hears of under this token. From any thread, that of a completion too.
  /// False: it did not begin, and nobody will hear of it.
  virtual bool put(std::uint64_t token) = 0;
  /// Closes the connections, if there are any; nobody hears of anything after that. If writes are still under way after
  /// some seconds, it ends the nodes: such a peer is of no more use.
  virtual void disconnect() = 0;

  /// The processes of its nodes, all of them. Throws if one has ended: what is measured then is another cluster.
  virtual std::vector<pid_t> nodes() = 0;
};

}  // namespace gavel::peers
