#include "tools/sniffer/view/descriptor_buffer.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "client/cli/connection.hpp"

namespace gavel::sniffer {

DescriptorBuffer::DescriptorBuffer(int fd) : fd_(fd) { setp(buffer_.data(), buffer_.data() + buffer_.size()); }

bool DescriptorBuffer::write_out() {
  const char* from = pbase();
  while (error_ == 0 && from < pptr()) {
    const auto wrote = ::write(fd_, from, static_cast<std::size_t>(pptr() - from));
    if (wrote > 0) {
      from += wrote;
    } else if (errno == EAGAIN) {
      pollfd room{fd_, POLLOUT, 0};
      if (::poll(&room, 1, -1) < 0 && cli::interrupted()) error_ = EINTR;
    } else if (errno != EINTR || cli::interrupted()) {
      error_ = errno;  // interrupted while nobody reads: who interrupts wants an end more than the rest
    }
  }
  setp(buffer_.data(), buffer_.data() + buffer_.size());
  return error_ == 0;
}

DescriptorBuffer::int_type DescriptorBuffer::overflow(int_type c) {
  if (!write_out()) return traits_type::eof();
  if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
  return traits_type::not_eof(c);
}

int DescriptorBuffer::sync() { return write_out() ? 0 : -1; }

}  // namespace gavel::sniffer
