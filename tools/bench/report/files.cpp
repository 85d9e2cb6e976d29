#include "tools/bench/report/files.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "client/cli/failure.hpp"

namespace gavel::bench {

void check_writable(const std::string& option, const std::string& file) {
  if (!std::ofstream(file, std::ios::app))
    cli::fail_with(cli::Exit::usage, option + " " + file + ": " + std::strerror(errno));
}

void write_file(const std::string& file, const std::string& content) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  if (!(out << content).flush())
    cli::fail_with(cli::Exit::internal, "cannot write " + file + ": " + std::strerror(errno));
}

std::string read_file(const std::string& option, const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) cli::fail_with(cli::Exit::not_found, option + " " + file + ": " + std::strerror(errno));
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

}  // namespace gavel::bench
