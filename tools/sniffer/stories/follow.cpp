#include "tools/sniffer/stories/follow.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "client/cli/output.hpp"
#include "client/cli/paint.hpp"
#include "common/base/print.hpp"
#include "tools/sniffer/stories/request.hpp"
#include "tools/sniffer/view/lines.hpp"

namespace gavel::sniffer {
namespace {

std::optional<std::uint64_t> number_in(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) return std::nullopt;
  return value;
}

std::string millis(Duration time) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", static_cast<double>(time.count()) / 1000);
  return text;
}
std::string padded(std::string text, std::size_t width, bool right = false) {
  const auto has = cli::width_of(text);
  const std::string space(width > has ? width - has : 0, ' ');
  return right ? space + text : text + space;
}

/// Where the time from the hop before to this one lies in the whole.
std::string bar_of(Duration from, Duration upto, Duration whole, std::size_t width) {
  const auto place = [&](Duration time) {
    const auto share =
        whole.count() == 0 ? 0.0 : static_cast<double>(time.count()) / static_cast<double>(whole.count());
    return std::min(width - 1, static_cast<std::size_t>(share * static_cast<double>(width)));
  };
  const auto first = place(from);
  const auto last = place(upto);
  std::string bar;
  for (std::size_t i = 0; i < width; ++i) bar += i < first || i > last ? " " : from == upto ? "▏" : "█";
  return bar;
}

class Follow : public View {
 public:
  Follow(std::ostream& out, const Names& names, FollowRequest request, FollowOptions options)
      : out_(out),
        names_(names),
        options_(std::move(options)),
        way_(names, request, options_.patience, options_.picks) {}

  void show(const Seen& seen) override { way_.take(seen); }
  void tick(WallTime now) override {
    way_.tick(now);
    if (way_.done()) tell();
  }
  bool done() const override { return told_; }
  void end() override { tell(); }
  bool told_anything() const override { return !hops_.empty(); }

 private:
  std::string actor(const Actor& actor) const { return actor.node ? names_.node(actor.uid) : "client"; }
  /// To whom; all, if it is not said.
  std::string target(const Hop& hop) const { return hop.to == Actor{} ? "*" : actor(hop.to); }

  void tell() {
    if (told_) return;
    told_ = true;
    hops_ = way_.hops();
    if (!told_anything()) return;
    if (options_.jsonl)
      json();
    else
      table();
    out_.flush();
  }

  void json() {
    const auto first = hops_.front().at;
    auto before = first;
    for (const auto& hop : hops_) {
      nlohmann::ordered_json row{{"hop", std::string(name_of(hop.kind))},
                                 {"time", shown_moment(hop.at)},
                                 {"since_first_us", (hop.at - first).count()},
                                 {"since_previous_us", (hop.at - before).count()},
                                 {"from", actor(hop.from)},
                                 {"to", target(hop)},
                                 {"group", names_.group(way_.group())},
                                 {"session", way_.session().value},
                                 {"number", way_.number().value},
                                 {"text", hop.text},
                                 {"again", hop.again},
                                 {"message", hop.number}};
      out_ << row.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
      before = hop.at;
    }
    for (const auto& what : way_.not_seen())
      out_ << nlohmann::ordered_json{{"hop", "not seen"}, {"text", what}}.dump() << '\n';
  }

  void table() {
    const auto& hops = hops_;
    const auto first = hops.front().at;
    const auto whole = hops.back().at - first;
    out_ << "request " << way_.session().value << '/' << print(way_.number()) << " of " << names_.group(way_.group())
         << (way_.slot() ? ", slot " + print(*way_.slot()) : "") << ": " << millis(whole) << " ms\n\n";
    std::size_t from = 4, to = 2, since = 5, hop_width = 4, text = 4;
    auto before = first;
    for (const auto& hop : hops) {
      from = std::max(from, cli::width_of(actor(hop.from)));
      to = std::max(to, cli::width_of(target(hop)));
      since = std::max(since, millis(hop.at - first).size() + 1);
      hop_width = std::max(hop_width, millis(hop.at - before).size() + 1);
      text = std::max(text, cli::width_of(words_of(hop)));
      before = hop.at;
    }
    const auto used = 15 + since + 2 + hop_width + 2 + from + 4 + to + 2 + text + 2 + 6;
    const auto bar = std::clamp<std::size_t>(options_.width > used ? options_.width - used : 0, 8, 30);
    const auto line = [&](const std::string& time, const std::string& total, const std::string& step,
                          const std::string& sender, const std::string& arrow, const std::string& receiver,
                          const std::string& what, const std::string& picture) {
      auto out = padded(time, 15) + "  " + padded(total, since + 3, true) + "  " + padded(step, hop_width + 3, true) +
                 "  " + padded(sender, from) + " " + arrow + " " + padded(receiver, to) + "  " + padded(what, text) +
                 "  " + picture;
      while (out.ends_with(' ')) out.pop_back();
      return out + "\n";
    };
    out_ << cli::painted(line("TIME", "SINCE", "HOP", "FROM", " ", "TO", "WHAT", ""), cli::Ink::strong,
                         options_.colour);
    before = first;
    for (const auto& hop : hops) {
      const auto text_of =
          line(shown_time(hop.at), "+" + millis(hop.at - first) + "ms", "+" + millis(hop.at - before) + "ms",
               actor(hop.from), "→", target(hop), words_of(hop), bar_of(before - first, hop.at - first, whole, bar));
      const bool strong = hop.kind == Hop::Kind::commit || hop.kind == Hop::Kind::answer;
      const auto ink = hop.again || hop.kind == Hop::Kind::missing || hop.kind == Hop::Kind::repair ? cli::Ink::warning
                       : strong                                                                     ? cli::Ink::good
                                                                                                    : cli::Ink::plain;
      out_ << cli::painted(text_of, ink, options_.colour);
      before = hop.at;
    }
    const auto lacking = way_.not_seen();
    if (!lacking.empty()) out_ << "\nnot seen: " << cli::joined(lacking) << '\n';
  }
  static std::string words_of(const Hop& hop) { return hop.text + (hop.again ? ", again" : ""); }

  std::ostream& out_;
  const Names& names_;
  const FollowOptions options_;
  RequestWay way_;
  bool told_ = false;
  std::vector<Hop> hops_;  ///< that were told
};

}  // namespace

Result<FollowRequest> parse_follow(std::string_view text) {
  if (text == "next") return FollowRequest{};
  const auto slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto session = number_in(text.substr(0, slash));
    const auto number = number_in(text.substr(slash + 1));
    if (session && number) return FollowRequest{false, SessionId{*session}, RequestNumber{*number}};
  }
  return fail("'" + std::string(text) + "' names no request: write 'next', or SESSION/NUMBER as 'gavel bid -o json' " +
              "prints them, such as 21/1");
}

std::unique_ptr<View> make_follow(std::ostream& out, const Names& names, FollowRequest request, FollowOptions options) {
  return std::make_unique<Follow>(out, names, request, std::move(options));
}

}  // namespace gavel::sniffer
