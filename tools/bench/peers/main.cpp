#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "client/cli/connection.hpp"
#include "client/cli/failure.hpp"
#include "tools/bench/peers/known.hpp"
#include "tools/bench/peers/load.hpp"
#include "tools/bench/peers/scratch.hpp"
using namespace gavel;
using namespace gavel::peers;
int main(int argc, char** argv) {
  cli::catch_interrupts();
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const Known& known = find_peer(argc > 1 ? argv[1] : "etcd");
    if (const auto why = hindrance(known); !why.empty()) cli::fail_with(cli::Exit::usage, why);
    Scratch scratch("/tmp");
    const auto peer = known.start(scratch.path());
    if (known.warms_up > 0s) measure(*peer, {512, 0, known.warms_up, 100ms});
    for (int i = 2; i < argc; ++i) {
      Load load;
      load.measured = 4s;
      if (argv[i][0] == 'r')
        load.rate = std::atof(argv[i] + 1);
      else
        load.in_flight = static_cast<std::size_t>(std::atoi(argv[i]));
      const auto m = measure(*peer, load);
      const auto ms = [&](double q) { return double(m.latencies.at(q).count()) / 1e6; };
      std::printf("%s %s: %.0f/s p50 %.3f p99 %.3f p999 %.3f max %.3f ms, cpu %.1f + %.1f us\n", known.name.c_str(),
                  argv[i], m.rate, ms(.5), ms(.99), ms(.999), ms(1), m.client_cpu, m.nodes_cpu);
      std::fflush(stdout);
    }
  } catch (const cli::Failure& f) {
    std::cerr << "gavel-bench-peers: " << f.message << '\n';
    return static_cast<int>(f.code);
  }
}
