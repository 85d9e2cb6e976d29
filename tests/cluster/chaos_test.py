"""Faults drawn at random, while auctions start and end: `make chaos`, in short. GAVEL_CHAOS_SEED chooses another run (it is
printed), GAVEL_CHAOS_SECONDS a longer one.
"""

import os

from chaos import OPTIONS, Chaos
from harness import ClusterTest

SEED = int(os.environ.get("GAVEL_CHAOS_SEED", "1"))
SECONDS = float(os.environ.get("GAVEL_CHAOS_SECONDS", "15"))


class RandomFaults(ClusterTest):
    LANE = "patient"
    OPTIONS = OPTIONS

    def test_random_faults(self):
        """random deaths, pauses, partitions, slow disks, drains and joins break no invariant in any of the auctions"""
        self.say(f"GAVEL_CHAOS_SEED={SEED} GAVEL_CHAOS_SECONDS={SECONDS:g}")
        chaos = Chaos(self.cluster, SEED, self.say)
        clean = chaos.run(SECONDS)
        self.say(chaos.report())
        self.assertTrue(clean, chaos.account.violations)
