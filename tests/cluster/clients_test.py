"""Clients that stay: spread over the gateways, turned away when all are full, and moved on when their gateway dies."""

import json
import re
import subprocess
import time

from client import EXIT_NO_QUORUM
from harness import ClusterTest
from processes import plain_environment, wait_until


class StayingClients(ClusterTest):
    RECORDS = False  # a sniffer is a client too, and these tests count them

    def watcher(self, *what, name="watcher", nodes=None):
        """`gavel watch -f`, told of these nodes only. What it prints goes to files: a pipe that nobody reads would stop it."""
        path = self.directory / f"watcher-{len(self.watchers)}"
        with open(path, "w") as output, open(f"{path}.messages", "w") as messages:
            process = subprocess.Popen(
                self.cluster.client(nodes).command("-v", "--as", name, "-o", "jsonl", "watch", *what, "-f"), stdout=output,
                stderr=messages, env=plain_environment())
        process.path = path
        self.watchers.append(process)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def setUp(self):
        self.watchers = []
        super().setUp()

    @staticmethod
    def events(watcher):
        return [json.loads(line) for line in watcher.path.read_text().splitlines()]

    @staticmethod
    def messages(watcher):
        return watcher.path.with_name(watcher.path.name + ".messages").read_text()

    def seats(self, name="watcher"):
        """{node: how many clients of that name it serves}"""
        rows = self.client.try_ask("clients") or []
        served = {node.name: 0 for node in self.cluster.live()}
        for row in rows:
            if row["name"] == name:
                served[row["node"]] = served.get(row["node"], 0) + 1
        return served

    def gateway(self, name):
        found = wait_until(f"{name} has a gateway", lambda: [n for n, count in self.seats(name).items() if count], 10, 0.05)
        return self.cluster.node(found[0])


class Spread(StayingClients):
    NODES = 3

    def test_spread(self):
        """clients that all come to one gateway are spread over all of them, and spread again when a node is gone"""
        first = self.cluster.nodes[0]
        for _ in range(9):
            self.watcher(nodes=[first])
            time.sleep(0.1)  # a person a moment: the gateways tell each other with their beats how many they have

        def spread(most, total=9):
            def even():
                seats = self.seats()
                even.problem = str(seats)
                return sum(seats.values()) == total and max(seats.values()) <= most and seats
            return even
        self.say(f"nine clients: {wait_until('they are spread', spread(4), 10, 0.1)}")
        dead = self.cluster.nodes[1]
        self.kill(dead)
        self.say(f"without {dead.name}: {wait_until('they have moved on', spread(6), 15, 0.1)}")


class Full(StayingClients):
    NODES = 2
    OPTIONS = ("--hold-down", "60000", "--max-clients", "3")

    def test_all_full(self):
        """when every gateway is full a client is told so, and gets in when there is room again"""
        # Whoever asks the nodes is a client as well, so what the watchers themselves say has to do.
        for i in range(6):
            watcher = self.watcher()
            wait_until(f"{i + 1} are in", lambda: "welcomed" in self.messages(watcher), 10, 0.05)
        gateways = [re.findall(r"welcomed: (\w+)", self.messages(watcher))[-1] for watcher in self.watchers]
        self.say(f"served by {' '.join(sorted(gateways))}")
        self.assertEqual(sorted(gateways), ["n1"] * 3 + ["n2"] * 3)
        start = time.monotonic()
        code, _, message = self.client.run("--timeout", 2, "watch", "lot-1", "-f")
        self.say(f"one more: exit code {code} after {time.monotonic() - start:.1f} s: {message.strip()}")
        self.assertEqual(code, EXIT_NO_QUORUM)
        self.assertIn("all nodes full", message)
        self.watchers[0].terminate()
        self.watchers[0].wait()
        late = self.watcher(name="late")
        wait_until("the next one is in", lambda: "welcomed" in self.messages(late), 10, 0.05)


class Watching(StayingClients):
    ROUNDS = 5

    def test_gateway_killed_again_and_again(self):
        """a watcher whose gateway is killed five times hears of every bid once and in order, and of the close"""
        item = self.client.add_item("a lamp")
        auction = self.client.start_auction(item, 13)["id"]
        self.client.wait_for_leader(auction)
        watcher = self.watcher(auction)
        load = self.load(auction)
        for _ in range(self.ROUNDS):
            gateway = self.gateway("watcher")
            self.kill(gateway)
            self.bids(load, 20)
            self.assertNotEqual(self.gateway("watcher").name, gateway.name)
            self.restart(gateway)
            self.bids(load, 10)
        load.wait(30)
        held = self.assert_nothing_lost(auction, load)[0]["bids"]
        self.assertEqual(watcher.wait(timeout=20), 0, self.messages(watcher))
        events = self.events(watcher)
        heard = [(e["session"], e["number"]) for e in events if e["event"] == "bid"]
        self.say(f"the watcher heard of {len(heard)} of {len(held)} bids, and last of: {events[-1]['event']}")
        self.assertEqual(heard, [(bid["session"], bid["number"]) for bid in held])
        history = self.client.ask("history", auction)
        self.assertEqual(heard, [(bid["session"], bid["number"]) for bid in history])
        self.assertEqual(events[-1]["event"], "closed")
