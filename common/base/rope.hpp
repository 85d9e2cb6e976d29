// A long byte string in shared, immutable pieces. What was encoded once is pointed at by whatever holds it from then
// on, a snapshot, the disk's queue, a transfer, and is neither copied nor encoded again. How the bytes are cut into
// pieces is no part of the value.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"

namespace gavel {

class Rope {
 public:
  /// No bytes.
  Rope() = default;
  /// One piece, which may be null or empty: then no bytes.
  Rope(SharedBytes piece);                              // NOLINT: a piece is a rope
  Rope(Bytes bytes) : Rope(share(std::move(bytes))) {}  // NOLINT

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// None is null, none is empty.
  const std::vector<SharedBytes>& pieces() const { return pieces_; }

  /// Shares the other's pieces.
  void append(const Rope& rope);
  /// A copy of `length` bytes from `offset` on, or of as many as are there; `offset` <= size().
  Bytes slice(std::size_t offset, std::size_t length) const;
  /// All of it in one piece, never null: the piece, if there is one only, and else a copy.
  SharedBytes joined() const;

  friend bool operator==(const Rope& a, const Rope& b);

 private:
  std::vector<SharedBytes> pieces_;
  std::size_t size_ = 0;
};

/// Puts a rope together from bytes that are written one after the other and from pieces that are there already.
class RopeBuilder {
 public:
  /// What is appended here follows what was added so far.
  Bytes& text() { return text_; }
  /// Shares its pieces.
  void add(const Rope& rope);
  Rope finish() &&;

 private:
  void close_text();

  Rope rope_;
  Bytes text_;
};

}  // namespace gavel
