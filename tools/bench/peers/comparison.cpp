#include "tools/bench/peers/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tools/bench/report/figures.hpp"

namespace gavel::peers {
namespace {

/// What is shown of a load besides what is compared.
constexpr const char* kOfLoads[] = {"per_second", "p50_us",        "p99_us",     "p999_us",
                                    "max_us",     "client_cpu_us", "node_cpu_us"};

double number(const cli::Row& row, const std::string& key) {
  const cli::Row value = row.value(key, cli::Row());
  return value.is_number() ? value.get<double>() : std::nan("");
}

/// As many digits as were measured.
cli::Row shortened(double value) {
  const double rounded = value < 100 ? bench::rounded(value) : std::round(value);
  const auto whole = std::llround(rounded);
  return static_cast<double>(whole) == rounded ? cli::Row(whole) : cli::Row(rounded);
}

std::string text(double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
  return digits;
}

std::string range(const Spread& spread) { return text(spread.least) + " to " + text(spread.most); }

std::string figure_name(const std::string& figure) {
  if (figure == "per_second") return "writes/s";
  return figure == "p50_us" ? "median us" : "p99 us";
}

const char* durability(bool durable) { return durable ? "fsync" : "memory"; }

}  // namespace

const std::vector<Pairing>& pairings() {
  static const std::vector<Pairing> kAll{
      {"etcd", LoadKind::full, true, "per_second", 30},      {"etcd", LoadKind::single, true, "p50_us", 0.6},
      {"etcd", LoadKind::half, true, "p99_us", 0.2},         {"zookeeper", LoadKind::full, true, "per_second", 40},
      {"zookeeper", LoadKind::single, true, "p50_us", 0.8},  {"nats", LoadKind::full, false, "per_second", 6},
      {"corosync", LoadKind::full, false, "per_second", 10},
  };
  return kAll;
}

std::vector<Needed> loads_for(const std::string& peer) {
  std::vector<Needed> all;
  for (const Pairing& pairing : pairings())
    if (pairing.peer == peer) all.push_back({pairing.load, pairing.durable});
  return all;
}

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return {values.front(), median, values.back()};
}

void Comparison::add(const std::string& peer, Needed load, const cli::Row& theirs, const cli::Row& ours) {
  rounds_[{peer, load.load, load.durable}].push_back({theirs, ours});
}

void Comparison::add_failure(const std::string& peer, std::size_t round, const std::string& reason) {
  failures_.push_back({{"peer", peer}, {"round", round}, {"reason", reason}});
}

std::string described(LoadKind load, std::size_t in_flight) {
  switch (load) {
    case LoadKind::full:
      return std::to_string(in_flight) + " in flight";
    case LoadKind::single:
      return "one at a time";
    case LoadKind::half:
      break;
  }
  return "half its maximum rate";
}

Comparison::Judged Comparison::judge(const Pairing& pairing, const std::vector<Round>& rounds) const {
  std::vector<double> theirs;
  std::vector<double> ours;
  std::vector<double> ratios;
  for (const Round& round : rounds) {
    theirs.push_back(number(round.theirs, pairing.figure));
    ours.push_back(number(round.ours, pairing.figure));
    ratios.push_back(ours.back() / theirs.back());
  }
  Judged judged{spread_of(theirs), spread_of(ours), spread_of(ratios), rounds.size(), false};
  const double ratio = judged.ratio.median;
  judged.reached = pairing.more_is_better() ? ratio >= pairing.goal : ratio <= pairing.goal;
  return judged;
}

const std::vector<Comparison::Round>* Comparison::rounds_of(const Pairing& pairing) const {
  const auto at = rounds_.find({pairing.peer, pairing.load, pairing.durable});
  return at == rounds_.end() ? nullptr : &at->second;
}

bool Comparison::all_reached() const {
  return std::all_of(pairings().begin(), pairings().end(), [this](const Pairing& pairing) {
    const auto* rounds = rounds_of(pairing);
    return rounds == nullptr || judge(pairing, *rounds).reached;
  });
}

