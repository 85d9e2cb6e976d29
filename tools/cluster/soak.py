"""Soak: a cluster that sells all day, whose nodes die and are replaced, restart and drain, and whose memory, open files, logs,
connections and threads must not grow for it.

Every ten seconds a row is printed. At the end each column is judged: the first third of the run is warm-up (nodes fill their
session tables, auctions their retention), a straight line is fitted to the rest, and what it rises from its start to its end
must stay under the column's tolerance:

    memory        12 % of its mean; 1 KB for each auction closed meanwhile, because the directory keeps their results for good
                  (about 400 bytes each, in the state and in the snapshot that is being written); 1 KB for each slot that the
                  directory's log became longer by, because it is in memory until it is cut
    open files,   15 % and 6 of them: what differs is how many clients and nodes there are at the moment of the row
    threads,
    connections
    log           16 MB, of what is over 64 MB: up to there the store takes new files instead of tidying up, by design
                  (common/store/README.md)
    directory     4096 slots, of what is over 16384, where a log is cut (common/order/options.hpp)

Each value is the largest of any node, and of the last ten seconds' five samples the median, so that a node that is just
starting does not count. Archives of closed auctions are meant to stay, and are shown only.
"""

import dataclasses
import pathlib
import random
import signal
import statistics
import time

from account import Account
from client import DIRECTORY, ClientError
from local_cluster import LocalCluster
from processes import Failure, wait_until
from recorder import Recorder
from rolling import restart, rolling_restart
from trade import Trade

NODES = 5
ROW_SECONDS = 10
SAMPLES = 5
WARM_UP = 1 / 3
MB = 1 << 20
OPTIONS = ("--log-format", "json", "--log-level", "warn", "--hold-down", "1000", "--retain-closed", "15",
           "--replace-after", "2")


@dataclasses.dataclass
class Column:
    unit: str = ""
    share: float = 0     # of its mean
    absolute: float = 0
    sale: float = 0      # for each auction closed meanwhile
    slot: float = 0      # for each slot that the directory's log became longer by
    free: float = 0      # what lies under this is not looked at


COLUMNS = {"memory": Column("MB", share=0.12, sale=1024 / MB, slot=1024 / MB), "files": Column("", 0.15, 6),
           "threads": Column("", 0.15, 6), "connections": Column("", 0.15, 6), "log": Column("MB", absolute=16, free=64),
           "directory": Column("slots", absolute=4096, free=16384)}


# ---- what a process takes

def status_field(pid, name):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1])
    raise Failure(f"/proc/{pid}/status tells no {name}")


def files_of(pid):
    """(open files, TCP connections among them)"""
    ours = set()
    count = 0
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        count += 1
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith("socket:["):
            ours.add(target[8:-1])
    lines = pathlib.Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    return count, sum(1 for line in lines if line.split()[9] in ours and line.split()[3] == "01")


def bytes_under(directory):
    """What the files in it take on the disk."""
    total = 0
    for path in pathlib.Path(directory).rglob("*"):
        try:
            total += path.stat().st_blocks * 512
        except OSError:
            continue  # removed meanwhile
    return total


def sample(node):
    pid = node.process.pid
    files, connections = files_of(pid)
    return {"memory": status_field(pid, "VmRSS") / 1024, "threads": status_field(pid, "Threads"), "files": files,
            "connections": connections, "log": bytes_under(node.data / "log") / MB,
            "archive": bytes_under(node.data / "archive") / MB}


