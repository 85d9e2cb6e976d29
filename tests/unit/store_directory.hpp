// A directory for one test, in memory where the machine has that, gone afterwards; and whole files as bytes.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "common/base/bytes.hpp"

namespace gavel::store {

class Directory {
 public:
  Directory() : Directory(in_memory()) {}
  explicit Directory(std::string within) {
    within += "/gavel-store-XXXXXX";
    path_ = ::mkdtemp(within.data());
  }
  static std::string in_memory() { return std::filesystem::exists("/dev/shm") ? "/dev/shm" : on_disk(); }
  static std::string on_disk() { return std::filesystem::temp_directory_path().string(); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline Bytes read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

inline void write_file(const std::string& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Every file of a directory, by name.
using Files = std::map<std::string, Bytes>;

inline Files read_files(const std::string& directory) {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    files[entry.path().filename().string()] = read_file(entry.path().string());
  }
  return files;
}

/// Makes `directory` hold exactly these files.
inline void write_files(const std::string& directory, const Files& files) {
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  for (const auto& [name, bytes] : files) write_file(directory + "/" + name, bytes);
}

}  // namespace gavel::store
