#include "tools/sniffer/view/top.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "client/cli/output.hpp"
#include "tools/sniffer/message/decode.hpp"
#include "tools/sniffer/view/lines.hpp"

namespace gavel::sniffer {
namespace {

/// However many kinds and uids turn up, the tables stay small.
constexpr const char* kUnknown = "unknown kinds";
constexpr const char* kOthers = "others";
constexpr std::size_t kMostNodes = 1024;

struct Traffic {
  std::uint64_t messages = 0;  ///< in this interval
  std::uint64_t bytes = 0;
  std::uint64_t total = 0;  ///< messages, since the beginning
  std::uint64_t total_bytes = 0;

  void add(std::size_t size) {
    ++messages;
    ++total;
    bytes += size;
    total_bytes += size;
  }
};

struct Ranked {
  std::string name;
  Traffic traffic;
};

/// The busiest now first; then those who were busiest so far.
std::vector<Ranked> ranked(const std::map<std::string, Traffic>& all) {
  std::vector<Ranked> rows;
  for (const auto& [name, traffic] : all) rows.push_back({name, traffic});
  std::stable_sort(rows.begin(), rows.end(), [](const Ranked& a, const Ranked& b) {
    return std::pair(a.traffic.messages, a.traffic.total) > std::pair(b.traffic.messages, b.traffic.total);
  });
  return rows;
}

/// "950", "12.3k", "4.0M".
std::string brief(double number) {
  static constexpr std::array<const char*, 4> kUnits{"", "k", "M", "G"};
  std::size_t unit = 0;
  while (number >= 999.5 && unit + 1 < kUnits.size()) {
    number /= 1000;
    ++unit;
  }
  const auto tenths = static_cast<std::uint64_t>(std::llround(number * 10));
  if (unit == 0 || tenths >= 1000) return std::to_string((tenths + 5) / 10) + kUnits[unit];
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + kUnits[unit];
}

std::string right(const std::string& text, std::size_t width) {
  const auto shown = cli::width_of(text);
  return std::string(width > shown ? width - shown : 0, ' ') + text;
}
std::string left(const std::string& text, std::size_t width) {
  const auto shown = cli::width_of(text);
  return text + std::string(width > shown ? width - shown : 0, ' ');
}

class Top final : public View {
 public:
  Top(std::ostream& out, const Names& names, TopOptions options)
      : out_(out), names_(names), options_(std::move(options)) {}

  void show(const Seen& seen) override {
    tick(seen.at);
    all_.add(seen.size);
    lanes_[seen.lane].add(seen.size);
    types_[known_types().contains(seen.kind) ? seen.type : kUnknown].add(seen.size);
    const bool room = nodes_.size() < kMostNodes || nodes_.contains(seen.from);
    (room ? nodes_[seen.from] : other_nodes_).add(seen.size);
  }

  void tick(WallTime now) override {
    if (!began_) began_ = now;
    latest_ = now;
    const Duration elapsed = now - *began_;
    if (elapsed < options_.interval) return;
    // Nothing came in what is beyond: a silence in a recording is no part of the interval before it.
    print(elapsed < 2 * options_.interval ? now : *began_ + options_.interval);
    began_ = now;
  }

  /// The rest of an interval.
  void end() override {
    if (began_ && all_.messages > 0) print(std::max(latest_, *began_ + options_.interval / 10));
  }

 private:
  struct Table {
    std::string name;
    std::string plural;
    std::vector<Ranked> rows;
  };

  void print(WallTime now) {
    const bool in_place = options_.rows && !options_.jsonl;
    if (!in_place && all_.messages == 0) return;
    const double seconds = std::max(1e-6, static_cast<double>((now - *began_).count()) / 1e6);
    const auto tables = this->tables();
    if (options_.jsonl)
      print_json(now, seconds, tables);
    else
      print_tables(now, seconds, tables, in_place);
    clear();
  }

  std::vector<Table> tables() const {
    std::map<std::string, Traffic> lanes;
    std::map<std::string, Traffic> nodes;
    for (const auto& [lane, traffic] : lanes_) lanes[std::string(name_of(lane))] = traffic;
    for (const auto& [node, traffic] : nodes_) nodes[node ? names_.node(node) : "?"] = traffic;
    if (other_nodes_.total > 0) nodes[kOthers] = other_nodes_;
    return {{"lane", "lanes", ranked(lanes)}, {"node", "nodes", ranked(nodes)}, {"type", "types", ranked(types_)}};
  }

