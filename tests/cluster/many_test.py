"""Many auctions: one after another, and side by side."""

import time

from harness import ClusterTest
from processes import wait_until
from soak import bytes_under, status_field

MB = 1 << 20


class ManyAuctions(ClusterTest):
    OPTIONS = ("--hold-down", "60000", "--retain-closed", "3", "--slots", "64", "--log-level", "warn")

    def memory(self):
        """Of each node, in megabytes."""
        return [status_field(node.process.pid, "VmRSS") / 1024 for node in self.cluster.live()]

    def groups(self):
        """How many of them, the directory not counted, live anywhere."""
        return len({row["group"] for row in self.client.status()["groups"]} - {"directory"})

    def sell(self, item, milliseconds):
        self.client.ask("items", "add", "A thing", "--id", item, "--start", "10.00")
        self.client.ask("start", item, "--for", f"{milliseconds}ms")

    def ended(self):
        return {row["id"]: row for row in self.client.auctions() if row["state"] == "ended"}

    def archives(self, item):
        return [node.name for node in self.cluster.nodes if (node.data / "archive" / f"{item}.gavel").exists()]

    def assert_gone_and_archived(self, items):
        wait_until("the logs of closed auctions are gone", lambda: self.groups() == 0, 20, 0.3)
        for item in items:
            self.assertGreaterEqual(len(self.archives(item)), 3, f"{item} is archived by its members")


class AuctionsInSequence(ManyAuctions):
    LANE = "patient"

    def test_in_sequence(self):
        """200 auctions in sequence: each has a result and an archive, and no node grows with them"""
        start, memory = time.monotonic(), []
        for i in range(200):
            item = f"item-{i}"
            self.sell(item, 1000 if i % 20 == 0 else 120)
            if i % 20 == 0:
                code, _, message = self.client.run("--as", "ann", "bid", item, "12.00")
                self.assertEqual(code, 0, message)
            wait_until(f"{item} is closed", lambda item=item: self.client.result(item), 10, 0.02)
            if i in (100, 199):
                memory.append(max(self.memory()))
        self.say(f"200 auctions in {time.monotonic() - start:.1f} s; largest node after 100 and 200 of them: "
                 f"{memory[0]:.1f} and {memory[1]:.1f} MB")
        rows = wait_until("the directory has all results", lambda: len(self.ended()) == 200 and self.ended(), 10, 0.1)
        self.assertEqual(set(rows), {f"item-{i}" for i in range(200)})
        self.assertEqual([rows[f"item-{i}"]["winner"] for i in range(0, 200, 20)], ["ann"] * 10)
        self.assertLess(memory[1] - memory[0], 6, "megabytes for a hundred auctions")
        self.assert_gone_and_archived(rows)
        for node in self.cluster.nodes:
            self.assertLess(bytes_under(node.data / "log"), 100 * MB, node.name)


class AuctionsAtOnce(ManyAuctions):
    def test_at_once(self):
        """50 auctions at once on five nodes: all can be bid in, all are closed, and their nodes are free again"""
        items = [f"item-{i}" for i in range(50)]
        start = time.monotonic()
        for item in items:
            self.sell(item, 12000)
        self.say(f"50 auctions started within {time.monotonic() - start:.1f} s")
        loads = [self.load(item, count=1, seed=i) for i, item in enumerate(items[:2])]
        for item in items[2:]:
            code, _, message = self.client.run("--as", "ann", "bid", item, "12.00")
            self.assertEqual(code, 0, f"{item}: {message}")
        self.say(f"a bid in each after {time.monotonic() - start:.1f} s; largest node {max(self.memory()):.1f} MB")
        self.assertLess(max(self.memory()), 200)
        rows = wait_until("all are closed", lambda: len(self.ended()) == 50 and self.ended(), 40, 0.3)
        self.assertEqual({rows[item]["winner"] for item in items[2:]}, {"ann"})
        for load in loads:
            load.wait(10)
        used = [node["used"] for node in self.client.ask("status")["nodes"]]
        self.assertEqual(used, [0] * 5)
        for item, load in zip(items, loads):
            self.assertEqual(rows[item]["bids"], len([a for a in load.answers() if a["verdict"] == "accepted"]))
        self.assert_gone_and_archived(items)
