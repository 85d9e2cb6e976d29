"""A slow member slows nobody. What the throughput is exactly is `measure`'s business; here the bound is wide, because other
programs run on the machine as well.
"""

import statistics
import time

import faults
from bidders import Bidders
from harness import AUCTION_SECONDS, ClusterTest
from measures import answers_per_second
from processes import wait_until

LEAST = 0.6  # of the throughput with all members; measured on a quiet machine it is above 0.8


class Slow(ClusterTest):
    LANE = "alone"

    def bidders(self, auction, victim, count=16):
        """At work through other nodes than the slow one, without a rest."""
        load = Bidders(self.cluster.client([node for node in self.cluster.live() if node is not victim]), auction, count,
                       AUCTION_SECONDS, extra=["--pause", "0ms"])
        self.loads.append(load)
        self.bids(load, 20)
        return load

    def compare(self, load, begin, end):
        """Throughput in turns without and with the fault; what is left of it."""
        rates = {False: [], True: []}
        for _ in range(2):
            for slow in (False, True):
                (begin if slow else end)()
                rates[slow].append(answers_per_second(load, 1.5))
        end()
        all_well, one_slow = (statistics.median(rates[slow]) for slow in (False, True))
        self.say(f"{all_well:.0f} answers a second with all members, {one_slow:.0f} with a slow one: "
                 f"{100 * one_slow / all_well:.0f} %")
        return one_slow / all_well

    def test_stopped(self):
        """a follower that is stopped slows nobody, and catches up from a snapshot when the log it needs is gone"""
        auction = self.auction()
        slow = self.followers(auction)[0]
        load = self.bidders(auction, slow)
        left = self.compare(load, lambda: self.pause(slow), lambda: self.resume(slow))
        self.assertGreater(left, LEAST)
        self.caught_up(slow, auction)
        last = self.client.members(auction)[slow.name]["last"]
        self.pause(slow)
        leader = self.leader(auction)

        def cut():
            first = self.client.members(auction).get(leader.name, {}).get("first", 0)
            cut.problem = f"the log begins at {first}, the stopped one ends at {last}"
            return first > last + 1
        wait_until("the log that the stopped one needs is gone", cut, 60, 0.3)
        start = time.monotonic()
        self.resume(slow)
        self.caught_up(slow, auction)
        self.say(f"{slow.name} caught up within {time.monotonic() - start:.1f} s")
        self.assertIn("snapshot_installed", slow.log.read_text())
        self.assert_nothing_lost(auction, load)

    def test_slow_disk(self):
        """a follower whose disk takes 100 ms longer for each sync slows nobody"""
        auction = self.auction()
        slow = self.followers(auction)[0]
        load = self.bidders(auction, slow)
        left = self.compare(load, lambda: faults.inject(slow, sync_delay=100), lambda: faults.inject(slow, sync_delay=0))
        self.assertGreater(left, LEAST)
        self.caught_up(slow, auction)
        self.assert_nothing_lost(auction, load)

    def caught_up(self, node, auction):
        def done():
            done.problem = self.client.behind([node.name], [auction])
            return not done.problem
        wait_until(f"{node.name} is caught up", done, 20, 0.05)