class Watch:
    """Samples and rows."""

    def __init__(self, cluster, say, row_seconds=ROW_SECONDS):
        self.cluster, self.say, self.row_seconds = cluster, say, row_seconds
        self.start = time.monotonic()
        self.samples = []
        self.rows = []
        self.next_sample = self.start
        say("  time auctions     bids  memory MB  files threads connections  log MB  directory slots archive MB")

    def turn(self, sales, bids):
        now = time.monotonic()
        if now < self.next_sample:
            return
        self.next_sample = now + self.row_seconds / SAMPLES
        found = []
        for node in self.cluster.live():
            try:
                found.append(sample(node))
            except (OSError, Failure):
                continue  # it ended meanwhile
        if found:
            self.samples.append({name: max(one[name] for one in found) for name in found[0]})
        if len(self.samples) >= SAMPLES:
            self.row(sales, bids)

    def row(self, sales, bids):
        row = {name: statistics.median(one[name] for one in self.samples) for name in self.samples[0]}
        self.samples = []
        row |= {"time": time.monotonic() - self.start, "sales": sales, "bids": bids, "directory": self.directory_log()}
        self.rows.append(row)
        self.say(f"{row['time']:6.0f} {sales:8} {bids:8} {row['memory']:10.1f} {row['files']:6.0f} {row['threads']:7.0f} "
                 f"{row['connections']:11.0f} {row['log']:7.1f} {row['directory']:16.0f} {row['archive']:10.1f}")

    def directory_log(self):
        """Entries that the directory's log holds, where it holds most."""
        rows = [row for row in self.cluster.client().status()["groups"] if row["group"] == DIRECTORY]
        return max((row["last"] - row["first"] + 1 for row in rows), default=0)


def rise(points):
    """Of the straight line of least squares through [(x, y)], from the first x to the last."""
    if len(points) < 3:
        return 0.0
    mean_x, mean_y = (statistics.mean(values) for values in zip(*points))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    return slope * (points[-1][0] - points[0][0])


def judge(rows, slack=1.0):
    """What grew, each in words; and the words for what did not. `slack`: times the tolerances."""
    warm = rows[-1]["time"] * WARM_UP if rows else 0
    kept = [row for row in rows if row["time"] >= warm]
    if len(kept) < 3:
        return ["the run was too short to tell growth: it has three rows after the warm-up, or none"], []
    sales = kept[-1]["sales"] - kept[0]["sales"]
    slots = max(0, kept[-1]["directory"] - kept[0]["directory"])
    grown, steady = [], []
    for name, column in COLUMNS.items():
        mean = statistics.mean(row[name] for row in kept)
        tolerance = slack * (column.share * mean + column.absolute + column.sale * sales + column.slot * slots)
        risen = rise([(row["time"], max(column.free, row[name])) for row in kept])
        words = f"{name} {column.unit}".rstrip() + f": rose by {risen:.1f} on a mean of {mean:.1f}, tolerated {tolerance:.1f}"
        (grown if risen > tolerance else steady).append(words)
    return grown, steady


# ---- the run

