// Serves the metrics over HTTP, in a thread of its own that exists only if somebody wants them (--metrics). The thread
// never looks at the node: it asks for a text by an eventfd that the reactor watches, the reactor renders it and hands
// it over, and one text serves all who ask within a moment. So whoever scrapes, however often, slowly or malformed,
// costs the reactor one rendering now and then. Connections, their number and their time are bounded.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/base/result.hpp"

namespace gavel::node {

/// What the reactor answers with.
struct Readings {
  std::string metrics;
  std::string ailment;  ///< empty: the node is well
};

class MetricsServer {
 public:
  /// Binds to "a.b.c.d" (a free port) or "a.b.c.d:port", and starts the thread. `own` is called in that thread, for
  /// what is appended to each text. The error is for the operator.
  static Result<std::unique_ptr<MetricsServer>> open(const std::string& address, std::function<std::string()> own);
  /// Closes all connections and ends the thread.
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  /// "http://a.b.c.d:port/metrics"
  const std::string& url() const;
  /// Readable when an answer is wanted; for the reactor's poll.
  int asked_fd() const;
  /// True, once, if an answer is wanted.
  bool take_question();
  void answer(Readings readings);

 private:
  class Impl;
  explicit MetricsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gavel::node
