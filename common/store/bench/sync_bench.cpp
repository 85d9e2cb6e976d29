// What a durable group costs, by the ways that were open to the log store: SQLite (WAL, synchronous=FULL), RocksDB
// (synced writes), and plain files with fdatasync, that grow, that were only allocated, or that are recycled in place.
// The last line is the store that was built on that: checksums, frames, mark and all.
// Each group is made of 1 KiB records; all but the newest 4 MiB are dropped as it goes, as snapshots do.
//
//   cmake -S . -B build/bench -DGAVEL_BENCH=ON && cmake --build build/bench --target gavel-sync-bench
//   build/bench/bin/gavel-sync-bench DIR [seconds for each line, 3]
#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <sqlite3.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "common/store/durable_store.hpp"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kRecord = 1024;
constexpr std::uint64_t kKept = 4096;  // records: 4 MiB
constexpr int kPasses = 8;
constexpr std::size_t kSegment = std::size_t{4} << 20U;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "sync bench: %s\n", what.c_str());
  std::exit(1);
}

void must(bool condition, const char* what) {
  if (!condition) die(what);
}

/// One way of keeping a log: makes `count` records from `first` on durable, and lets go of what is older than kKept.
using Commit = std::function<void(std::uint64_t first, std::uint64_t count, const std::string& record)>;

void exec(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) die(sqlite3_errmsg(db));
}

Commit sqlite(const fs::path& dir) {
  sqlite3* raw = nullptr;
  must(sqlite3_open((dir / "log.db").c_str(), &raw) == SQLITE_OK, "sqlite3_open");
  const std::shared_ptr<sqlite3> db(raw, sqlite3_close_v2);
  exec(raw,
       "pragma journal_mode=wal; pragma synchronous=full; create table log (slot integer primary key, bytes blob)");
  const auto prepare = [raw](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    must(sqlite3_prepare_v2(raw, sql, -1, &statement, nullptr) == SQLITE_OK, "sqlite3_prepare_v2");
    return std::shared_ptr<sqlite3_stmt>(statement, sqlite3_finalize);
  };
  const auto step = [](sqlite3_stmt* statement) {
    must(sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK, "sqlite3_step");
  };
  return [=, insert = prepare("insert into log values (?, ?)"), drop = prepare("delete from log where slot <= ?")](
             std::uint64_t first, std::uint64_t count, const std::string& record) {
    exec(db.get(), "begin");
    for (auto slot = first; slot < first + count; ++slot) {
      sqlite3_bind_int64(insert.get(), 1, static_cast<sqlite3_int64>(slot));
      sqlite3_bind_blob(insert.get(), 2, record.data(), static_cast<int>(record.size()), SQLITE_STATIC);
      step(insert.get());
    }
    if (first > kKept) {
      sqlite3_bind_int64(drop.get(), 1, static_cast<sqlite3_int64>(first - kKept));
      step(drop.get());
    }
    exec(db.get(), "commit");
  };
}

Commit rocks(const fs::path& dir) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.recycle_log_file_num = 4;
  rocksdb::DB* raw = nullptr;
  must(rocksdb::DB::Open(options, (dir / "rocks").string(), &raw).ok(), "rocksdb::DB::Open");
  const std::shared_ptr<rocksdb::DB> db(raw);
  const auto key = [](std::uint64_t slot) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(slot));
    return std::string(text, 16);
  };
  return [=](std::uint64_t first, std::uint64_t count, const std::string& record) {
    rocksdb::WriteBatch batch;
    for (auto slot = first; slot < first + count; ++slot) batch.Put(key(slot), record);
    if (first > kKept) batch.DeleteRange(key(first > kKept + count ? first - kKept - count : 0), key(first - kKept));
    rocksdb::WriteOptions write;
    write.sync = true;
    must(db->Write(write, &batch).ok(), "rocksdb::DB::Write");
  };
}

enum class Layout { growing, allocated, recycled };

