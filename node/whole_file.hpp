// A file read as a whole. What cannot be read, a directory for one, is an error and not an exception.
#pragma once

#include <cerrno>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace gavel::node {

inline Result<Bytes> read_whole_file(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  if (in && in.peek() != std::ifstream::traits_type::eof()) out << in.rdbuf();
  if (in.is_open() && !in.bad() && !out.bad()) return std::move(out).str();
  return fail(path + ": cannot be read" + (errno != 0 ? ": " + std::generic_category().message(errno) : ""));
}

}  // namespace gavel::node
