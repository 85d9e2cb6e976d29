#include "common/store/direct_writer.hpp"

#include <algorithm>
#include <cerrno>

#include "common/base/check.hpp"

namespace gavel::store {
namespace {

using namespace std::chrono_literals;

/// Some file systems wait for the device in the very call that is not to wait, or take no such writes after all; and
/// any may wait for its journal now and then, or stand still while it is copied. Each time costs twice the rest of the
/// last time, until many went well.
constexpr auto kFirstRest = 1s;
constexpr auto kLongestRest = 60s;
constexpr int kMany = 1000;

}  // namespace

DirectWriter::DirectWriter(int event_fd, std::chrono::microseconds patience)
    : event_fd_(event_fd), patience_(patience), usable_(::io_setup(1, &context_) == 0), next_rest_(kFirstRest) {}

DirectWriter::~DirectWriter() {
  if (under_way_) wait();
  if (usable_) ::io_destroy(context_);
}

bool DirectWriter::ready() const { return usable_ && Clock::now() >= rests_until_; }

bool DirectWriter::submit(const DirectWrite& write) {
  GAVEL_CHECK(!under_way_, "store: one direct write at a time");
  part_ = {const_cast<char*>(write.bytes.data()), write.bytes.size()};
  ::io_prep_pwritev2(&request_, write.fd, &part_, 1, static_cast<long long>(write.offset), RWF_DSYNC);
  ::io_set_eventfd(&request_, event_fd_);
  iocb* requests[] = {&request_};
  under_way_ = ::io_submit(context_, 1, requests) == 1;
  if (!under_way_) rest();
  return under_way_;
}

std::optional<bool> DirectWriter::take() {
  if (!under_way_) return {};
  io_event event{};
  timespec at_once{};
  if (::io_getevents(context_, 0, 1, &event, &at_once) != 1) return {};
  return outcome(event);
}

bool DirectWriter::wait() {
  GAVEL_CHECK(under_way_, "store: there is a direct write to wait for");
  io_event event{};
  int got = 0;
  do got = ::io_getevents(context_, 1, 1, &event, nullptr);
  while (got == -EINTR);
  GAVEL_CHECK(got == 1, "store: the kernel tells what became of a write");
  return outcome(event);
}

/// The kernel has the result in an unsigned number: bytes written, or an errno below zero.
bool DirectWriter::outcome(const io_event& event) {
  under_way_ = false;
  const bool whole = event.res == part_.iov_len;
  if (!whole) rest();
  return whole;
}

void DirectWriter::kept(std::chrono::steady_clock::duration time) {
  if (time >= patience_) return rest();
  if (++quick_ >= kMany) next_rest_ = kFirstRest;
}

void DirectWriter::rest() {
  rests_until_ = Clock::now() + next_rest_;
  next_rest_ = std::min<Clock::duration>(2 * next_rest_, kLongestRest);
  quick_ = 0;
}

}  // namespace gavel::store
