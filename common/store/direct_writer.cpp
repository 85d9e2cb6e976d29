#include "common/store/direct_writer.hpp"

#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

#include "common/base/check.hpp"

namespace gavel::store {
namespace {

using namespace std::chrono_literals;

/// A kernel or a file system may take no such writes after all, and what else there is to do around one (the mark) may
/// be kept by a file system that stands still while it is copied. Each time costs twice the rest of the last time,
/// until many went well.
constexpr auto kFirstRest = 1s;
constexpr auto kLongestRest = 60s;
constexpr int kMany = 1000;

}  // namespace

DirectWriter::DirectWriter(int event_fd, std::chrono::microseconds patience)
    : event_fd_(event_fd), patience_(patience), possible_(open()), next_rest_(kFirstRest) {}

DirectWriter::~DirectWriter() {
  if (under_way_) wait();
  if (open_) ::io_uring_queue_exit(&ring_);
}

bool DirectWriter::open() {
  constexpr unsigned kEntries = 2;
  if (::io_uring_queue_init(kEntries, &ring_, 0) != 0) return false;
  open_ = ::io_uring_register_eventfd(&ring_, event_fd_) == 0;
  if (!open_) ::io_uring_queue_exit(&ring_);
  return open_;
}

bool DirectWriter::ready() { return possible_ && Clock::now() >= rests_until_ && (open_ || open()); }

bool DirectWriter::submit(const DirectWrite& write) {
  GAVEL_CHECK(open_ && !under_way_, "store: one direct write at a time, where there are any");
  size_ = write.bytes.size();
  auto* request = ::io_uring_get_sqe(&ring_);
  GAVEL_CHECK(request, "store: there is room for one request");
  ::io_uring_prep_write(request, write.fd, write.bytes.data(), static_cast<unsigned>(size_), write.offset);
  request->rw_flags = RWF_DSYNC;
  int taken = 0;
  do taken = ::io_uring_submit(&ring_);
  while (taken == -EINTR);
  under_way_ = taken == 1;
  if (!under_way_) {  // and is not to be taken later
    ::io_uring_queue_exit(&ring_);
    open_ = false;
    rest();
  }
  return under_way_;
}

std::optional<bool> DirectWriter::take() {
  io_uring_cqe* completed = nullptr;
  if (!under_way_ || ::io_uring_peek_cqe(&ring_, &completed) != 0) return {};
  return outcome(completed);
}

bool DirectWriter::wait() {
  GAVEL_CHECK(under_way_, "store: there is a direct write to wait for");
  io_uring_cqe* completed = nullptr;
  int error = 0;
  do error = ::io_uring_wait_cqe(&ring_, &completed);
  while (error == -EINTR);
  GAVEL_CHECK(error == 0, "store: the kernel tells what became of a write");
  return outcome(completed);
}

/// The result is the bytes written, or an errno below zero.
bool DirectWriter::outcome(io_uring_cqe* completed) {
  const bool whole = completed->res >= 0 && static_cast<std::size_t>(completed->res) == size_;
  ::io_uring_cqe_seen(&ring_, completed);
  under_way_ = false;
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
