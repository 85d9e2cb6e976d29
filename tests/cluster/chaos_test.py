"""Faults drawn at random, one after another, on two auctions at once. GAVEL_CHAOS_SEED chooses another run (it is printed),
GAVEL_CHAOS_STEPS a longer one.
"""

import os
import random

from harness import ClusterTest

SEED = int(os.environ.get("GAVEL_CHAOS_SEED", "1"))
STEPS = int(os.environ.get("GAVEL_CHAOS_STEPS", "16"))


class Chaos(ClusterTest):
    def strike(self, chance, auctions):
        """Brings one node down, or for a moment all of them; returns those that are to be brought back."""
        auction = chance.choice(auctions)
        victim = chance.choice([self.leader, self.leader, lambda a: chance.choice(self.followers(a)), lambda a: self.manager(),
                                lambda a: chance.choice(self.cluster.live())])
        fault = chance.choice([self.kill, self.kill, self.pause])
        nodes = self.cluster.nodes if chance.random() < 0.1 else [victim(auction)]
        fault(*nodes)
        return nodes

    def bring_back(self, nodes):
        killed = [node for node in nodes if not node.alive()]
        stopped = [node for node in nodes if node.alive()]
        if killed:
            self.restart(*killed)
        if stopped:
            self.resume(*stopped)

    def test_random_faults(self):
        """random deaths and pauses of any node lose and double nothing in either of two auctions"""
        chance = random.Random(SEED)
        self.say(f"GAVEL_CHAOS_SEED={SEED} GAVEL_CHAOS_STEPS={STEPS}")
        auctions = [self.auction("a lamp"), self.auction("a vase")]
        loads = [self.load(auction, seed=SEED + i) for i, auction in enumerate(auctions)]
        for _ in range(STEPS):
            nodes = self.strike(chance, auctions)
            if len(nodes) < len(self.cluster.nodes) and chance.random() < 0.7:
                for load in loads:
                    self.bids(load, 10)  # they go on while the node is down
            self.bring_back(nodes)
            for load in loads:
                self.bids(load, 10)
        for auction, load in zip(auctions, loads):
            self.assert_nothing_lost(auction, load)
