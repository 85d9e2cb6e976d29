"""SIGKILL, to each role in turn and to several at once, while bidders bid."""

import time

from client import EXIT_NO_QUORUM, EXIT_UNKNOWN
from harness import DIRECTORY, ClusterTest
from processes import wait_until


class Death(ClusterTest):
    def test_auctioneer(self):
        """killing the active auctioneer under load loses and doubles nothing, and it comes back as a follower"""
        auction = self.auction()
        load = self.load(auction)
        dead = self.leader(auction)
        self.kill(dead)
        self.bids(load, 50)
        self.assertNotEqual(self.leader(auction).name, dead.name)
        self.restart(dead)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)

    def test_follower(self):
        """killing a follower under load stops nobody, and it catches up when it is back"""
        auction = self.auction()
        load = self.load(auction)
        dead = self.followers(auction)[0]
        self.kill(dead)
        self.bids(load, 50)
        self.restart(dead)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)

    def test_manager(self):
        """killing the idle node manager forgets no item, and the auction goes on meanwhile"""
        auction = self.auction()
        kept = self.client.add_item("a vase that must not be forgotten")
        load = self.load(auction)
        dead = self.manager()
        self.kill(dead)
        self.bids(load, 30)
        successor = self.client.wait_for_leader(DIRECTORY, other_than=[dead.name])
        self.say(f"{successor} is the idle node manager now")
        items = {row["id"]: row for row in self.client.ask("items", "list")}
        self.assertIn(kept, items)
        self.client.start_auction(kept, 60)
        self.restart(dead)
        self.assert_nothing_lost(auction, load)

    def test_gateway(self):
        """a client whose gateway dies in mid-bid goes on through another, and each of its bids counts once"""
        auction = self.auction()
        gateway = self.outsiders(auction)[0]
        others = [node for node in self.cluster.live() if node is not gateway]
        # Bidders who come at one moment need not reach every gateway: each asks one at random and may be sent to another with
        # fewer clients, by counts as old as the last beats. Some come after the others, until this one serves some of them.
        loads = []
        while gateway.name not in {answer["gateway"] for load in loads[-1:] for answer in load.answers()}:
            self.assertLess(len(loads), 6, f"no bidder is served by {gateway.name}")
            loads.append(self.load(auction, count=5, seed=len(loads) + 1))
            self.bids(loads[-1], 20)
        load = loads[-1]
        self.kill(gateway)
        dead = time.monotonic()
        self.bids(load, 50)
        moved = {answer["gateway"] for answer in load.answers() if answer["sent"] > dead}
        self.say(f"the bidders went on through {', '.join(sorted(moved))}")
        self.assertTrue(moved)
        self.assertLessEqual(moved, {node.name for node in others})
        self.assert_nothing_lost(auction, *loads)

    def test_all_roles_at_once(self):
        """the auctioneer, the manager and with it the bidders' gateway die together, and bidding goes on"""
        auction = self.auction()
        auctioneer, manager = self.leader(auction), self.manager()
        self.assertNotEqual(auctioneer.name, manager.name)
        load = self.load(auction, client=self.cluster.client([manager]))
        self.kill(auctioneer, manager)
        self.bids(load, 50)
        self.restart(auctioneer, manager)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)

    def test_majority(self):
        """with two of four members dead nothing is accepted, and with them back everything goes on"""
        auction = self.auction()
        load = self.load(auction)
        dead = [self.leader(auction), self.followers(auction)[0]]
        self.kill(*dead)
        no_majority = time.monotonic()
        code, _, message = self.client.run("--timeout", 1, "bid", auction, "12.34")
        self.say(f"a bid ends with exit code {code}: {message.strip()}")
        self.assertIn(code, (EXIT_NO_QUORUM, EXIT_UNKNOWN))
        until = time.monotonic()
        self.restart(*dead)
        wait_until("an election", lambda: self.client.leader(auction), 15)
        self.assertEqual([a for a in load.answers() if a["verdict"] == "accepted" and a["sent"] > no_majority
                          and a["acked"] < until], [])
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load, others=1)

    def test_one_after_another(self):
        """every auctioneer in turn is killed and comes back, and the order stays one"""
        auction = self.auction()
        load = self.load(auction)
        for _ in range(4):
            dead = self.leader(auction)
            self.kill(dead)
            self.bids(load, 15)
            self.restart(dead)
            self.bids(load, 15)
        self.assert_nothing_lost(auction, load)

    def test_everybody(self):
        """all nodes are killed at one moment and started again: every acknowledged bid is there, and bidding goes on"""
        auction = self.auction()
        load = self.load(auction)
        self.bids(load, 50)
        self.kill(*self.cluster.nodes)
        self.restart(*self.cluster.nodes)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)
