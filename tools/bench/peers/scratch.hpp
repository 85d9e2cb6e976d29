// Where a run keeps the data of the clusters that it starts: a fresh directory, which goes when the run ends, however
// it ends. A watchman, a process that does nothing but wait for that, removes it: not even SIGKILL leaves data behind.
#pragma once

#include <string>

namespace gavel::peers {

class Scratch {
 public:
  /// Below `parent`, which is on the disk that is to be measured. Before any thread is started. Throws cli::Failure.
  explicit Scratch(const std::string& parent);
  /// When it returns, the directory is gone.
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::string& path() const { return path_; }
  /// In memory, a sync costs nothing, and figures with it mean nothing.
  bool on_a_disk() const;

 private:
  std::string path_;
  int alive_ = -1;  ///< the end of a pipe that closes with this process
  int watchman_ = 0;
};

/// A new directory in `parent`, which goes with the object: one for each cluster.
class Folder {
 public:
  explicit Folder(const std::string& parent);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::string& path() const { return path_; }
  /// A directory in it, made if there is none.
  std::string directory(const std::string& name) const;
  /// A file in it, with this text.
  std::string file(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

/// The last lines of a file: what a server said before it gave up.
std::string end_of(const std::string& file, std::size_t lines);

}  // namespace gavel::peers
