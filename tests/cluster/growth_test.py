"""Nodes that join under load, and auctions side by side."""

from harness import DIRECTORY, ClusterTest
from processes import wait_until


class Growth(ClusterTest):
    def test_join(self):
        """a node that joins during load becomes a voter of the directory, serves clients, and disturbs nobody"""
        auction = self.auction()
        load = self.load(auction)
        added = self.cluster.add_node(self.options_of(9))
        self.cluster.wait_serving([added])
        self.cluster.wait_joined()
        self.say(f"{added.name} is a voter of the directory")
        self.bids(load, 20)
        shown = self.cluster.client([added]).ask("show", auction)
        self.assertEqual(shown["auction"], auction)
        second = self.auction("a vase")
        self.assertIn(added.name, self.member_names(second), "a node that serves nothing yet is taken first")
        load_of_second = self.load(second, client=self.cluster.client([added]))
        self.bids(load_of_second, 20)
        self.assert_nothing_lost(auction, load)
        self.assert_nothing_lost(second, load_of_second)

    def test_two_auctions(self):
        """two auctions at once stay apart, also when the auctioneer of one is killed"""
        first, second = self.auction("a lamp"), self.auction("a vase")
        load_of_first = self.load(first, seed=1)
        load_of_second = self.load(second, seed=2)
        dead = self.leader(first)
        self.kill(dead)
        self.bids(load_of_first, 30)
        self.bids(load_of_second, 30)
        self.restart(dead)
        of_first = self.assert_nothing_lost(first, load_of_first)
        of_second = self.assert_nothing_lost(second, load_of_second)
        self.assertNotEqual(of_first[0]["digest"], of_second[0]["digest"])

    def test_close_after_death(self):
        """an auction whose auctioneer dies shortly before its end is closed on time, and its result stays"""
        item = self.client.add_item("a lamp")
        auction = self.client.start_auction(item, 4)["id"]
        self.client.wait_for_leader(auction)
        load = self.load(auction)
        dead = self.leader(auction)
        self.kill(dead)
        result = wait_until("the auction is closed", lambda: self.client.result(auction), 15)
        self.say(f"{result['winner']} won for {result['price']} after {result['bids']} bids")
        load.wait(10)
        self.restart(dead)
        found = self.assert_nothing_lost(auction, load)
        self.assertEqual(len(found[0]["bids"]), result["bids"])
        self.assertEqual(found[0]["bids"][-1]["bidder"], result["winner"])

    def test_handover_on_term(self):
        """SIGTERM hands over, ends with exit code 0 within its bound, and loses nothing"""
        auction = self.auction()
        load = self.load(auction)
        leader = self.leader(auction)
        self.assertTrue(leader.process.end(patience=5), "it ends of SIGTERM within five seconds")
        self.assertEqual(leader.process.exit_code(), 0)
        self.say(f"{leader.name} ended with exit code 0")
        self.bids(load, 30)
        self.restart(leader)
        self.cluster.wait_joined()
        self.assert_nothing_lost(auction, load)
        self.assertIsNotNone(self.client.wait_for_leader(DIRECTORY))


class HandOver(ClusterTest):
    """With the hold-down time so short that hand-overs happen while one watches."""

    NODES = 3
    OPTIONS = ("--hold-down", "300")

    def test_higher_uid(self):
        """when a node with a higher uid joins, the manager's office is handed over to it, and bidding goes on"""
        self.client.wait_for_leader(DIRECTORY, other_than=["n1", "n2"])
        auction = self.auction()
        load = self.load(auction)
        added = self.cluster.add_node(["--priority", "60000"])
        self.cluster.wait_serving([added])
        successor = self.client.wait_for_leader(DIRECTORY, timeout=20, other_than=["n1", "n2", "n3"])
        self.say(f"{successor} is the idle node manager now")
        self.assertEqual(successor, added.name)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)
