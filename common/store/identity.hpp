// Who this node is: the lock on its data directory, and the file node.id in it, which holds its uid for life, the
// cluster that it belongs to, and how often it has started. Opening it is a start: the incarnation grows, durably,
// before anyone hears of it, so no publisher's stream is ever used twice (PROTOCOL.md §1, invariants 5 and 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/ids.hpp"
#include "common/base/result.hpp"

namespace gavel::store {

class NodeIdentity {
 public:
  /// What to do with a node.id that is damaged, or missing beside a log.
  enum class IfDamaged : std::uint8_t {
    stop,    ///< it is an error
    replace  ///< it is set aside, and this is another node from now on: was_replaced()
  };

  /// Makes `directory` if it is not there, locks it for the life of this object, and counts a start. `priority` goes
  /// into the uid of a new node; of an old one it must be the same, if it is given. Errors, for the operator: the
  /// directory is in use (by which process), belongs to another cluster or priority, is damaged, or cannot be written.
  static Result<NodeIdentity> open(const std::string& directory, const std::string& cluster,
                                   std::optional<std::uint16_t> priority = std::nullopt,
                                   IfDamaged if_damaged = IfDamaged::stop);

  NodeIdentity(NodeIdentity&& other) noexcept;
  NodeIdentity& operator=(NodeIdentity&& other) noexcept;
  ~NodeIdentity();

  Uid uid() const { return uid_; }
  /// The count of starts in the high 24 bits, then 16 random bits; the low 24 are 0, for the node to count in.
  Incarnation incarnation() const { return incarnation_; }
  const std::string& cluster() const { return cluster_; }
  /// 1 at the first start under this uid.
  std::uint64_t starts() const { return starts_; }
  /// Where the log belongs.
  std::string log_directory() const { return directory_ + "/log"; }

  /// What became of a node.id that was damaged, for the operator; empty: it was not. Whatever else the directory holds
  /// was another node's.
  const std::string& was_replaced() const { return replaced_; }

  /// After damage: from now on, durably, this is another node, of the same cluster and priority.
  Result<void> renew();

 private:
  NodeIdentity() = default;

  Result<void> lock();
  Result<void> load();
  Result<void> replace_damaged(const std::string& cluster, std::optional<std::uint16_t> priority);
  Result<void> draw_uid(std::uint16_t priority);
  Result<void> save();

  std::string directory_;
  std::string cluster_;
  std::string replaced_;
  bool damaged_ = false;
  Uid uid_;
  Incarnation incarnation_;
  std::uint64_t starts_ = 0;
  int lock_fd_ = -1;
};

}  // namespace gavel::store
