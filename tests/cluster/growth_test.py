"""Nodes that join under load, and auctions side by side."""

import json
import subprocess

from harness import DIRECTORY, ClusterTest
from processes import plain_environment, wait_until


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

    def test_watchers(self):
        """watchers hear of each accepted bid once and in order, and of the close, although auctioneer and gateways die"""
        item = self.client.add_item("a lamp")
        auction = self.client.start_auction(item, 6)["id"]
        auctioneer = self.cluster.node(self.client.wait_for_leader(auction))
        gateway = self.outsiders(auction)[0]
        command = ["-o", "jsonl", "watch", auction, "-f"]
        watchers = [subprocess.Popen(self.cluster.client([node]).command(*command), stdout=subprocess.PIPE, text=True,
                                     env=plain_environment()) for node in (gateway, auctioneer, self.followers(auction)[0])]
        for watcher in watchers:
            self.addCleanup(watcher.stdout.close)
            self.addCleanup(watcher.kill)
        load = self.load(auction)
        self.kill(gateway)
        self.bids(load, 30)
        self.kill(auctioneer)
        self.bids(load, 30)
        load.wait(20)
        result = wait_until("the auction is closed", lambda: self.client.result(auction), 15)
        held = self.assert_nothing_lost(auction, load)[0]["bids"]
        for watcher in watchers:
            events = [json.loads(line) for line in watcher.communicate(timeout=20)[0].splitlines()]
            heard = [(e["session"], e["number"]) for e in events if e["event"] == "bid"]
            self.say(f"a watcher heard of {len(heard)} of {len(held)} bids, and last of: {events[-1]['event']}")
            self.assertEqual(heard, [(bid["session"], bid["number"]) for bid in held])
            self.assertEqual((events[-1]["event"], events[-1]["winner"]), ("closed", result["winner"]))

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
