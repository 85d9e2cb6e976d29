#include "common/store/direct_writer.hpp"

#include <cerrno>

#include "common/base/check.hpp"

namespace gavel::store {
namespace {

using namespace std::chrono_literals;

/// Some file systems wait for the device in the very call that is not to wait; and any may wait for its journal now and
/// then. Who was kept that long leaves such writes alone for a while.
constexpr auto kTooLong = 5ms;
constexpr auto kRest = 1s;

}  // namespace

DirectWriter::DirectWriter(int event_fd) : event_fd_(event_fd), usable_(::io_setup(1, &context_) == 0) {}

DirectWriter::~DirectWriter() {
  if (under_way_) wait();
  if (context_ != nullptr) ::io_destroy(context_);
}

bool DirectWriter::ready() const { return usable_ && Clock::now() >= rests_until_; }

bool DirectWriter::submit(const DirectWrite& write) {
  GAVEL_CHECK(!under_way_, "store: one direct write at a time");
  part_ = {const_cast<char*>(write.bytes.data()), write.bytes.size()};
  ::io_prep_pwritev2(&request_, write.fd, &part_, 1, static_cast<long long>(write.offset), RWF_DSYNC);
  ::io_set_eventfd(&request_, event_fd_);
  iocb* requests[] = {&request_};
  const auto begun = Clock::now();
  under_way_ = ::io_submit(context_, 1, requests) == 1;
  const auto now = Clock::now();
  if (now - begun >= kTooLong) rests_until_ = now + kRest;
  usable_ = usable_ && under_way_;
  return under_way_;
}

std::optional<int> DirectWriter::take() {
  if (!under_way_) return {};
  io_event event{};
  timespec at_once{};
  if (::io_getevents(context_, 0, 1, &event, &at_once) != 1) return {};
  return outcome(event);
}

int DirectWriter::wait() {
  GAVEL_CHECK(under_way_, "store: there is a direct write to wait for");
  io_event event{};
  int got = 0;
  do got = ::io_getevents(context_, 1, 1, &event, nullptr);
  while (got == -EINTR);
  GAVEL_CHECK(got == 1, "store: the kernel tells what became of a write");
  return outcome(event);
}

/// The kernel has the result in an unsigned number: bytes written, or an errno below zero.
int DirectWriter::outcome(const io_event& event) {
  under_way_ = false;
  const auto result = static_cast<long>(event.res);
  if (result == -EOPNOTSUPP) return kNotSo;
  if (result < 0) return static_cast<int>(-result);
  return static_cast<std::size_t>(result) == part_.iov_len ? 0 : kNotSo;
}

}  // namespace gavel::store