  void clear() {
    const auto empty = [](auto& map) {
      for (auto& [key, traffic] : map) traffic.messages = traffic.bytes = 0;
    };
    empty(lanes_);
    empty(types_);
    empty(nodes_);
    other_nodes_.messages = other_nodes_.bytes = 0;
    all_.messages = all_.bytes = 0;
  }

  static cli::Row as_json(const Traffic& traffic, double seconds) {
    const auto per_second = [seconds](std::uint64_t count) {
      return std::round(static_cast<double>(count) / seconds * 10) / 10;
    };
    return {{"messages_per_second", per_second(traffic.messages)},
            {"bytes_per_second", per_second(traffic.bytes)},
            {"messages", traffic.messages},
            {"bytes", traffic.bytes},
            {"total_messages", traffic.total},
            {"total_bytes", traffic.total_bytes}};
  }

  void print_json(WallTime now, double seconds, const std::vector<Table>& tables) {
    cli::Row row{{"time", shown_moment(now)}, {"seconds", std::round(seconds * 1e6) / 1e6}};
    row.update(as_json(all_, seconds));
    for (const Table& table : tables) {
      cli::Row rows = cli::Row::array();
      for (const Ranked& one : table.rows) {
        cli::Row each{{table.name, one.name}};
        each.update(as_json(one.traffic, seconds));
        rows.push_back(std::move(each));
      }
      row[table.plural] = std::move(rows);
    }
    out_ << row.dump(-1, ' ', false, cli::Row::error_handler_t::replace) << '\n';
  }

  void print_tables(WallTime now, double seconds, const std::vector<Table>& tables, bool in_place) {
    constexpr std::size_t kNameWidth = 16;
    constexpr std::size_t kNumberWidth = 10;
    const auto line = [&](const std::string& name, const Traffic& traffic) {
      return left(name, kNameWidth) + right(brief(static_cast<double>(traffic.messages) / seconds), kNumberWidth) +
             right(brief(static_cast<double>(traffic.bytes) / seconds), kNumberWidth) +
             right(brief(static_cast<double>(traffic.total)), kNumberWidth) +
             right(brief(static_cast<double>(traffic.total_bytes)), kNumberWidth);
    };
    const auto strong = [this](const std::string& text) {
      return options_.colour ? "\x1b[1m" + text + "\x1b[0m" : text;
    };
    const auto heading = [&](const std::string& name) {
      return strong(left(name, kNameWidth) + right("msg/s", kNumberWidth) + right("bytes/s", kNumberWidth) +
                    right("messages", kNumberWidth) + right("bytes", kNumberWidth));
    };
    std::vector<std::string> lines{heading(shown_time(now)), line("all", all_)};
    std::size_t room = 0;
    if (in_place) {
      const std::size_t frame = lines.size() + 2 * tables.size() + 1;
      const std::size_t rows = options_.rows();
      room = rows > frame ? rows - frame : tables.size();
    }
    // What one table does not need is there for the next; the last, the types, are the most.
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const std::size_t share =
          in_place ? std::max<std::size_t>(1, room / (tables.size() - i)) : std::numeric_limits<std::size_t>::max();
      const std::size_t shown = std::min(share, tables[i].rows.size());
      room -= std::min(room, shown);
      lines.emplace_back();
      lines.push_back(heading(tables[i].name));
      for (std::size_t j = 0; j < shown; ++j) lines.push_back(line(tables[i].rows[j].name, tables[i].rows[j].traffic));
    }
    if (in_place) out_ << (printed_ ? "\x1b[H" : "\x1b[2J\x1b[H");
    printed_ = true;
    for (const std::string& text : lines) out_ << text << (in_place ? "\x1b[K\n" : "\n");
    out_ << (in_place ? "\x1b[J" : "\n");
  }

  std::ostream& out_;
  const Names& names_;
  TopOptions options_;
  std::optional<WallTime> began_;
  WallTime latest_;
  bool printed_ = false;
  Traffic all_;
  std::map<Lane, Traffic> lanes_;
  std::map<std::string, Traffic> types_;
  std::map<Uid, Traffic> nodes_;
  Traffic other_nodes_;
};

}  // namespace

std::unique_ptr<View> make_top(std::ostream& out, const Names& names, TopOptions options) {
  return std::make_unique<Top>(out, names, std::move(options));
}

}  // namespace gavel::sniffer