Commit plain(const fs::path& dir, Layout layout) {
  struct Files {
    std::vector<int> fds;
    std::size_t at = 0;
    std::size_t offset = 0;
    ~Files() {
      for (const int fd : fds) ::close(fd);
    }
  };
  const auto files = std::make_shared<Files>();
  const auto open_segment = [dir](std::size_t n, Layout how) {
    const auto name = dir / ("segment-" + std::to_string(n));
    const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    must(fd >= 0, "open");
    if (how == Layout::allocated) must(::fallocate(fd, 0, 0, kSegment) == 0, "fallocate");
    if (how == Layout::recycled) {
      const std::string zeros(kSegment, '\0');
      must(::pwrite(fd, zeros.data(), kSegment, 0) == static_cast<ssize_t>(kSegment), "pwrite");
    }
    must(::fsync(fd) == 0, "fsync");
    return fd;
  };
  const auto segments = kKept * kRecord / kSegment + 2;
  if (layout == Layout::recycled) {
    for (std::size_t i = 0; i < segments; ++i) files->fds.push_back(open_segment(i, layout));
  } else {
    files->fds.push_back(open_segment(0, layout));
  }
  return [=](std::uint64_t, std::uint64_t count, const std::string& record) {
    if (files->offset + count * kRecord > kSegment) {
      files->offset = 0;
      ++files->at;
      if (layout != Layout::recycled) {
        files->fds.push_back(open_segment(files->at, layout));
        if (files->at >= segments) {
          ::close(std::exchange(files->fds[files->at - segments], -1));
          fs::remove(dir / ("segment-" + std::to_string(files->at - segments)));
        }
      }
    }
    const int fd = files->fds[layout == Layout::recycled ? files->at % segments : files->at];
    std::vector<iovec> parts(count, iovec{const_cast<char*>(record.data()), kRecord});
    const auto length = static_cast<ssize_t>(count * kRecord);
    must(::pwritev(fd, parts.data(), static_cast<int>(count), static_cast<off_t>(files->offset)) == length, "pwritev");
    must(::fdatasync(fd) == 0, "fdatasync");
    files->offset += count * kRecord;
  };
}

Commit durable_store(const fs::path& dir) {
  const auto store = std::make_shared<gavel::store::DurableStore>((dir / "log").string());
  must(store->recover().has_value() && store->idle().has_value(), "recover");
  return [store](std::uint64_t first, std::uint64_t count, const std::string& record) {
    using gavel::store::Operation;
    std::vector<Operation> operations;
    const auto bytes = gavel::share(record);
    for (auto slot = first; slot < first + count; ++slot) {
      operations.push_back({Operation::Kind::append, gavel::GroupId{1}, gavel::Slot{slot}, true, bytes});
    }
    if (first / kKept != (first + count) / kKept && first > kKept) {
      operations.push_back({Operation::Kind::snapshot, gavel::GroupId{1}, gavel::Slot{first - kKept}, true, bytes});
    }
    must(store->write(operations) && store->sync(), "sync");
  };
}

/// Adds the time of each commit, in microseconds, to `micros`.
void measure(std::size_t group, double seconds, const Commit& commit, std::vector<double>& micros) {
  std::mt19937_64 random(1);
  std::string record(kRecord, '\0');
  for (auto& c : record) c = static_cast<char>(random());
  std::uint64_t slot = 1;
  const auto count = group / kRecord;
  const auto warm = Clock::now() + std::chrono::milliseconds(300);
  const auto end = warm + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (auto before = Clock::now(); before < end;) {
    ++record[slot % kRecord];
    commit(slot, count, record);
    slot += count;
    const auto after = Clock::now();
    if (before >= warm) micros.push_back(std::chrono::duration<double, std::micro>(after - before).count());
    before = after;
  }
}

void print(const char* name, std::size_t group, std::vector<double> micros) {
  std::sort(micros.begin(), micros.end());
  const auto at = [&](double q) {
    return micros[static_cast<std::size_t>(q * static_cast<double>(micros.size() - 1))];
  };
  double total = 0;
  for (const auto each : micros) total += each;
  const auto rate = 1e6 * static_cast<double>(micros.size()) / total;
  std::printf("| %-15s | %4zu | %6.0f | %6.0f | %6.0f | %7.0f | %6.1f |\n", name, group / 1024, rate, at(0.5), at(0.99),
              at(1.0), rate * static_cast<double>(group) / 1e6);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) die("usage: gavel-sync-bench DIR [seconds for each line]");
  const double seconds = argc > 2 ? std::atof(argv[2]) : 3;
  const fs::path dir = fs::path(argv[1]) / ("sync-bench." + std::to_string(::getpid()));
  const std::vector<std::pair<const char*, std::function<Commit()>>> ways{
      {"SQLite WAL FULL", [&] { return sqlite(dir); }},
      {"RocksDB sync", [&] { return rocks(dir); }},
      {"plain growing", [&] { return plain(dir, Layout::growing); }},
      {"plain allocated", [&] { return plain(dir, Layout::allocated); }},
      {"plain recycled", [&] { return plain(dir, Layout::recycled); }},
      {"DurableStore", [&] { return durable_store(dir); }},
  };
  std::printf("| way             |  KiB |  per s | p50 us | p99 us |  max us |   MB/s |\n");
  std::printf("| --------------- | ---: | -----: | -----: | -----: | ------: | -----: |\n");
  for (const std::size_t kib : {4U, 16U, 64U, 256U}) {
    std::vector<std::vector<double>> micros(ways.size());
    for (int pass = 0; pass < kPasses; ++pass) {  // in turn, so that a slow minute of the disk hits all of them
      for (std::size_t way = 0; way < ways.size(); ++way) {
        fs::create_directories(dir);
        measure(kib * 1024, seconds / kPasses, ways[way].second(), micros[way]);
        fs::remove_all(dir);
      }
    }
    for (std::size_t way = 0; way < ways.size(); ++way) print(ways[way].first, kib * 1024, std::move(micros[way]));
  }
}
