"""A disk that fails: the node says so, acks nothing more and leads no longer; the others go on."""

import resource
import signal

from harness import ClusterTest
from processes import wait_until


class Disk(ClusterTest):
    def fill(self, node):
        """From now on every write of the node to a file fails (EFBIG): it may write no byte beyond the first."""
        resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (1, 1))
        self.say(f"the disk of {node.name} is full")

    def alarms(self, node):
        """What it tells of itself; None while it does not answer."""
        rows = (self.client.try_ask("status") or {"nodes": []})["nodes"]
        return next((row["alarms"] for row in rows if row["node"] == node.name), None)

    def goes_on_without(self, node, auction, load):
        self.bids(load, 50)
        said = wait_until("an alarm", lambda: self.alarms(node), 10)
        self.say(f"{node.name} says: {'; '.join(said)}")
        self.assertNotEqual(self.leader(auction).name, node.name)
        self.assertTrue(node.alive() or node.process.exit_code() not in (None, -signal.SIGXFSZ))
        if node.alive():
            self.kill(node)
        self.restart(node)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)

    def test_auctioneer(self):
        """an auctioneer whose disk is full leads no longer, and is a member again when it was started on a disk with room"""
        auction = self.auction()
        load = self.load(auction)
        node = self.leader(auction)
        self.fill(node)
        self.goes_on_without(node, auction, load)

    def test_follower(self):
        """a follower whose disk is full acks nothing more, and nobody waits for it"""
        auction = self.auction()
        load = self.load(auction)
        node = self.followers(auction)[0]
        self.fill(node)
        self.goes_on_without(node, auction, load)
