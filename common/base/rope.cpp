#include "common/base/rope.hpp"

#include <algorithm>
#include <utility>

namespace gavel {

Rope::Rope(SharedBytes piece) {
  if (!piece || piece->empty()) return;
  size_ = piece->size();
  pieces_.push_back(std::move(piece));
}

void Rope::append(const Rope& rope) {
  pieces_.insert(pieces_.end(), rope.pieces_.begin(), rope.pieces_.end());
  size_ += rope.size_;
}

Bytes Rope::slice(std::size_t offset, std::size_t length) const {
  Bytes out;
  out.reserve(std::min(length, size_ - offset));
  for (const auto& piece : pieces_) {
    if (out.size() == length) break;
    if (offset < piece->size()) out.append(*piece, offset, length - out.size());
    offset -= std::min(offset, piece->size());
  }
  return out;
}

SharedBytes Rope::joined() const { return pieces_.size() == 1 ? pieces_.front() : share(slice(0, size_)); }

bool operator==(const Rope& a, const Rope& b) { return a.size_ == b.size_ && *a.joined() == *b.joined(); }

void RopeBuilder::add(const Rope& rope) {
  close_text();
  rope_.append(rope);
}

Rope RopeBuilder::finish() && {
  close_text();
  return std::move(rope_);
}

void RopeBuilder::close_text() { rope_.append(Rope(std::exchange(text_, {}))); }

}  // namespace gavel
