"""A thousand clients that stay, over five nodes: spread evenly wherever they come to, moved when a node is drained, and told
when there is no room.
"""

import random

from harness import ClusterTest
from processes import wait_until
from viewers import Viewers

VIEWERS = 1000
EVEN = 0.10  # how far a node may be from its share


class Balancing(ClusterTest):
    RECORDS = False  # a sniffer is a client too, and these tests count them
    OPTIONS = (*ClusterTest.OPTIONS, "--max-clients", "260")

    def setUp(self):
        super().setUp()
        self.viewers = Viewers(self.cluster.name)
        self.addCleanup(self.viewers.close)

    def spread_over(self, nodes):
        names = {node.name for node in nodes}
        share = VIEWERS / len(names)

        def even():
            seats = self.viewers.seats()
            even.problem = str(seats)
            return (set(seats) == names and max(seats.values()) <= share * (1 + EVEN)
                    and min(seats.values()) >= share * (1 - EVEN) and seats)
        return wait_until(f"{VIEWERS} clients are spread over {len(names)} nodes within {EVEN:.0%}", even, 30, 0.1)

    def come(self, choose):
        for _ in range(VIEWERS):
            self.viewers.come(choose().address())

    def test_anywhere(self):
        """a thousand clients that come to any node are within 10 % of even over five, again when one is drained, and when it is back"""
        self.come(lambda: random.choice(self.cluster.nodes))
        self.say(f"spread: {self.spread_over(self.cluster.nodes)}")
        drained = self.cluster.nodes[1]
        self.client.ask("drain", drained.name)
        rest = [node for node in self.cluster.nodes if node is not drained]
        self.say(f"without {drained.name}: {self.spread_over(rest)}")
        self.client.ask("undrain", drained.name)
        self.say(f"with {drained.name} again: {self.spread_over(self.cluster.nodes)}")

    def test_one_door(self):
        """a thousand clients that all come to one node are within 10 % of even over five, and the first too many is told"""
        door = self.cluster.nodes[0]
        self.come(lambda: door)
        self.say(f"spread: {self.spread_over(self.cluster.nodes)}")
        for _ in range(5 * 260 - VIEWERS):
            self.viewers.come(door.address())

        def all_in():
            all_in.problem = str(self.viewers.seats())
            return None not in self.viewers.seats()
        wait_until("every place is taken", all_in, 30, 0.1)
        late = self.viewers.come(door.address())
        wait_until("the first too many is told", lambda: late.refused, 10, 0.05)
        self.assertIn("all nodes full", late.refused)
