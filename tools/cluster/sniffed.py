"""What a sniffer costs the nodes that it listens to, as `measure --only sniff` has it.

On a machine with few cores a sniffer that prints a line for each message takes throughput away by its own work alone, so
the nodes' CPU time for each answer is measured beside the throughput: that is what the nodes do for it.
"""

import os
import pathlib
import signal
import statistics
import time

from processes import Failure, Process, wait_until

TICKS = os.sysconf("SC_CLK_TCK")
# Of gavel-sniff, in each way of using it; None: nobody sniffs.
MODES = {"nobody": None, "lines": [], "record": ["--record"], "stopped": []}


class Sniffer:
    """In one of the MODES, from the moment on that all nodes copy their traffic for it."""

    def __init__(self, cluster, mode, file):
        self.cluster, self.mode, self.file = cluster, mode, pathlib.Path(file)
        self.process = None

    def __enter__(self):
        program = self.cluster.programs / "gavel-sniff"
        if not program.exists():
            raise Failure(f"there is no {program}: build it")
        options = MODES[self.mode]
        if options is None:
            return self
        options = [*options, self.file] if options else []
        command = [program, "--cluster", self.cluster.name, "--beacon-port", self.cluster.beacon_port, *options]
        self.process = Process.start([str(word) for word in command], "/dev/null", tied=True)
        time.sleep(1)  # to find the nodes, and to be found by their taps
        if not self.process.alive():
            raise Failure(f"the sniffer ended with exit code {self.process.exit_code()}")
        if self.mode == "stopped":
            self.process.send(signal.SIGSTOP)
            wait_until("it is stopped", self.process.stopped, 5)
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.end(patience=10)
        self.file.unlink(missing_ok=True)


def cpu_seconds(pids):
    """User and system time of these processes together."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_mb(nodes):
    """Resident, of the largest of them."""
    def resident(node):
        lines = pathlib.Path(f"/proc/{node.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
    return max(resident(node) for node in nodes)


def window(cluster, bidders, seconds):
    """Of so many seconds from now on: answers a second, the median of their milliseconds, CPU microseconds for each."""
    pids = [node.process.pid for node in cluster.nodes]
    before, start, cpu = len(bidders.answers()), time.monotonic(), cpu_seconds(pids)
    time.sleep(seconds)
    answers, took, cpu = bidders.answers()[before:], time.monotonic() - start, cpu_seconds(pids) - cpu
    if not answers:
        raise Failure("no bid was answered while it was measured")
    return {"rate": len(answers) / took, "latency_ms": statistics.median((a["acked"] - a["sent"]) * 1000 for a in answers),
            "cpu_us": cpu / len(answers) * 1e6}


def in_all_modes(cluster, bidders, turns, seconds, say=lambda text: None):
    """{mode: [window, ...]}. All modes within each turn, each turn beginning with another one: whatever else the machine does
    hits them alike."""
    found = {mode: [] for mode in MODES}
    modes = list(MODES)
    for turn in range(turns):
        for mode in modes[turn % len(modes):] + modes[:turn % len(modes)]:
            with Sniffer(cluster, mode, cluster.directory / "bus.gsniff"):
                found[mode].append(window(cluster, bidders, seconds))
            say(f"turn {turn + 1}/{turns}, {mode}: {found[mode][-1]['rate']:.0f} /s")
    return found


def memory_with_a_stopped_one(cluster, seconds):
    """(before, after so many seconds under load alone, after as many beside a stopped sniffer, when it is gone) in MB, of the
    largest node."""
    before = memory_mb(cluster.nodes)
    time.sleep(seconds)
    alone = memory_mb(cluster.nodes)
    with Sniffer(cluster, "stopped", cluster.directory / "bus.gsniff"):
        time.sleep(seconds)
        stopped = memory_mb(cluster.nodes)
    time.sleep(1)
    return before, alone, stopped, memory_mb(cluster.nodes)


def idle_cpu(cluster, turns, seconds):
    """{mode: [percent of one core, the mean of the nodes, ...]} of a cluster in which nothing happens."""
    pids = [node.process.pid for node in cluster.nodes]
    found = {mode: [] for mode in MODES}
    for _ in range(turns):
        for mode in MODES:
            with Sniffer(cluster, mode, cluster.directory / "bus.gsniff"):
                before, start = cpu_seconds(pids), time.monotonic()
                time.sleep(seconds)
                found[mode].append(100 * (cpu_seconds(pids) - before) / (time.monotonic() - start) / len(pids))
    return found
