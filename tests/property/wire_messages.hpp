// All messages behind one face, so that a test that is about all of them is compiled once and not for each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/wire/envelope.hpp"
#include "common/wire/services/catalogue.hpp"
#include "tests/property/wire_arbitrary.hpp"
#include "tests/property/wire_grammar.hpp"

namespace gavel::wire {

/// As it travels, and as it is printed.
struct Specimen {
  Bytes bytes;
  std::string text;
};

struct Message {
  std::string_view family;
  std::string_view name;
  Form form;
  std::uint64_t kind;  ///< 0: has none
  std::string layout;  ///< as in WIRE.md
  Specimen (*make)(Source&);
  /// What a receiver makes of the bytes, and what it would send in turn.
  Result<Specimen> (*read)(BytesView);
  /// The same by the document alone, without an attempt the quick way.
  Result<Specimen> (*read_by_document)(BytesView);
  /// Whether a receiver takes the bytes for this message.
  bool (*accepts)(BytesView);
};

/// Every message that there is.
const std::vector<Message>& all_messages();

/// What the words in their layouts stand for.
const Types& all_types();

/// Of all frames here.
extern const Envelope kEnvelope;

}  // namespace gavel::wire
