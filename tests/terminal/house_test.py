#!/usr/bin/env python3
"""The program against three real nodes: every command, every exit code, and the shell.   house_test.py GAVEL GAVEL_NODE"""

import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from terminal import Terminal

NODE = sys.argv.pop(2)
GAVEL = sys.argv.pop(1)


def a_free_port() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class House(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.place.cleanup)
        cls.environment = {k: v for k, v in os.environ.items() if not k.startswith("GAVEL_")}
        cls.environment.update(GAVEL_CLUSTER="house", GAVEL_BEACON_PORT=a_free_port(), XDG_STATE_HOME=cls.place.name)
        cls.nodes = []
        for number in (1, 2, 3):
            log = open(f"{cls.place.name}/log{number}", "wb")
            cls.addClassCleanup(log.close)
            node = subprocess.Popen(
                [NODE, "--data-dir", f"{cls.place.name}/n{number}", "--name", f"node-{number}",
                 *(["--bootstrap"] if number == 1 else [])],
                env=cls.environment, stdout=log, stderr=log)
            cls.nodes.append(node)
            cls.addClassCleanup(node.wait)
            cls.addClassCleanup(node.kill)
        deadline = time.monotonic() + 30
        while sum(n["state"] == "up" for n in cls.status("nodes")) < 3:
            if time.monotonic() > deadline:
                raise AssertionError("three nodes did not come up")
            time.sleep(0.1)

    @classmethod
    def gavel(cls, *args: str, code: int = 0) -> str:
        run = subprocess.run([GAVEL, *args], env=cls.environment, capture_output=True, text=True, timeout=60)
        assert run.returncode == code, f"gavel {' '.join(args)}: {run.returncode} {run.stdout} {run.stderr}"
        return run.stdout if code == 0 else run.stderr

    @classmethod
    def data(cls, *args: str):
        return json.loads(cls.gavel(*args, "-o", "json"))

    @classmethod
    def status(cls, section: str):
        run = subprocess.run([GAVEL, "status", "-o", "json", "--timeout", "1"], env=cls.environment, capture_output=True, text=True)
        return json.loads(run.stdout)[section] if run.returncode == 0 else []

    def start(self, lot: str, length: str = "60s"):
        self.gavel("items", "add", "A lamp", "--start", "20.00", "--id", lot, "--seller", "sue")
        self.gavel("start", lot, "--for", length)

    def test_an_item_is_added_started_bid_for_and_sold(self):
        self.start("sold", "2s")
        bid = self.data("bid", "sold", "25.00", "--as", "ann")
        self.assertEqual((bid["verdict"], bid["ordinal"]), ("accepted", 1))
        found = self.data("history", "sold", "--session", str(bid["session"]), "--number", str(bid["number"]))
        self.assertEqual([(b["bidder"], b["amount"]) for b in found], [("ann", "25.00 EUR")])
        told = [json.loads(line) for line in self.gavel("watch", "sold", "-f", "-o", "jsonl").splitlines()]
        self.assertEqual([t["event"] for t in told if t["event"] != "chat"], ["bid", "closed"])
        self.assertEqual([t["text"] for t in told if t["event"] == "chat"],
                         ["going once at 25.00 EUR", "going twice at 25.00 EUR"])
        self.assertEqual(self.data("result", "sold")["winner"], "ann")
        self.assertIn("ann won for 25.00 EUR", self.gavel("result", "sold"))

    def test_what_is_refused_says_why_and_what_would_be_enough(self):
        self.start("refused")
        self.gavel("bid", "refused", "25", "--as", "ann")
        self.assertIn("26.00 EUR", self.gavel("bid", "refused", "25", "--as", "bob", code=3))
        self.assertIn("EUR", self.gavel("bid", "refused", "30 USD", "--as", "bob", code=3))
        self.assertIn("own item", self.gavel("bid", "refused", "30", "--as", "sue", code=3))
        self.assertIn("already", self.gavel("items", "add", "Another", "--start", "1", "--id", "refused", code=3))
        self.assertIn("not on offer", self.gavel("start", "refused", code=3))

    def test_what_is_unknown_is_not_found(self):
        self.assertIn("'nowhere'", self.gavel("bid", "nowhere", "5", code=4))
        self.assertIn("'nothing'", self.gavel("start", "nothing", code=4))
        self.assertIn("'nowhere'", self.gavel("show", "nowhere", code=4))

    def test_participants_come_and_go(self):
        self.start("presence")
        self.gavel("join", "presence", "--as", "ann")
        self.assertEqual(self.data("show", "presence")["present"], ["ann"])
        self.gavel("leave", "presence", "--as", "ann")
        self.assertEqual(self.data("show", "presence")["present"], [])

    def test_many_bidders_and_every_replica_agree(self):
        self.start("busy")
        lines = self.gavel("bidders", "busy", "--bidders", "3", "--for", "2s", "-o", "jsonl").splitlines()
        accepted = {(b["session"], b["number"]) for b in map(json.loads, lines) if b["accepted"]}
        self.assertGreater(len(accepted), 0)
        replicas = self.data("replicas", "busy")
        self.assertEqual(len(replicas), 3)
        for replica in replicas:
            self.assertEqual({(b["session"], b["number"]) for b in replica["bids"]}, accepted)
            self.assertEqual(replica["count"], len(accepted))

    def test_status_shows_nodes_roles_and_the_ring(self):
        groups = [g for g in self.status("groups") if g["group"] == "directory"]
        self.assertEqual(len(groups), 3)
        self.assertEqual(sum(g["role"] == "leader" for g in groups), 1)
        self.assertTrue(all(g["lag"] is not None for g in groups))
        self.assertIn("3 nodes up", self.gavel("status").splitlines()[0])
        drawn = self.gavel("ring", "directory")
        for word in ("┌─", "[node-", "◀─", "last way of the token"):
            self.assertIn(word, drawn)
        ring = self.data("ring", "directory")[0]
        self.assertEqual((sorted(ring["ring"]), ring["suspects"]), (["node-1", "node-2", "node-3"], []))
        self.assertIn(ring["leader"], ring["ring"])
        self.assertIn("directory", self.gavel("ring", "nowhere", code=4))

    def test_health_is_a_line_or_an_object_and_an_exit_code(self):
        self.assertEqual(self.data("health", "--wait", "20s")["health"], "healthy")
        self.assertEqual(len(self.gavel("health").splitlines()), 1)

    def test_a_log_level_is_set_on_one_node_or_on_all(self):
        self.assertEqual(self.data("log-level", "node-2", "debug")[0]["level"], "debug")
        self.assertEqual([row["node"] for row in self.data("log-level", "all", "info")], ["node-1", "node-2", "node-3"])
        self.assertIn("trace, debug, info, warn", self.gavel("log-level", "node-2", code=2))
        self.assertIn("'loud'", self.gavel("log-level", "all", "loud", code=2))
        self.assertIn("node-1, node-2, node-3", self.gavel("log-level", "node-9", "info", code=4))

    def test_status_follows_in_place_at_a_terminal_until_it_is_interrupted(self):
        t = Terminal([GAVEL, "status", "--follow", "--interval", "200ms"], **self.environment)
        for _ in range(3):  # again and again, each in the place of the former one
            t.wait_for("\x1b[H")
            t.wait_for("nodes up")
            t.wait_for("directory")
        t.type("\x03")
        t.wait_for("\x1b[?7h")
        self.assertEqual(t.wait_for_end(), 130)
        t = Terminal([GAVEL, "status"], **{**self.environment, "NO_COLOR": "1"})
        t.wait_for("nodes up")
        self.assertNotIn("\x1b[", t.seen)

    def test_who_is_whose(self):
        shell = subprocess.Popen([GAVEL, "--as", "ann", "shell"], env=self.environment, text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(shell.kill)
        self.addCleanup(shell.stdout.close)
        print("report -o jsonl", file=shell.stdin, flush=True)
        report = json.loads(next(line for line in shell.stdout if line.startswith("{")))
        self.assertEqual(report["name"], "ann")
        servers = {s["node"]: s for s in self.data("servers")}
        self.assertEqual(servers[report["gateway"]]["uid"], report["gateway_uid"])
        self.assertEqual(sum(s["manager"] for s in servers.values()), 1)
        mine = [c for c in self.data("clients") if c["id"] == report["client"]]
        self.assertEqual([(c["name"], c["node"], c["stays"], c["watches"]) for c in mine],
                         [("ann", report["gateway"], True, ["directory"])])
        self.assertEqual([c["id"] for c in self.data("clients", report["gateway"]) if c["name"] == "ann"], [report["client"]])
        shell.communicate("exit\n", timeout=30)
        self.assertEqual([c for c in self.data("clients") if c["name"] == "ann"], [], "it took leave")
        self.assertIn("node-1, node-2, node-3", self.gavel("clients", "node-9", code=4))

    def test_clients_that_stay_are_shared_out(self):
        # One after the other: nodes learn of each other's clients by beats, so what comes at one moment goes to one node.
        shells, served = [], []
        deadline = time.monotonic() + 30
        for n in range(6):
            shells.append(subprocess.Popen([GAVEL, "--as", f"c{n}", "shell"], env=self.environment, text=True,
                                           stdin=subprocess.PIPE, stdout=subprocess.DEVNULL))
            while len(served) <= n:
                self.assertLess(time.monotonic(), deadline, served)
                served = [c["node"] for c in self.data("clients") if c["stays"]]
        for shell in shells:
            shell.communicate("exit\n", timeout=30)
        counts = [served.count(node) for node in ("node-1", "node-2", "node-3")]
        self.assertLessEqual(max(counts) - min(counts), 2, counts)

    def test_a_node_that_nobody_can_replace_keeps_its_seat_when_it_is_drained(self):
        self.start("drained")
        self.assertIn("drained", self.gavel("drain", "node-2", code=3))
        self.assertIn("draining", [s["state"] for s in self.data("servers")])
        self.assertIn("nobody free for node-2", " ".join(h["what"] for h in self.status("healing")))
        self.assertTrue(self.data("undrain", "node-2")["changed"])
        self.assertEqual({s["state"] for s in self.data("servers")}, {"up"})
        self.assertIn("is up", self.gavel("remove", "node-2", code=3))
        self.assertIn("node-1", self.gavel("drain", "nobody", code=4))

    def test_the_lead_is_handed_over_and_bids_only_take_longer(self):
        self.start("handed")
        self.gavel("bid", "handed", "25", "--as", "ann")
        for node in ("node-1", "node-3", "node-2"):
            self.assertEqual(self.data("transfer-leader", "handed", node)["leader"], node)
            leaders = [m["node"] for m in self.data("members", "handed") if m["role"] == "leader"]
            self.assertEqual(leaders, [node])
        self.assertIn("already", self.gavel("transfer-leader", "handed", "node-2"))
        self.assertEqual(self.data("bid", "handed", "30", "--as", "bob")["verdict"], "accepted")
        self.assertIn("no auction 'nothing'", self.gavel("transfer-leader", "nothing", "node-1", code=4))

    def test_every_replica_has_the_same_state_and_so_has_a_backup(self):
        self.start("verified")
        self.gavel("bid", "verified", "25", "--as", "ann")
        for group in ("verified", "directory"):
            rows = self.data("verify", group)
            self.assertEqual({r["verdict"] for r in rows}, {"agrees"})
            self.assertEqual(len({r["digest"] for r in rows}), 1)
            self.assertEqual(len(rows), 3)
        file = f"{self.place.name}/house.gavel"
        written = {g["group"]: g for g in self.data("backup", "--to", file)}
        self.assertIn("directory", written)
        self.assertEqual(written["verified"]["bids"], 1)
        self.assertEqual(self.data("verify", "--file", file)[-1]["verdict"], "holds")
        self.assertEqual([b["bidder"] for b in self.data("history", "verified", "--file", file)], ["ann"])
        self.assertIn("gavel-node --bootstrap --restore", self.gavel("restore", file))
        backup = pathlib.Path(file)
        whole = backup.read_bytes()
        backup.write_bytes(whole[:200] + bytes([whole[200] ^ 1]) + whole[201:])
        self.assertIn("damaged", self.gavel("verify", "--file", file, code=1))
        self.gavel("restore", file, code=1)

    def test_find_hears_the_nodes_and_a_stranger_is_told_the_names(self):
        self.assertEqual(len(self.data("find")), 3)
        node = self.data("find")[0]["client_endpoint"].removeprefix("tcp://")
        said = self.gavel("--cluster", "other", "--node", node, "items", "list", code=5)
        self.assertIn("'other'", said)
        self.assertIn("'house'", said)

    def test_events_show_above_the_prompt_and_leave_what_is_being_typed(self):
        self.start("shown")
        shell = Terminal([GAVEL, "--as", "ann", "shell"], **self.environment)
        shell.wait_for("gavel> ")
        shell.type("join shown\r")
        shell.wait_for("ann takes part")
        shell.wait_for("gavel> ")
        shell.type("bid shown 30.")
        shell.wait_for("30.")
        self.gavel("bid", "shown", "25", "--as", "bob")
        shell.wait_for("bob leads with 25.00 EUR")
        shell.wait_for("bid shown 30.")
        shell.type("50\r")
        shell.wait_for("30.50 EUR leads")
        shell.type("his\tsho\t\r")
        shell.wait_for("30.50 EUR")
        shell.type("exit\r")
        self.assertEqual(shell.wait_for_end(), 0)

    def test_the_shell_at_a_pipe_does_the_same_commands(self):
        self.start("piped")
        run = subprocess.run([GAVEL, "--as", "ann", "shell"], input="join piped\nbid piped 25\nshow piped\nexit\n",
                             env=self.environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("ann leads with 25.00 EUR", run.stdout)

    def test_an_unknown_outcome_names_the_command_that_finds_out(self):
        self.start("doubt")
        shell = subprocess.Popen([GAVEL, "--as", "ann", "--timeout", "1.5", "shell"], env=self.environment, text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(shell.kill)
        print("bid doubt 25", file=shell.stdin, flush=True)
        while "25.00 EUR leads" not in shell.stdout.readline():
            pass
        stopped = self.nodes[1:]
        try:
            for node in stopped:
                node.send_signal(signal.SIGSTOP)
            _, said = shell.communicate("bid doubt 30\n", timeout=30)
        finally:
            for node in stopped:
                node.send_signal(signal.SIGCONT)
        self.assertEqual(shell.returncode, 6, said)
        self.assertIn("outcome unknown", said)
        command = said.split("to find out: gavel ")[1].splitlines()[0].split()
        found = subprocess.run([GAVEL, *command, "--timeout", "20"], env=self.environment, capture_output=True, text=True)
        self.assertIn(found.returncode, (0, 4), found.stderr)


if __name__ == "__main__":
    unittest.main()
