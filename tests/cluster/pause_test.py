"""SIGSTOP, and SIGCONT later, when the others have gone on: what a stopped node still holds is old, and does no harm."""

from client import EXIT_NO_QUORUM
from harness import DIRECTORY, ClusterTest


class Pause(ClusterTest):
    def test_auctioneer(self):
        """a stopped auctioneer is replaced, and steps down when it goes on"""
        auction = self.auction()
        load = self.load(auction)
        stopped = self.leader(auction)
        self.pause(stopped)
        self.bids(load, 50)
        self.resume(stopped)
        self.bids(load, 30)
        self.assert_nothing_lost(auction, load)

    def test_follower(self):
        """a stopped follower stops nobody, and catches up when it goes on"""
        auction = self.auction()
        load = self.load(auction)
        stopped = self.followers(auction)[-1]
        self.pause(stopped)
        self.bids(load, 50)
        self.resume(stopped)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)

    def test_manager(self):
        """a stopped idle node manager is replaced, and the house can be used meanwhile"""
        auction = self.auction()
        load = self.load(auction)
        stopped = self.manager()
        self.pause(stopped)
        others = self.cluster.client([node for node in self.cluster.live() if node is not stopped])
        successor = others.wait_for_leader(DIRECTORY, other_than=[stopped.name])
        self.say(f"{successor} is the idle node manager now")
        added = others.add_item("a vase")
        self.resume(stopped)
        self.bids(load, 20)
        self.assertIn(added, {row["id"] for row in self.client.ask("items", "list")})
        self.assert_nothing_lost(auction, load)

    def test_gateway(self):
        """a gateway that is stopped in mid-bid and delivers the bid late doubles nothing"""
        auction = self.auction()
        gateway = self.outsiders(auction)[0]
        load = self.load(auction, client=self.cluster.client([gateway]))
        self.pause(gateway)
        self.bids(load, 30)
        self.resume(gateway)
        self.bids(load, 30)
        self.assert_nothing_lost(auction, load)

    def test_together(self):
        """auctioneer and manager are stopped together and go on together: one order comes of it"""
        auction = self.auction()
        load = self.load(auction)
        stopped = [self.leader(auction), self.manager()]
        self.pause(*stopped)
        self.bids(load, 30)
        self.resume(*stopped)
        self.bids(load, 30)
        self.assert_nothing_lost(auction, load)

    def test_everybody(self):
        """all nodes are stopped and go on: nothing is lost, and bidding goes on"""
        auction = self.auction()
        load = self.load(auction)
        self.pause(*self.cluster.nodes)
        code, _, message = self.client.run("--timeout", 1, "show", auction)  # a second: longer than the suspicion time
        self.say(f"meanwhile a question ends with exit code {code}: {message.strip()}")
        self.assertEqual(code, EXIT_NO_QUORUM)
        self.resume(*self.cluster.nodes)
        self.bids(load, 30)
        self.assert_nothing_lost(auction, load)

    def test_stop_then_kill(self):
        """the auctioneer is stopped, its successor killed, and the stopped one goes on"""
        auction = self.auction()
        load = self.load(auction)
        stopped = self.leader(auction)
        self.pause(stopped)
        self.bids(load, 10)
        successor = self.cluster.node(self.client.wait_for_leader(auction, other_than=[stopped.name]))
        self.kill(successor)
        self.resume(stopped)
        self.bids(load, 20)
        self.restart(successor)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)
