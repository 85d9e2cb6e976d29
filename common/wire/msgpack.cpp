#include "common/wire/msgpack.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <msgpack.hpp>
#include <utility>

#include "common/wire/cursor.hpp"
#include "common/wire/limits.hpp"

namespace gavel::wire {
namespace {

struct Appender {
  Bytes& out;
  void write(const char* bytes, std::size_t size) { out.append(bytes, size); }
};

msgpack::packer<Appender> packer(Appender& appender) { return msgpack::packer<Appender>(appender); }

const msgpack::object& object_at(const void* object) { return *static_cast<const msgpack::object*>(object); }

/// Builds the document while the library reads it: one object a value, in a zone. It refuses what we do not use, and
/// counts before it takes memory: all arrays together cannot have more elements than the input has bytes.
class Builder : public msgpack::null_visitor {
 public:
  Builder(msgpack::zone& zone, msgpack::object& root, std::size_t bytes, Limits limits)
      : zone_(zone), at_(&root), most_(std::min(bytes, limits.values)), bytes_(bytes), limits_(limits) {}

  bool visit_nil() { return leaf(msgpack::object()); }
  bool visit_boolean(bool value) { return leaf(msgpack::object(value)); }
  bool visit_positive_integer(std::uint64_t value) { return leaf(msgpack::object(value)); }
  bool visit_negative_integer(std::int64_t value) { return leaf(msgpack::object(value)); }
  bool visit_bin(const char* bytes, std::uint32_t size) {
    at_->type = msgpack::type::BIN;
    at_->via.bin.ptr = bytes;
    at_->via.bin.size = size;
    return true;
  }
  bool visit_float32(float /*value*/) { return refuse("a floating-point number; they are not used"); }
  bool visit_float64(double /*value*/) { return refuse("a floating-point number; they are not used"); }
  bool visit_str(const char* /*text*/, std::uint32_t /*size*/) {
    return refuse("a text string (str); text is sent as a byte string (bin)");
  }
  bool visit_ext(const char* /*bytes*/, std::uint32_t /*size*/) { return refuse("an extension; they are not used"); }
  bool start_map(std::uint32_t /*pairs*/) { return refuse("a map; only arrays are used"); }

  bool start_array(std::uint32_t elements) {
    if (depth_ == kMaxDepth) return refuse("arrays nested deeper than " + std::to_string(kMaxDepth));
    if (elements > limits_.elements)
      return refuse("an array of " + std::to_string(elements) + ", at most " + std::to_string(limits_.elements) +
                    " are allowed");
    if (elements > most_ - values_)
      return refuse(values_ + elements > bytes_
                        ? "an array of " + std::to_string(elements) + ", for which too few bytes follow"
                        : "more than " + std::to_string(most_) + " values");
    values_ += elements;
    at_->type = msgpack::type::ARRAY;
    at_->via.array.size = elements;
    at_->via.array.ptr = elements == 0 ? nullptr
                                       : static_cast<msgpack::object*>(zone_.allocate_align(
                                             elements * sizeof(msgpack::object), alignof(msgpack::object)));
    open_[depth_++] = at_;
    at_ = at_->via.array.ptr;
    return true;
  }
  bool end_array_item() { return ++at_, true; }
  bool end_array() {
    at_ = open_[--depth_];
    return true;
  }

  void parse_error(std::size_t /*parsed*/, std::size_t /*at*/) { refuse("a byte that begins no value"); }
  void insufficient_bytes(std::size_t /*parsed*/, std::size_t /*at*/) { refuse("the end, too early"); }

  /// Empty while all is well.
  const std::string& refusal() const { return refusal_; }

 private:
  bool leaf(const msgpack::object& value) {
    *at_ = value;
    return true;
  }
  bool refuse(std::string what) {
    refusal_ = std::move(what);
    return false;
  }

