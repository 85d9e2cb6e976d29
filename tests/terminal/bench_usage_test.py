#!/usr/bin/env python3
"""What gavel-bench says and returns when it is used wrongly.   bench_usage_test.py GAVEL-BENCH"""

import os
import subprocess
import sys
import unittest

BENCH = sys.argv.pop(1)


def bench(*args) -> subprocess.CompletedProcess:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GAVEL_")}
    return subprocess.run([BENCH, *map(str, args)], capture_output=True, text=True, timeout=30, check=False,
                          stdin=subprocess.DEVNULL, env=clean)


class Usage(unittest.TestCase):
    def refused(self, *args, code=2, words=()):
        run = bench(*args)
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertEqual(run.stdout, "", "messages belong to stderr")
        for word in words:
            self.assertIn(word, run.stderr)

    def test_an_unknown_policy_durability_format_and_kind_of_amounts(self):
        self.refused("bids", "--policy", "raft", words=["'raft'", "sequencer", "gavel-bench bids --help"])
        self.refused("bids", "--durability", "paper", words=["'paper'", "fsync", "memory"])
        self.refused("bids", "-o", "xml", words=["'xml'", "jsonl", "csv"])
        self.refused("bids", "--amounts", "falling", words=["'falling'", "race", "rising"])
        self.refused("bids", "--through", "two", words=["'two'", "all", "one", "leader"])
        self.refused("idle", "--placement", "0", words=["'0'", "spread", "any"])

    def test_more_under_way_than_a_session_allows(self):
        self.refused("bids", "--clients", 2, "--in-flight", 1000, words=["500", "64", "--clients 16"])
        self.refused("bids", "--clients", 1, "--in-flight", 513, words=["513", "512"])

    def test_a_rate_and_a_number_under_way_exclude_each_other(self):
        self.refused("bids", "--rate", 100, "--in-flight", 8, words=["--rate", "--in-flight"])

    def test_a_length_of_time_that_is_none(self):
        self.refused("bids", "--for", "0s", words=["--for"])
        self.refused("bids", "--for", "soon", words=["--for", "soon"])

    def test_sweeps(self):
        self.refused("bids", "--plot", "x.svg", words=["--sweep"])
        self.refused("bids", "--sweep", "10,5", words=["ascend"])
        self.refused("bids", "--sweep", "10,x", words=["'x'"])
        self.refused("bids", "--sweep", "10", "--rate", 5, words=["--sweep", "--rate"])

    def test_options_of_its_own_cluster_beside_another_one(self):
        self.refused("bids", "--node", "127.0.0.1:1", "--nodes", 3, words=["--nodes", "its own"])
        self.refused("failover", "--node", "127.0.0.1:1", words=["own only", "killed"])

    def test_a_node_program_that_there_is_not(self):
        self.refused("bids", "--node-program", "/nowhere/gavel-node", words=["/nowhere/gavel-node", "--node-program"])

    def test_nobody_is_there(self):
        self.refused("bids", "--node", "127.0.0.1:1", "--timeout", 0.5, code=5)

    def test_files_that_cannot_be(self):
        self.refused("bids", "--sweep", "10", "--plot", "/nowhere/x.svg", words=["--plot", "/nowhere"])
        self.refused("goals", "--peers", "/nowhere/p.json", code=4, words=["--peers", "/nowhere"])

    def test_help_leads_with_examples(self):
        for command in ("bids", "likes", "limits", "failover", "idle", "soak", "growth", "goals"):
            run = bench(command, "--help")
            self.assertEqual(run.returncode, 0)
            self.assertIn("Examples:", run.stdout)
            self.assertEqual(run.stderr, "")


if __name__ == "__main__":
    unittest.main()
