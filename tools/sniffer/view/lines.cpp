#include "tools/sniffer/view/lines.hpp"

#include <algorithm>
#include <array>

#include "client/cli/output.hpp"
#include "client/cli/rows.hpp"
#include "common/base/print.hpp"
#include "tools/sniffer/message/body_json.hpp"
#include "tools/sniffer/message/words.hpp"

namespace gavel::sniffer {
namespace {

constexpr char kDigits[] = "0123456789abcdef";
constexpr std::size_t kWidestColumn = 32;

std::string two_digits(std::int64_t number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

/// One per lane, as SGR parameters.
constexpr std::array<std::string_view, kLanes> kColours{"32", "33", "36", "2", "35", "34", "2", "2"};

class TextLines final : public View {
 public:
  TextLines(std::ostream& out, const Names& names, LineOptions options) : out_(out), names_(names), options_(options) {}

  void show(const Seen& seen) override {
    line_.clear();
    const bool bad = !seen.fault.empty();
    if (options_.colour)
      line_ += "\x1b[" + std::string(bad ? "31" : kColours[static_cast<std::size_t>(seen.lane)]) + "m";
    line_ += shown_time(seen.at) + "  ";
    column(0, ends(seen));
    column(1, std::string(name_of(seen.lane)));
    column(2, seen.type);
    column(3, names_.group(seen.group));
    column(4, seen.term ? shown_term(*seen.term, names_) : "-");
    column(5, shown_slots(seen.slots));
    column(6, shown_batch(seen.batch, names_));
    number_column(7, std::to_string(seen.size));
    line_ += words_for(seen, names_);
    while (!line_.empty() && line_.back() == ' ') line_.pop_back();
    if (options_.raw) line_ += "  " + (seen.frame.empty() ? std::string("-") : hex_digits(seen.frame));
    if (options_.colour) line_ += "\x1b[0m";
    out_ << line_ << '\n';
    if (options_.hex) out_ << (seen.frame.empty() ? "    (the frame was left out)\n" : hex_dump(seen.frame));
  }

 private:
  std::string ends(const Seen& seen) const {
    const std::string client = "client " + shown_client(seen.client);
    if (seen.lane == Lane::client)
      return seen.incoming ? client + " → " + names_.node(seen.from) : names_.node(seen.from) + " → " + client;
    // Who probes the LAN is a client as a rule, and no node.
    if (seen.kind == wire::Probe::kKind && seen.lane == Lane::beacon && !names_.nodes().contains(seen.from))
      return "client " + shown_client(ClientId{seen.from.value}) + " → *";
    return (seen.from ? names_.node(seen.from) : "?") + " → " + names_.node(seen.to);
  }
  std::size_t widen(std::size_t index, const std::string& text) {
    const std::size_t width = cli::width_of(text);
    widths_[index] = std::max(widths_[index], std::min(width, kWidestColumn));
    return widths_[index] > width ? widths_[index] - width : 0;
  }
  void column(std::size_t index, const std::string& text) {
    const std::size_t padding = widen(index, text);
    line_ += text;
    line_.append(padding + 2, ' ');
  }
  void number_column(std::size_t index, const std::string& text) {
    line_.append(widen(index, text), ' ');
    line_ += text + "  ";
  }

  std::ostream& out_;
  const Names& names_;
  LineOptions options_;
  std::array<std::size_t, 8> widths_{9, 7, 8, 9, 5, 3, 5, 4};
  std::string line_;
};

class JsonLines final : public View {
 public:
  JsonLines(std::ostream& out, const Names& names, LineOptions options)
      : out_(out), names_(names), with_frame_(options.hex || options.raw) {}

  void show(const Seen& seen) override {
    using cli::Row;
    const auto or_null = [](bool there, Row value) { return there ? std::move(value) : Row(); };
    Row row{{"number", seen.number}, {"time", shown_moment(seen.at)}, {"lane", name_of(seen.lane)}};
    row["from"] = or_null(static_cast<bool>(seen.from), names_.node(seen.from));
    row["from_uid"] = or_null(static_cast<bool>(seen.from), hex(seen.from.value));
    row["incarnation"] = hex(seen.incarnation.value);
    row["to"] = or_null(static_cast<bool>(seen.to), names_.node(seen.to));
    row["to_uid"] = or_null(static_cast<bool>(seen.to), hex(seen.to.value));
    row["client"] = or_null(static_cast<bool>(seen.client), hex(seen.client.value));
    row["incoming"] = or_null(seen.lane == Lane::client, seen.incoming);
    row["group"] = or_null(static_cast<bool>(seen.group), seen.group.value);
    row["auction"] = auction(seen.group);
    row["type"] = seen.type;
    row["kind"] = seen.kind;
    row["size"] = seen.size;
    row["round"] = seen.term ? Row(seen.term->round) : Row();
    row["term"] = seen.term && *seen.term ? Row(shown_term(*seen.term, names_)) : Row();
    row["first_slot"] = seen.slots ? Row(seen.slots->first.value) : Row();
    row["last_slot"] = seen.slots ? Row(seen.slots->last.value) : Row();
    row["stream"] = seen.batch ? Row(names_.node(seen.batch->publisher)) : Row();
    row["stream_incarnation"] = seen.batch ? Row(hex(seen.batch->incarnation.value)) : Row();
    row["batch"] = seen.batch ? Row(seen.batch->number.value) : Row();
    row["published"] = seen.published ? Row(*seen.published) : Row();
    row["words"] = words_for(seen, names_);
    row["fault"] = seen.fault.empty() ? Row() : Row(cli::harmless(seen.fault));
    row["body"] = body_as_json(seen, names_);
    if (with_frame_) row["frame"] = hex_digits(seen.frame);
    out_ << row.dump(-1, ' ', false, Row::error_handler_t::replace) << '\n';
  }

 private:
  cli::Row auction(GroupId group) const {
    const auto at = names_.groups().find(group);
    return at == names_.groups().end() ? cli::Row() : cli::Row(at->second);
  }

  std::ostream& out_;
  const Names& names_;
  const bool with_frame_;
};

}  // namespace

std::string shown_time(WallTime at) {
  const std::int64_t day = 24LL * 3600 * 1'000'000;
  const std::int64_t micros = ((at.micros % day) + day) % day;
  const std::int64_t seconds = micros / 1'000'000;
  const std::string fraction = std::to_string(micros % 1'000'000);
  return two_digits(seconds / 3600) + ":" + two_digits(seconds / 60 % 60) + ":" + two_digits(seconds % 60) + "." +
         std::string(6 - fraction.size(), '0') + fraction;
}

std::string shown_moment(WallTime at) {
  const std::string day = cli::iso(at);
  return day.substr(0, day.find('T') + 1) + shown_time(at) + "Z";  // years have four digits only as a rule
}

std::string hex_digits(BytesView bytes) {
  std::string digits;
  digits.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    digits += kDigits[byte >> 4U];
    digits += kDigits[byte & 0x0fU];
  }
  return digits;
}

std::string hex_dump(BytesView bytes) {
  constexpr std::size_t kOnALine = 16;
  std::string dump;
  for (std::size_t at = 0; at < bytes.size(); at += kOnALine) {
    const auto part = bytes.substr(at, kOnALine);
    std::string offset = hex(at);
    dump += "    " + std::string(offset.size() < 4 ? 4 - offset.size() : 0, '0') + offset + " ";
    for (std::size_t i = 0; i < kOnALine; ++i) {
      dump += i == kOnALine / 2 ? "  " : " ";
      dump += i < part.size() ? hex_digits(part.substr(i, 1)) : "  ";
    }
    dump += "  ";
    for (const char c : part) dump += c >= ' ' && c <= '~' ? c : '.';
    dump += '\n';
  }
  return dump;
}

std::unique_ptr<View> make_lines(std::ostream& out, const Names& names, LineOptions options) {
  if (options.jsonl) return std::make_unique<JsonLines>(out, names, options);
  return std::make_unique<TextLines>(out, names, options);
}

}  // namespace gavel::sniffer