  msgpack::zone& zone_;
  msgpack::object* at_;  ///< the object that the next value becomes
  std::array<msgpack::object*, kMaxDepth> open_{};
  std::size_t depth_ = 0;
  std::size_t values_ = 1;
  std::size_t most_;
  std::size_t bytes_;
  Limits limits_;
  std::string refusal_;
};

}  // namespace

void Writer::array(std::size_t elements) {
  Appender appender{out_};
  packer(appender).pack_array(static_cast<std::uint32_t>(elements));
}
void Writer::number(std::uint64_t value) {
  Appender appender{out_};
  packer(appender).pack(value);
}
void Writer::signed_number(std::int64_t value) {
  Appender appender{out_};
  packer(appender).pack(value);
}
void Writer::boolean(bool value) {
  Appender appender{out_};
  packer(appender).pack(value);
}
void Writer::nil() {
  Appender appender{out_};
  packer(appender).pack_nil();
}
void Writer::bin(BytesView value) {
  Appender appender{out_};
  packer(appender).pack_bin(static_cast<std::uint32_t>(value.size()));
  packer(appender).pack_bin_body(value.data(), static_cast<std::uint32_t>(value.size()));
}
void Writer::rope(const Rope& value) {
  Appender appender{out_};
  packer(appender).pack_bin(static_cast<std::uint32_t>(value.size()));
  if (rope_ != nullptr) return rope_->add(value);
  for (const auto& piece : value.pieces()) out_ += *piece;
}

std::optional<std::uint64_t> Value::number() const {
  const auto& object = object_at(object_);
  if (object.type != msgpack::type::POSITIVE_INTEGER) return std::nullopt;
  return object.via.u64;
}

std::optional<std::int64_t> Value::signed_number() const {
  const auto& object = object_at(object_);
  if (object.type == msgpack::type::NEGATIVE_INTEGER) return object.via.i64;
  if (object.type == msgpack::type::POSITIVE_INTEGER && object.via.u64 <= INT64_MAX) return object.via.i64;
  return std::nullopt;
}

std::optional<bool> Value::boolean() const {
  const auto& object = object_at(object_);
  if (object.type != msgpack::type::BOOLEAN) return std::nullopt;
  return object.via.boolean;
}

std::optional<BytesView> Value::bin() const {
  const auto& object = object_at(object_);
  if (object.type != msgpack::type::BIN) return std::nullopt;
  return BytesView(object.via.bin.ptr, object.via.bin.size);
}

bool Value::is_nil() const { return object_at(object_).type == msgpack::type::NIL; }

std::optional<std::size_t> Value::elements() const {
  const auto& object = object_at(object_);
  if (object.type != msgpack::type::ARRAY) return std::nullopt;
  return object.via.array.size;
}

Value Value::operator[](std::size_t index) const { return Value(&object_at(object_).via.array.ptr[index]); }

std::string Value::found() const {
  const auto& object = object_at(object_);
  switch (object.type) {
    case msgpack::type::NIL:
      return "nil";
    case msgpack::type::BOOLEAN:
      return object.via.boolean ? "true" : "false";
    case msgpack::type::POSITIVE_INTEGER:
      return std::to_string(object.via.u64);
    case msgpack::type::NEGATIVE_INTEGER:
      return std::to_string(object.via.i64);
    case msgpack::type::BIN:
      return std::to_string(object.via.bin.size) + " bytes";
    default:
      return "an array of " + std::to_string(object.via.array.size);
  }
}

struct Document::Parsed {
  msgpack::zone zone{1024};
  msgpack::object root;
};

Result<Document> Document::parse(BytesView bytes, Limits limits) {
  if (bytes.empty()) return fail("no bytes where a message was expected");
  auto parsed = std::make_unique<Parsed>();
  Builder builder(parsed->zone, parsed->root, bytes.size(), limits);
  std::size_t offset = 0;
  bool whole = false;
  try {
    whole = msgpack::parse(bytes.data(), bytes.size(), offset, builder);
  } catch (const std::exception& error) {  // the library's own way to say no; it goes no further than here
    return fail(std::string("not well-formed: ") + error.what());
  }
  if (!whole || !builder.refusal().empty()) return fail("at byte " + std::to_string(offset) + ": " + builder.refusal());
  if (offset != bytes.size())
    return fail(std::to_string(bytes.size() - offset) + " bytes follow the message; none may");
  return Document(std::move(parsed));
}

Document::Document(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Value Document::root() const { return Value(&parsed_->root); }

std::optional<std::uint64_t> claimed_kind(BytesView bytes) {
  constexpr BytesView kArraysOfTwo[] = {{"\x92", 1}, {"\xdc\0\x02", 3}, {"\xdd\0\0\0\x02", 5}};
  const auto* const header = std::find_if(std::begin(kArraysOfTwo), std::end(kArraysOfTwo),
                                          [bytes](BytesView form) { return bytes.starts_with(form); });
  if (header == std::end(kArraysOfTwo)) return {};
  Cursor cursor(bytes.substr(header->size()));
  std::uint64_t kind = 0;
  if (cursor.number(kind)) return kind;
  std::int64_t positive = 0;  // as nobody writes it, and the document takes it
  if (!cursor.signed_number(positive) || positive < 0) return {};
  return static_cast<std::uint64_t>(positive);
}

}  // namespace gavel::wire