cli::Row Comparison::pair_row(const Pairing& pairing, const Judged& judged, bool for_people) const {
  cli::Row row{{"peer", pairing.peer},
               {"setting", described(pairing.load, in_flight_)},
               {"durability", durability(pairing.durable)},
               {"figure", for_people ? figure_name(pairing.figure) : pairing.figure},
               {"rounds", judged.rounds}};
  const std::pair<const char*, const Spread&> spreads[] = {
      {"theirs", judged.theirs}, {"ours", judged.ours}, {"ratio", judged.ratio}};
  for (const auto& [name, spread] : spreads) {
    const std::string key = name;
    if (for_people) {
      row[key] = text(spread.median);
      row[key + "_range"] = range(spread);
    } else {
      row[key] = shortened(spread.median);
      row[key + "_min"] = shortened(spread.least);
      row[key + "_max"] = shortened(spread.most);
    }
  }
  if (for_people)
    row["goal"] = (pairing.more_is_better() ? "at least " : "at most ") + text(pairing.goal);
  else
    row["goal"] = pairing.goal;
  if (for_people)
    row["reached"] = judged.reached ? "reached" : "missed";
  else
    row["reached"] = judged.reached;
  return row;
}

cli::Row Comparison::load_row(const std::string& system, const Key& key, const std::vector<Round>& rounds,
                              cli::Row Round::*side) const {
  const auto& [peer, load, durable] = key;
  cli::Row row{{"system", system},
               {"beside", peer},
               {"setting", described(load, in_flight_)},
               {"durability", durability(durable)}};
  for (const char* figure : kOfLoads) {
    std::vector<double> values;
    for (const Round& round : rounds)
      if (const double value = number(round.*side, figure); !std::isnan(value)) values.push_back(value);
    row[figure] = values.empty() ? cli::Row() : shortened(spread_of(values).median);
  }
  return row;
}

std::vector<cli::Section> Comparison::sections(bool for_people) const {
  cli::Section pairs{"pairs",
                     {{"peer", "PEER"},
                      {"setting", "SETTING"},
                      {"durability", "DURABILITY"},
                      {"figure", "FIGURE"},
                      {"theirs", "THEIRS"},
                      {"theirs_range", "FROM TO"},
                      {"ours", "OURS"},
                      {"ours_range", "FROM TO"},
                      {"ratio", "RATIO"},
                      {"ratio_range", "FROM TO"},
                      {"goal", "GOAL"},
                      {"reached", ""}},
                     {},
                     "nothing was measured"};
  pairs.ink = [](const cli::Row& row, const std::string& key) {
    if (key != "reached") return cli::Ink::plain;
    return row.value(key, "") == "missed" ? cli::Ink::bad : cli::Ink::good;
  };
  for (const Pairing& pairing : pairings())
    if (const auto* rounds = rounds_of(pairing))
      pairs.rows.push_back(pair_row(pairing, judge(pairing, *rounds), for_people));

  cli::Section loads{"loads",
                     {{"system", "SYSTEM"},
                      {"setting", "SETTING"},
                      {"durability", "DURABILITY"},
                      {"per_second", "WRITES/S"},
                      {"p50_us", "P50 us"},
                      {"p99_us", "P99"},
                      {"p999_us", "P99.9"},
                      {"max_us", "MAX"},
                      {"client_cpu_us", "CLIENT CPU us/op"},
                      {"node_cpu_us", "NODE CPU us/op"}},
                     {},
                     ""};
  for (const auto& [key, rounds] : rounds_) {
    loads.rows.push_back(load_row(std::get<0>(key), key, rounds, &Round::theirs));
    loads.rows.push_back(load_row("gavel", key, rounds, &Round::ours));
  }
  std::vector<cli::Section> all{std::move(pairs)};
  if (!loads.rows.empty()) all.push_back(std::move(loads));
  if (!failures_.empty())
    all.push_back({"failures", {{"peer", "FAILED"}, {"round", "ROUND"}, {"reason", "REASON"}}, failures_, ""});
  return all;
}

}  // namespace gavel::peers
