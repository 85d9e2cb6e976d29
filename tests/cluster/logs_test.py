"""What real nodes log: JSON lines and text with node, group and term, and a level that changes while they run."""

import json
import re

from harness import ClusterTest
from processes import wait_until

TEXT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z (trace|debug|info|warning|error) (n\d)"
                  r"( group (\d+)( \((\S+)\))?( term (\d+)\.([0-9a-f]+))?)?: \S")


class Logs(ClusterTest):
    NODES = 3

    def options_of(self, number):
        return [*super().options_of(number), "--log-format", "text" if number == 3 else "json"]

    def lines(self, node):
        return node.log.read_text().splitlines()

    def records(self, node):
        return [json.loads(line) for line in self.lines(node)]

    def level(self, node, level):
        code, _, errors = self.client.run("log-level", node.name, level)
        self.assertEqual(code, 0, errors)

    def test_lines(self):
        """every line, as JSON and as text, names its node, and those about a group name the group and the term"""
        auction = self.auction()
        self.load(auction)
        self.kill(self.leader(auction))
        wait_until("there is another leader", lambda: self.client.leader(auction), 10)
        for node in self.cluster.nodes:
            seen = set()
            for line in self.lines(node):
                if node.name == "n3":
                    match = TEXT.match(line)
                    self.assertIsNotNone(match, line)
                    name, group, group_name, term = match[2], match[4], match[6], match[8]
                else:
                    record = json.loads(line)
                    self.assertLessEqual({"time", "level", "node", "text"}, set(record), line)
                    name, group, group_name = record["node"], record.get("group"), record.get("group_name")
                    term = record.get("term", {}).get("round")
                    if "kind" in record:
                        self.assertLessEqual({"group", "term"}, set(record), line)
                self.assertEqual(name, node.name)
                if group:
                    seen.add((group_name, term is not None))
            self.assertLessEqual({("directory", True), (auction, True)}, seen, node.name)

    def test_level(self):
        """the level changes while a node runs: at trace it tells of every slot, at warn it falls silent, at info as before"""
        node = self.cluster.node("n2")
        load = self.load(self.auction())
        kinds = lambda: [record.get("kind") for record in self.records(node)]  # noqa: E731
        self.assertNotIn("committed", kinds())
        self.level(node, "trace")
        self.bids(load, 10)
        wait_until("n2 tells of slots", lambda: "committed" in kinds(), 5)
        self.level(node, "warn")
        silent = len(kinds())
        self.bids(load, 10)
        self.assertEqual(len(kinds()), silent)
        self.assertNotIn("committed", self.lines(self.cluster.node("n3")))
        self.level(node, "info")
        self.bids(load, 10)
        self.assertNotIn("committed", kinds()[silent:])
        self.kill(self.cluster.node("n1"), self.cluster.node("n3"))
        wait_until("n2 logs again", lambda: len(kinds()) > silent, 5)
