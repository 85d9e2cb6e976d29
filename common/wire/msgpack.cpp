#include "common/wire/msgpack.hpp"

#include <algorithm>
#include <exception>
#include <msgpack.hpp>

#include "common/wire/limits.hpp"

namespace gavel::wire {
namespace {

struct Appender {
  Bytes& out;
  void write(const char* bytes, std::size_t size) { out.append(bytes, size); }
};

msgpack::packer<Appender> packer(Appender& appender) { return msgpack::packer<Appender>(appender); }

const msgpack::object& object_at(const void* object) { return *static_cast<const msgpack::object*>(object); }

// An array of n elements needs at least n bytes: the length of the input bounds what a hostile header can ask for.
msgpack::unpack_limit limits_for(BytesView bytes) {
  return {std::min(kMaxArrayElements, bytes.size()), 0, std::min(kMaxBinBytes, bytes.size()),
          std::min(kMaxBinBytes, bytes.size()), 0, kMaxDepth};
}

bool keep_in_place(msgpack::type::object_type /*type*/, std::size_t /*size*/, void* /*unused*/) { return true; }

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

struct Document::Parsed {
  msgpack::zone zone{2048};
  msgpack::object root;
};

Result<Document> Document::parse(BytesView bytes) {
  auto parsed = std::make_unique<Parsed>();
  std::size_t offset = 0;
  try {
    bool referenced = false;
    parsed->root = msgpack::unpack(parsed->zone, bytes.data(), bytes.size(), offset, referenced, keep_in_place, nullptr,
                                   limits_for(bytes));
  } catch (const std::exception& error) {  // the library's own way to say no; it goes no further than here
    return fail(std::string("not a well-formed message within limits: ") + error.what());
  }
  if (offset != bytes.size())
    return fail(std::to_string(bytes.size() - offset) + " bytes follow the message; none may");
  return Document(std::move(parsed));
}

Document::Document(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

Value Document::root() const { return Value(&parsed_->root); }

}  // namespace gavel::wire
