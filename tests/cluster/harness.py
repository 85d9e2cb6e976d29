"""A cluster of real processes for one test, bidders that put load on it, faults, and the comparison of what bidders were
told with what every replica holds. Tests wait by polling with a deadline, never by sleeping.
"""

import datetime
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools" / "cluster"))

from bidders import Bidders  # noqa: E402
from checks import compare  # noqa: E402
from client import DIRECTORY  # noqa: E402
from local_cluster import LocalCluster  # noqa: E402
from processes import wait_until  # noqa: E402
from recorder import Recorder  # noqa: E402

AUCTION_SECONDS = 300  # longer than any test
FAILOVER_LIMIT = 10    # seconds; the figures proper are `measure`'s business
# Where the logs and the recording of a test that failed are kept.
ARTIFACTS = pathlib.Path(os.environ.get("GAVEL_ARTIFACTS", ROOT / "build" / "artifacts"))
# What a sniffer does during each test: "record" the bus, "check" it as well (a broken invariant fails the test), or nothing: "off".
SNIFF = os.environ.get("GAVEL_SNIFF", "check")


class ClusterTest(unittest.TestCase):
    """Five nodes, founded anew for each test. What was done is printed as it is done; the nodes' logs, and a recording of all
    that they said to each other, stay after a failure."""

    # Tests of one lane run one after another, those of different lanes side by side. "timed" ones, the usual, say how long
    # something may take; "patient" ones are long, and only wait for what must come at last; "alone" ones need the machine.
    LANE = "timed"
    NODES = 5
    RECORDS = True  # False: where a sniffer does not reach the nodes, or would be in the way
    # No hand-over to a higher uid in the middle of a test, and no replacement of a dead member: who leads and who serves is
    # changed by the test's faults alone.
    OPTIONS = ("--hold-down", "60000", "--replace-after", "600")

    def setUp(self):
        print(flush=True)
        self.loads = []
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="gavel-cluster-"))
        self.addCleanup(self._clear_up)
        self.cluster = self.make_cluster()
        self.recorder = None
        if self.RECORDS and SNIFF != "off":
            self.recorder = Recorder.start(self.cluster, self.directory / "bus.gsniff", check=SNIFF == "check")
        self.cluster.start(self.NODES, options_of=self.options_of)
        self.cluster.wait_joined()
        self.say(f"{self.NODES} nodes have found each other")

    def make_cluster(self):
        return LocalCluster(self.directory, tied=True, options=self.OPTIONS)

    def options_of(self, number):
        # The founder has the lowest uid, so it becomes no member of the first auction, which takes the four highest.
        return ["--priority", number]

    def _clear_up(self):
        for load in self.loads:
            load.close()
        broken = self.recorder.end() if getattr(self, "recorder", None) else ""
        if hasattr(self, "cluster"):
            self.cluster.kill_all()
        failed = bool(broken) or self._has_failed()
        if failed and hasattr(self, "cluster"):
            self._keep_artifacts()
        if failed or os.environ.get("GAVEL_KEEP"):
            self.say(f"the nodes' data and logs stay in {self.directory}")
        else:
            shutil.rmtree(self.directory, ignore_errors=True)
        if broken:
            self.fail(broken)

    def _has_failed(self):
        # Not _outcome.success, which is of the present step: of a clean-up it is true until that one fails.
        result = self._outcome.result
        return any(getattr(test, "test_case", test) is self for test, _ in result.failures + result.errors)

    def _keep_artifacts(self):
        """What the nodes printed and the recording, without the nodes' data: little enough to be carried away."""
        kept = ARTIFACTS / self.id()
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        for file in self.directory.iterdir():
            if file.is_file():
                shutil.copy2(file, kept)
        for node in self.cluster.nodes:
            print(f"--- {node.name}, its last lines:\n{node.log_tail(15)}", flush=True)
        self.say(f"logs are kept in {kept}" + ("; its recording reads with" if self.recorder else ""))
        for command in self.recorder.how_to_look(kept / self.recorder.file.name) if self.recorder else []:
            print(f"    {command}", flush=True)

    def say(self, text):
        now = datetime.datetime.now(datetime.timezone.utc)  # as in the nodes' logs
        print(f"  {now:%H:%M:%S}.{now.microsecond // 1000:03}  {text}", flush=True)

    # -- the house

    @property
    def client(self):
        return self.cluster.client()

    def auction(self, title="a lamp"):
        """A new auction that runs on; its id."""
        item = self.client.add_item(title, "10.00", "0.50", "--seller", "the-seller")
        row = self.client.start_auction(item, AUCTION_SECONDS)
        leader = self.client.wait_for_leader(row["id"])
        self.say(f"{row['id']} runs, active auctioneer {leader}")
        return row["id"]

    def load(self, auction, count=3, client=None, seed=1, extra=()):
        """Bidders at work until the test is over. `extra`: options of theirs."""
        load = Bidders(client or self.client, auction, count, AUCTION_SECONDS, seed, extra=extra)
        self.loads.append(load)
        self.bids(load, 5)
        return load

    def bids(self, load, count, timeout=FAILOVER_LIMIT + 10):
        """Until so many more bids have been accepted."""
        before, start = load.accepted(), time.monotonic()

        def more():
            if load.ended():
                self.fail(f"the bidders gave up: {load.messages()}")
            more.problem = f"{load.accepted() - before} came"
            return load.accepted() >= before + count
        wait_until(f"{count} more bids are accepted", more, timeout)
        self.say(f"{load.accepted() - before} more bids accepted in {time.monotonic() - start:.2f} s")

    def leader(self, group):
        return self.cluster.node(self.client.wait_for_leader(group))

    def manager(self):
        return self.leader(DIRECTORY)

    def followers(self, auction):
        """Those that live."""
        leader, members = self.leader(auction), self.member_names(auction)
        return [node for node in self.cluster.live() if node.name in members and node is not leader]

    def outsiders(self, auction):
        """Nodes that serve the auction's clients only."""
        members = self.member_names(auction)
        return [node for node in self.cluster.live() if node.name not in members]

    # -- faults

    def kill(self, *nodes):
        for node in nodes:
            node.process.send(signal.SIGKILL)
        for node in nodes:
            node.process.kill()
        self.say(f"SIGKILL to {LocalCluster.named(nodes)}")

    def restart(self, *nodes):
        for node in nodes:
            self.cluster.launch(node)
        self.cluster.wait_serving(nodes)
        self.say(f"{LocalCluster.named(nodes)} started again")

    def pause(self, *nodes):
        for node in nodes:
            node.process.send(signal.SIGSTOP)
        for node in nodes:
            wait_until(f"{node.name} is stopped", node.process.stopped, 5)
        self.say(f"SIGSTOP to {LocalCluster.named(nodes)}")

    def resume(self, *nodes):
        for node in nodes:
            node.process.send(signal.SIGCONT)
        self.say(f"SIGCONT to {LocalCluster.named(nodes)}")

    # -- what must hold

    def assert_nothing_lost(self, auction, *loads, replicas=None, others=0, timeout=20):
        """Ends the load, and compares every acknowledgement with every replica on a node that lives (or the named ones).
        `others`: so many bids were made by the test itself."""
        for load in loads:
            load.end()
        names = set(replicas or [n.name for n in self.cluster.live() if n.name in self.member_names(auction)])
        found = self.client.settled_replicas(auction, names, timeout)
        self.assertEqual({replica["node"] for replica in found}, names, "every live member answers")
        answers = [answer for load in loads for answer in load.answers()]
        comparison = compare(answers, found, others + sum(load.open_at_most() for load in loads))
        self.say(f"{auction} on {', '.join(sorted(names))}: {comparison}")
        self.assertEqual(comparison.problems, [])
        self.assertTrue(comparison.clean)
        self.assertGreater(comparison.acknowledged, 0)
        return found

    def member_names(self, auction):
        """Of the auction, as the directory has them, dead or alive."""
        uids = next(row["members"] for row in self.client.auctions() if row["id"] == auction)
        return {node.name for node in self.cluster.nodes if node.uid in uids}