class Soak:
    def __init__(self, cluster, seed=1, say=print, lanes=3, seconds=(3, 6), row_seconds=ROW_SECONDS, slack=1.0):
        self.cluster, self.say = cluster, say
        self.chance = random.Random(seed)
        self.seed = seed
        self.trade = Trade(cluster, lanes, seconds, seed=seed, pause="50ms")
        self.account = Account(cluster)
        self.watch = Watch(cluster, say, row_seconds)
        self.slack = slack
        self.waiting = []      # sales that are to be checked once things are calm
        self.mishaps = 0

    def run(self, seconds, mishap_every=15):
        """True if nothing grew and nothing was lost. Every so many seconds something befalls a node."""
        start = time.monotonic()
        mishaps = [self.replace, self.kill_and_restart, self.drain, self.restart_well, self.rolling]
        next_mishap = start + mishap_every
        try:
            while time.monotonic() < start + seconds:
                self.turn()
                if time.monotonic() >= next_mishap:
                    mishaps[self.mishaps % len(mishaps)]()
                    self.mishaps += 1
                    next_mishap = time.monotonic() + mishap_every
                time.sleep(0.1)
            self.trade.stop()
            self.check()
            self.account.check_house([f"item-{self.seed}-{i + 1}" for i in range(self.trade.items)])
        except (Failure, ClientError) as failure:
            self.account.blame("closed", f"the cluster could not be brought to rest: {failure}")
        finally:
            self.trade.abandon()
        self.grown, self.steady = judge(self.watch.rows, self.slack)
        return self.account.clean and self.account.acknowledged > 0 and not self.grown

    def report(self):
        yield from self.account.lines()
        for words in self.steady:
            yield f"steady  {words}"
        for words in self.grown:
            yield f"GREW    {words}"

    def turn(self):
        self.waiting += self.trade.take_finished()
        if len(self.waiting) >= 3:
            self.check()
        self.watch.turn(self.account.sales, self.account.acknowledged)

    def check(self):
        """While their groups still exist (--retain-closed)."""
        self.waiting += self.trade.take_finished()
        for sale in self.waiting:
            self.account.check_sale(sale)
        self.waiting = []

    def operate(self, *command):
        code, _, message = self.cluster.client().run(*command, timeout=60)
        if code in (1, 2):
            raise Failure(f"gavel {' '.join(command)}: exit code {code}: {message.strip()}")
        return code == 0

    def caught_up(self, *nodes):
        names = [node.name for node in nodes]
        running = [DIRECTORY, *(sale.auction for sale in self.trade.now_running())]

        def whole():
            self.turn()
            whole.problem = self.cluster.client().behind(names, running)
            return not whole.problem
        wait_until(f"{LocalCluster.named(nodes)} caught up", whole, 40, 0.3)

    # -- what befalls nodes, one at a time

    def replace(self):
        """One dies for good and another joins; the dead one is removed from the directory."""
        dead = self.chance.choice(self.cluster.live())
        dead.process.send(signal.SIGKILL)
        dead.process.kill()
        added = self.cluster.add_node()
        self.cluster.wait_serving([added])
        self.caught_up(added)
        wait_until(f"{dead.name} can be removed", lambda: self.turn() or self.operate("remove", dead.name), 30, 0.5)
        self.cluster.nodes.remove(dead)
        self.cluster.save()
        self.say(f"       {dead.name} died for good, {added.name} joined")

    def kill_and_restart(self):
        node = self.chance.choice(self.cluster.live())
        node.process.kill()
        self.cluster.launch(node)
        self.cluster.wait_serving([node])
        self.caught_up(node)
        self.say(f"       {node.name} was killed and started again")

    def drain(self):
        node = self.chance.choice(self.cluster.live())
        wait_until(f"{node.name} is drained", lambda: self.operate("drain", node.name, "--no-wait"), 20, 0.5)
        end = time.monotonic() + 4
        while time.monotonic() < end:
            self.turn()
            time.sleep(0.1)
        wait_until(f"{node.name} is back", lambda: self.operate("undrain", node.name), 20, 0.5)
        self.say(f"       {node.name} was drained for a while")

    def restart_well(self):
        node = self.chance.choice(self.cluster.live())
        restart(self.cluster, node, lambda text: self.say(f"       {text}"), groups=[DIRECTORY])

    def rolling(self):
        rolling_restart(self.cluster, lambda text: (self.say(f"       {text}"), self.turn()), groups=[DIRECTORY])


def run(directory, minutes, seed, record=None):
    """`cluster soak`: True if all is as it should be; else the directory stays. `record`: a file for all that the nodes say."""
    print(f"SEED={seed} MINUTES={minutes:g}", flush=True)
    cluster = LocalCluster(directory, tied=True, options=OPTIONS)
    recorder = Recorder.of_a_run(cluster, record)
    clean = False
    try:
        cluster.start(NODES)
        cluster.wait_joined()
        soak = Soak(cluster, seed, lambda text: print(text, flush=True))
        clean = soak.run(minutes * 60)
        for line in soak.report():
            print(line, flush=True)
        print(f"soak: {soak.account}, auctions {soak.account.sales}, restarts and losses {soak.mishaps}, "
              f"grew {len(soak.grown)}", flush=True)
    finally:
        if recorder is not None:
            clean = recorder.close(lambda text: print(text, flush=True)) and clean
        cluster.kill_all()
        if clean:
            cluster.remove()
        else:
            print(f"what the nodes printed is in {directory}", flush=True)
    return clean
