// The only door to the msgpack library: a writer and a document, both free of templates, so that its headers are
// compiled once. A document is parsed under the limits of limits.hpp; byte strings in it point into the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/base/rope.hpp"
#include "common/wire/limits.hpp"

namespace gavel::wire {

/// Appends msgpack values to a byte string, or to a rope, of which it then shares the pieces that it is given. Signed
/// and unsigned numbers take the shortest form.
class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}
  explicit Writer(RopeBuilder& out) : out_(out.text()), rope_(&out) {}

  void array(std::size_t elements);
  void number(std::uint64_t value);
  void signed_number(std::int64_t value);
  void boolean(bool value);
  void nil();
  void bin(BytesView value);
  /// As a bin.
  void rope(const Rope& value);

 private:
  Bytes& out_;
  RopeBuilder* rope_ = nullptr;
};

/// One value of a parsed document. Asking it for what it is not yields nullopt.
class Value {
 public:
  explicit Value(const void* object) : object_(object) {}

  std::optional<std::uint64_t> number() const;
  std::optional<std::int64_t> signed_number() const;
  std::optional<bool> boolean() const;
  std::optional<BytesView> bin() const;
  bool is_nil() const;
  /// The number of elements, if it is an array.
  std::optional<std::size_t> elements() const;
  /// `index` < *elements().
  Value operator[](std::size_t index) const;
  /// What it is, for a message about what it is not: "nil", "-5", "an array of 3", "17 bytes".
  std::string found() const;

 private:
  const void* object_;
};

/// A parsed message. It must not outlive the bytes that it was parsed from.
class Document {
 public:
  /// Fails on malformed, truncated or oversized input, on maps, text strings, extensions and floats, and on trailing
  /// bytes; the error names the byte where reading stopped. What it costs is bounded before it is paid: a header that
  /// claims more elements than bytes are left costs nothing.
  static Result<Document> parse(BytesView bytes, Limits limits = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  Value root() const;

 private:
  struct Parsed;
  explicit Document(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

/// The kind that stands first in an array of two, whatever follows it: [kind, body]. Nothing if there is none.
std::optional<std::uint64_t> claimed_kind(BytesView bytes);

}  // namespace gavel::wire
