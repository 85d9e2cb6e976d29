"""A damaged data directory (PROTOCOL.md §8): bytes flipped and files cut short in every file that a node owns, at rest and
while it runs. The node says so and comes back as a new one, or what was hit did not matter; the cluster goes on, and nothing
acknowledged is lost.
"""

import random

from client import DIRECTORY
from harness import ClusterTest
from processes import Failure, wait_until


def flip(path, chance):
    """A few bytes of the file, with one near its start and one where it is in use."""
    data = bytearray(path.read_bytes())
    used = len(data.rstrip(b"\0")) or len(data)
    for at in {0, chance.randrange(used), chance.randrange(used), used - 1}:
        data[at] ^= 1 << chance.randrange(8)
    with open(path, "r+b") as file:  # in place: the node may have it open
        file.write(data)


def cut(path, chance):
    """Short by a part of what is in use."""
    used = len(path.read_bytes().rstrip(b"\0")) or path.stat().st_size
    with open(path, "r+b") as file:
        file.truncate(chance.randrange(used))


class Damage(ClusterTest):
    LANE = "patient"
    OPTIONS = ("--hold-down", "60000", "--replace-after", "600", "--retain-closed", "1", "--log-level", "warn")

    def files(self, node):
        return sorted(path for path in node.data.rglob("*") if path.is_file() and path.stat().st_size > 0
                      and ".damaged" not in str(path))

    def spoil(self, node, path, how, chance):
        how(path, chance)
        self.say(f"{node.name}: {path.relative_to(node.data)} {'cut short' if how is cut else 'bytes flipped'}")

    def come_back(self, node, former):
        """As it was, or as another node: that it may choose by itself, or leave to the operator. Tells how it went. `former`:
        its uid before."""
        self.cluster.launch(node, ["--if-damaged", "stop"])
        try:
            self.cluster.wait_serving([node])
            self.assertEqual(node.uid, former)
            words = "goes on"
        except Failure:
            self.assertEqual(node.process.exit_code(), 1, node.log_tail())
            self.assertIn(str(node.data), node.log_tail(3), "it names the file")
            self.cluster.launch(node)
            self.cluster.wait_serving([node])
            self.assertNotEqual(node.uid, former, "a node that may have forgotten draws a new uid")
            words = "rejoins as another node"
        self.say(f"{node.name} {words}")
        return words

    def is_member(self, node):
        def member():
            row = self.client.members(DIRECTORY).get(node.name)
            return row and row["role"] == "follower" and row["leader"] != "none"
        wait_until(f"{node.name} is a voter of the directory", member, 20, 0.1)

    def play(self, node, auction, load, how, running):
        """Once for every file that the node has: those of its first life, by name."""
        chance = random.Random(how.__name__)
        names = [path.relative_to(node.data) for path in self.files(node)]
        outcomes = []
        for name in names:
            path = node.data / name
            if not path.exists() or path.stat().st_size == 0:
                continue
            former = node.uid
            if not running:
                self.kill(node)
            self.spoil(node, path, how, chance)
            if running:
                self.bids(load, 10)
                if node.alive():
                    self.kill(node)
            outcomes.append(self.come_back(node, former))
            self.is_member(node)
            self.bids(load, 5)
        self.assert_nothing_lost(auction, load)
        return outcomes

    def prepare(self):
        ended = self.client.start_auction(self.client.add_item("a vase"), 1)["id"]
        auction = self.auction()
        load = self.load(auction, count=2)
        self.bids(load, 100)
        node = next(node for node in self.followers(auction) if node.name in self.member_names(ended))
        wait_until("an auction is archived", (node.data / "archive" / f"{ended}.gavel").exists, 20, 0.05)
        return auction, load, node

    def test_flipped_at_rest(self):
        """bytes flipped in any file of a node that is down lose nothing, and it comes back, if need be under a new uid"""
        auction, load, node = self.prepare()
        outcomes = self.play(node, auction, load, flip, running=False)
        self.assertNotEqual(set(outcomes), {"goes on"}, "a damaged log is noticed")

    def test_cut_at_rest(self):
        """any file of a node that is down cut short loses nothing, and it comes back, if need be under a new uid"""
        auction, load, node = self.prepare()
        outcomes = self.play(node, auction, load, cut, running=False)
        self.assertNotEqual(set(outcomes), {"goes on"}, "a damaged log is noticed")

    def test_flipped_while_running(self):
        """bytes flipped in any file under a running node lose nothing, now or when it starts again"""
        auction, load, node = self.prepare()
        self.play(node, auction, load, flip, running=True)

    def test_cut_while_running(self):
        """any file cut short under a running node loses nothing, now or when it starts again"""
        auction, load, node = self.prepare()
        self.play(node, auction, load, cut, running=True)
