#!/usr/bin/env python3
"""gavel-bench against clusters of its own, briefly: every command gives the figures that it promises, and leaves nothing.

    bench_test.py GAVEL-BENCH
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

BENCH = sys.argv.pop(1)
LOAD = {"seconds", "operations", "per_second", "accepted", "refused", "failed", "unanswered", "p50_us", "p90_us", "p99_us",
        "p999_us", "max_us", "mean_us", "moves", "client_cpu_us", "node_cpu_us", "node_rss_mb"}


class BenchTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="gavel-bench-test-")
        self.addCleanup(temporary.cleanup)
        self.place = pathlib.Path(temporary.name)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("GAVEL_")}

    def run_bench(self, *args, code=0):
        # Ends even where each sync takes 50 ms; some machines' disks do at times.
        run = subprocess.run([BENCH, *map(str, args), "--dir", str(self.place)], capture_output=True, text=True, timeout=240,
                             check=False, stdin=subprocess.DEVNULL, env=self.environment)
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertEqual(list(self.place.iterdir()), [], "its data are gone")
        return run

    def ask(self, *args, code=0):
        return json.loads(self.run_bench(*args, "-o", "json", code=code).stdout)

    def check_load(self, row):
        self.assertLessEqual(LOAD, row.keys())
        self.assertGreater(row["operations"], 0)
        self.assertEqual(row["operations"], row["accepted"] + row["refused"])
        self.assertEqual(row["failed"], 0)
        self.assertLessEqual(row["p50_us"], row["p90_us"])
        self.assertLessEqual(row["p90_us"], row["p99_us"])
        self.assertLessEqual(row["p99_us"], row["max_us"])
        self.assertGreater(row["node_cpu_us"], 0)
        self.assertGreater(row["client_cpu_us"], 0)


class Goals(BenchTest):
    def test_goals_with_those_of_peers(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as peers:
            json.dump([{"what": "a peer", "value": 7, "unit": "/s", "goal": 9, "wanted": "at least"}], peers)
            peers.flush()
            rows = self.ask("goals", "--runs", 1, "--for", "200ms", "--peers", peers.name)
        self.assertGreaterEqual(len(rows), 15)
        for row in rows:
            self.assertEqual(row["verdict"] is None, row["goal"] is None, row)
        self.assertEqual((rows[-1]["what"], rows[-1]["verdict"]), ("a peer", "missed"))
        lost = next(row for row in rows if "lost or doubled" in row["what"])
        self.assertEqual(lost["value"], 0)


class Bench(BenchTest):
    def test_bids_in_a_closed_loop(self):
        [row] = self.ask("bids", "--for", "500ms", "--warm-up", "100ms", "--in-flight", 64)
        self.check_load(row)
        self.assertEqual((row["nodes"], row["in_flight"], row["rate"]), (3, 64, None))
        self.assertGreater(row["refused"], 0, "a race has those who come late")

    def test_one_bid_at_a_time_at_the_leader(self):
        with subprocess.Popen([BENCH, "bids", "--for", "60s", "--clients", "1", "--in-flight", "1", "--through", "leader",
                               "--placement", "any", "--dir", str(self.place)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=self.environment) as running:
            deadline = time.monotonic() + 30
            status, calls = None, {}
            while max(calls.values(), default=0) < 200 and time.monotonic() < deadline:  # more than it takes to begin
                time.sleep(0.1)
                status = self.status_of_its_nodes()
                calls = {node["node"]: node["counters"]["calls"] for node in status["nodes"] if node["counters"]} if status else {}
            running.send_signal(signal.SIGINT)
            running.wait(30)
        leaders = {group["leader"] for group in status["groups"] if group["group"] == "lot-1"}
        self.assertEqual(leaders, {max(calls, key=calls.get)}, calls)
        self.assertEqual([name for name, many in calls.items() if many > 50], list(leaders), calls)

    def status_of_its_nodes(self):
        """As `gavel status` has it, through the first of the nodes that run now; None if it says nothing yet."""
        for file in self.place.glob("*/n1/node.json"):
            card = json.loads(file.read_text())
            run = subprocess.run([pathlib.Path(BENCH).with_name("gavel"), "-o", "json", "--cluster", card["cluster"], "--node",
                                  card["endpoints"]["client"].removeprefix("tcp://"), "status"], capture_output=True, text=True,
                                 timeout=30, check=False, stdin=subprocess.DEVNULL, env=self.environment)
            return json.loads(run.stdout) if run.returncode == 0 else None
        return None

    def test_rising_bids_of_one_client_are_all_accepted(self):
        [row] = self.ask("bids", "--for", "500ms", "--warm-up", "100ms", "--amounts", "rising", "--durability", "memory")
        self.check_load(row)
        self.assertEqual((row["clients"], row["refused"]), (1, 0))

    def test_bids_in_an_open_loop_keep_the_rate(self):
        [row] = self.ask("bids", "--for", "2s", "--rate", 200)
        self.check_load(row)
        self.assertAlmostEqual(row["per_second"], 200, delta=40)
        self.assertEqual(row["unanswered"], 0)

    def test_a_sweep_gives_a_row_a_rate_and_a_picture(self):
        with tempfile.TemporaryDirectory() as other:
            picture = pathlib.Path(other) / "bids.svg"
            rows = self.ask("bids", "--for", "300ms", "--warm-up", "100ms", "--sweep", "100,300", "--plot", picture)
            self.assertEqual([row["rate"] for row in rows], [100, 300])
            self.assertTrue(xml.etree.ElementTree.parse(picture).getroot().tag.endswith("svg"))

    def test_more_clients_than_are_under_way_and_several_auctions(self):
        [row] = self.ask("bids", "--for", "500ms", "--warm-up", "100ms", "--clients", 200, "--in-flight", 50, "--auctions", 4)
        self.check_load(row)

    def test_tables_lines_and_values(self):
        table = self.run_bench("bids", "--for", "300ms", "--warm-up", "100ms").stdout
        self.assertIn("OPS/S", table)
        lines = self.run_bench("bids", "--for", "300ms", "--warm-up", "100ms", "-o", "jsonl").stdout.splitlines()
        self.assertEqual(len(lines), 1)
        self.check_load(json.loads(lines[0]))
        keys, values = self.run_bench("bids", "--for", "300ms", "--warm-up", "100ms", "-o", "csv").stdout.splitlines()
        self.assertIn("p50_us", keys.split(","))
        self.assertTrue(values.startswith("3,fsync,1,8,512,"))

    def test_likes_are_counted_once(self):
        [row] = self.ask("likes", "--for", "2s", "--likers", 10, "--each", 1000)
        self.check_load(row)
        self.assertTrue(row["exact"])
        self.assertEqual(row["nodes"], 5)
        self.assertGreater(row["likes_per_second"], 5000)

    def test_limits(self):
        found = self.ask("limits", "--for", "200ms", "--turns", 1)
        self.assertEqual(len(found["figures"]), 8)
        for row in found["figures"]:
            self.assertGreater(row["per_second"], 0, row)
        self.assertEqual([row["ratio"] for row in found["ratios"]], ["throughput", "latency", "cpu"])
        for row in found["ratios"]:
            self.assertGreater(row["value"], 0, row)

    def test_failover_loses_nothing(self):
        found = self.ask("failover", "--runs", 2, "--rate", 500)
        self.assertEqual(len(found["runs"]), 2)
        self.assertEqual((found["summary"][0]["lost"], found["summary"][0]["doubled"]), (0, 0))
        for run in found["runs"]:
            self.assertGreater(run["gap_ms"], 0)
            self.assertLess(run["gap_ms"], 5000)

    def test_idle_nodes(self):
        rows = self.ask("idle", "--for", "1s", "--warm-up", "1s")
        self.assertEqual([row["node"] for row in rows], ["n1", "n2", "n3", "n4", "n5"])
        for row in rows:
            self.assertLess(row["cpu_percent"], 50)
            self.assertGreater(row["rss_mb"], 1)

    def test_a_soak_that_passes_its_limit_says_so(self):
        found = self.ask("soak", "--for", "2s", "--every", "500ms", "--limit", 1, code=3)
        self.assertGreaterEqual(len(found["memory"]), 2)
        self.check_load(found["load"][0])

    def test_growth(self):
        rows = self.ask("growth", "--turns", 1, "--for", "300ms", "--log", 200, "--rate", 500)
        self.assertEqual({row["what"] for row in rows}, {"clients", "bids in the log", "auctions"})
        for row in rows:
            self.assertGreater(row["ratio"], 0)

    def test_interrupted_it_ends_its_nodes(self):
        with subprocess.Popen([BENCH, "bids", "--for", "60s", "--dir", str(self.place)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, env=self.environment) as running:
            deadline = time.monotonic() + 30
            while not list(self.place.glob("*/n3/node.json")) and time.monotonic() < deadline:
                time.sleep(0.05)
            running.send_signal(signal.SIGINT)
            _, errors = running.communicate(timeout=30)
            self.assertEqual(running.returncode, 130, errors)
        self.assertEqual(list(self.place.iterdir()), [])

    def test_killed_its_nodes_die_with_it(self):
        with subprocess.Popen([BENCH, "bids", "--for", "60s", "--dir", str(self.place)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=self.environment) as running:
            deadline = time.monotonic() + 30
            cards = []
            while len(cards) < 3 and time.monotonic() < deadline:
                cards = list(self.place.glob("*/n?/node.json"))
                time.sleep(0.05)
            pids = [json.loads(card.read_text())["pid"] for card in cards]
            self.assertEqual(len(pids), 3)
            running.kill()
        deadline = time.monotonic() + 10
        while any(pathlib.Path(f"/proc/{pid}").exists() for pid in pids):
            self.assertLess(time.monotonic(), deadline, "nodes live on")
            time.sleep(0.05)


if __name__ == "__main__":
    unittest.main()
