// Group states on their way to clients that make a backup, one piece after the other. What the first piece was cut from
// is kept until the last one was fetched, so that all of them are of one slot; but not for long, and not for many. A
// state is made once a second for a group, however often its first piece is asked for.
#pragma once

#include <deque>
#include <map>

#include "node/host/replicas.hpp"

namespace gavel::host {

class Backups {
 public:
  explicit Backups(const Replicas& replicas) : replicas_(replicas) {}

  /// The piece that is asked for, or a message that says why there is none: the group does not live here, its state has
  /// not arrived, this client took too long, or too many others ask. `client` names its connection.
  wire::BackupPiece piece(Now now, BytesView client, const wire::BackupQuery& query);
  /// Forgets exports that nobody has asked about for a while.
  void run(Now now);

 private:
  struct Export {
    GroupId group;
    Slot slot;
    Digest digest;
    Rope state;
    TimePoint made;
    TimePoint asked;
  };
  static constexpr std::size_t kMost = 4;
  static constexpr Duration kKept = 10s;
  static constexpr Duration kFresh = 1s;
  static constexpr std::size_t kPieceBytes = 1U << 20U;

  /// Empty, or why there is no export.
  std::string begin(Now now, BytesView client, GroupId group);

  const Replicas& replicas_;
  std::map<Bytes, Export> exports_;
  std::deque<Export> fresh_;  ///< kMost at most, the last one made last
};

}  // namespace gavel::host
