"""The fault tools as a person uses them: partition, heal, slow, drop; and what they say to whoever uses them wrongly."""

import re
import subprocess

from harness import ROOT, ClusterTest
from local_cluster import LocalCluster

TOOL = ROOT / "tools" / "cluster" / "cluster"


class FaultTools(ClusterTest):
    # Nobody is replaced while nodes do not hear each other.
    OPTIONS = ("--hold-down", "60000", "--replace-after", "600")

    def tool(self, *arguments, code=0):
        done = subprocess.run([TOOL, "--dir", self.directory, *map(str, arguments)], capture_output=True, text=True, timeout=90,
                              check=False)
        said = (done.stdout + done.stderr).strip()
        self.say(f"cluster {' '.join(map(str, arguments))}: {said}")
        self.assertEqual(done.returncode, code, said)
        return said

    def test_partition(self):
        """a partition lets the larger side go on alone, and after heal nothing is lost"""
        auction = self.auction()
        leader, follower = self.leader(auction), self.followers(auction)[0]
        minority = [leader, self.cluster.node("n1")] if follower.name != "n1" else [leader, follower]
        rest = [node for node in self.cluster.nodes if node not in minority]
        load = self.load(auction)
        self.tool("partition", *(f"{side}={','.join(str(node.number) for node in nodes)}"
                                 for side, nodes in (("A", minority), ("B", rest))))
        others = self.cluster.client(rest)
        successor = others.wait_for_leader(auction, other_than=[node.name for node in minority])
        self.assertIn(successor, [node.name for node in rest])
        beyond = self.load(auction, client=others, seed=2)
        self.bids(beyond, 30)
        self.assertIn(leader.name, self.tool("heal"))
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load, beyond)

    def test_one_way(self):
        """a link that is cut one way disturbs nobody, or ends in another leader: nothing is lost"""
        auction = self.auction()
        load = self.load(auction)
        leader = self.leader(auction)
        rest = [str(node.number) for node in self.cluster.nodes if node is not leader]
        self.tool("partition", f"A={leader.number}", f"B={','.join(rest)}", "--one-way")
        self.bids(load, 30)
        self.tool("heal")
        self.bids(load, 10)
        self.assert_nothing_lost(auction, load)

    def test_slow_and_lossy(self):
        """one slow node and one that loses a third of its messages: bidding goes on, and nothing is lost"""
        auction = self.auction()
        load = self.load(auction)
        slow, lossy = self.followers(auction)[:2]
        self.tool("slow", slow.name, "--ms", 50)
        self.tool("drop", lossy.name, 33)
        self.bids(load, 50, timeout=30)
        self.assertRegex(self.tool("heal"), f"{slow.name}.*healed")
        self.bids(load, 10)
        self.assert_nothing_lost(auction, load)

    def test_wrong_use(self):
        """wrong numbers, overlapping sides and nodes that do not run get a message that says what is wrong"""
        for arguments, code, words in ((["partition", "A=1,2", "B=2,3"], 1, "both sides"),
                                       (["partition", "A=1", "B=9"], 1, "no node 9"),
                                       (["partition", "A=1", "A=2"], 1, "two sides"),
                                       (["partition", "A=1", "B=x"], 2, "no side"),
                                       (["partition", "A=1"], 2, "SIDE"),
                                       (["slow", "9"], 1, "no node 9"),
                                       (["drop", "2", "101"], 2, "0 to 100"),
                                       (["heal"], 0, "no faults")):
            self.assertIn(words, self.tool(*arguments, code=code))
        self.kill(self.cluster.node("n2"))
        self.assertIn("does not run", self.tool("slow", "2", code=1))
        self.cluster.kill_all()
        self.cluster.stop()
        self.assertIn("no cluster runs", self.tool("heal", code=1))

    def test_rolling_restart(self):
        """a rolling restart of the whole cluster under load, the manager last: no bid is refused, none lost"""
        auction = self.auction()
        load = self.load(auction)
        manager = self.manager().name
        lines = self.tool("rolling-restart").splitlines()
        self.assertEqual(sorted(re.match(r"n\d", line)[0] for line in lines), [node.name for node in self.cluster.nodes])
        self.assertRegex(lines[-1], r"^n\d \(the idle node manager\)")
        self.say(f"the manager was {manager} at first, and is {self.manager().name} now")
        self.bids(load, 20)
        self.assertEqual([answer for answer in load.answers() if not answer["acknowledged"]], [], "a bid was refused")
        # The nodes are another process's children now.
        self.cluster.nodes = LocalCluster.load(self.directory).nodes
        for node in self.cluster.nodes:
            node.cluster = self.cluster
        self.assert_nothing_lost(auction, load)
