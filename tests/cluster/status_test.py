"""What an operator sees: status, health and ring while nodes die, gateways die and groups lose their leaders."""

import json
import signal
import subprocess
import threading

from harness import DIRECTORY, ClusterTest
from processes import plain_environment, wait_until


class Followed:
    """`gavel status --follow -o json` at work, and its last picture."""

    def __init__(self, client, *options):
        self.process = subprocess.Popen(client.command("-o", "json", "status", "--follow", "--interval", "200ms", *options),
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, stdin=subprocess.DEVNULL,
                                        env=plain_environment())
        self.pictures = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.pictures.append(json.loads(line))

    def wait_for(self, what, condition, timeout=15):
        start = len(self.pictures)
        return wait_until(what, lambda: next((p for p in self.pictures[start:] if condition(p)), None), timeout)

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(10)
        finally:
            self.process.kill()
            self.reader.join()
            self.process.stdout.close()


class Status(ClusterTest):
    def health(self, *options):
        """(exit code, what `gavel health -o json` prints)"""
        code, output, _ = self.client.run("-o", "json", "--timeout", "1", "health", *options, timeout=60)
        return code, json.loads(output)

    def test_health(self):
        """health is 0 for a cluster that lacks nothing, 1 while a follower is dead, 5 without a majority, and waits until all is well"""
        auction = self.auction()
        code, told = self.health("--wait", "15s")
        self.assertEqual((code, told["health"], told["findings"]), (0, "healthy", []))
        dead = self.followers(auction)[:2]
        self.kill(dead[0])
        wait_until("that one is found, and nothing else", lambda: (h := self.health())[0] == 1 and
                   {f["node"] for f in h[1]["findings"]} == {dead[0].name}, 15)
        self.kill(dead[1])
        _, told = wait_until("the majority is missed", lambda: (h := self.health())[0] == 5 and h, 15)
        self.assertIn(auction, {f["group"] for f in told["findings"] if f["health"] == "broken"})
        for node in dead:
            self.cluster.launch(node)
        code, told = self.health("--wait", "30s")
        self.assertEqual((code, told["findings"]), (0, []))

    def test_follow(self):
        """status --follow goes on through the death of its gateway and of a leader, and shows who leads then"""
        auction = self.auction()
        leader = self.leader(auction)
        gateway = self.outsiders(auction)[0]  # and manages: both groups change their leaders
        followed = Followed(self.cluster.client([gateway]))
        self.addCleanup(followed.end)

        def led(picture, title):
            return next((r["leader"] for r in picture.get("rings", []) if r["group"] == title), None)
        first = followed.wait_for("all is well", lambda p: p["summary"]["health"] == "healthy")
        self.assertEqual((led(first, auction), first["summary"]["nodes_up"]), (leader.name, self.NODES))
        self.kill(gateway, leader)
        others = {node.name for node in self.cluster.live()}
        then = followed.wait_for("others lead", lambda p: led(p, auction) in others and led(p, DIRECTORY) in others)
        self.assertEqual(then["summary"]["nodes_up"], self.NODES - 2)
        self.assertIn(leader.name, next(r["suspects"] for r in then["rings"] if r["group"] == auction))
        self.restart(leader, gateway)
        followed.wait_for("all is well again", lambda p: p["summary"]["health"] == "healthy", 20)
        self.assertEqual(followed.end(), 130)

    def test_lag_and_ring(self):
        """status tells how far a stopped follower is behind, ring marks it, and the way of the next token leads past it"""
        auction = self.auction()
        load = self.load(auction)
        follower = self.followers(auction)[0]
        self.pause(follower)
        self.bids(load, 200)

        def member():
            rows = {row["node"]: row for row in self.client.status()["groups"] if row["group"] == auction}
            return rows

        def suspected():
            row = self.client.ask("--timeout", "0.5", "ring", auction)[0]
            return row if follower.name in row["suspects"] else None
        ring = wait_until("it is suspected", suspected, 10)
        self.assertEqual((len(ring["ring"]), ring["heard"], ring["majority"]), (4, 3, 3))
        self.assertNotIn(follower.name, member())  # it says nothing
        self.resume(follower)
        rows = wait_until("it has caught up", lambda: (m := member()).get(follower.name, {"lag": None})["lag"] in range(50) and m, 15)
        self.assertLess(rows[follower.name]["durable_lag"], 1000)

        former = self.leader(auction)
        self.kill(former)
        leader = self.client.wait_for_leader(auction, other_than=[former.name])
        ring = self.client.ask("--timeout", "0.5", "ring", auction)[0]
        self.assertEqual((ring["leader"], ring["way"][0]), (leader, leader))
        self.assertEqual(set(ring["way"]), set(ring["ring"]) - {former.name})
        self.assert_nothing_lost(auction, load)
