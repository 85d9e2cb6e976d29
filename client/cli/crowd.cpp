#include "client/cli/crowd.hpp"

#include <unistd.h>

#include <atomic>
#include <iostream>
#include <thread>
#include <vector>

#include "common/base/print.hpp"

namespace gavel::cli {

Settings settings_in_crowd(Settings settings, const std::string& what, std::size_t index) {
  settings.as = what + "-" + std::to_string(index + 1);
  settings.stays = true;
  return settings;
}

Exit run_crowd(std::size_t count, const std::string& what, const std::function<void(std::size_t)>& one) {
  std::atomic<Exit> code = Exit::ok;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      try {
        one(i);
      } catch (const Failure& failure) {
        if (failure.code == Exit::interrupted) return;
        code = failure.code;
        std::cerr << "gavel: " + what + "-" + std::to_string(i + 1) + ": " + failure.message + "\n";
      }
    });
  for (std::thread& thread : threads) thread.join();
  return code;
}

void print_line(const std::string& line) {
  const std::string whole = line + "\n";
  if (::write(STDOUT_FILENO, whole.data(), whole.size()) < 0) fail_with(Exit::internal, "stdout is closed");
}

void print_line(const Row& row) { print_line(row.dump(-1, ' ', false, Row::error_handler_t::replace)); }

double millis(TimePoint at) { return static_cast<double>(at.time_since_epoch().count()) / 1000.0; }

Row audit_row(const client::Outcome& outcome, TimePoint sent, TimePoint answered) {
  return {{"session", outcome.session.value},
          {"number", outcome.number.value},
          {"sent_ms", millis(sent)},
          {"acked_ms", millis(answered)},
          {"sends", outcome.sends},
          {"gateway", outcome.gateway_name},
          {"gateway_uid", gavel::print(outcome.gateway)}};
}

}  // namespace gavel::cli
