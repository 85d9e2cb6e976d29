#!/usr/bin/env python3
"""What the program says and returns when it is used wrongly, or when nobody is there.   usage_test.py GAVEL"""

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

GAVEL = sys.argv.pop(1)


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def gavel(*args: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GAVEL_")}
    return subprocess.run([GAVEL, *args], capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL,
                          env={**clean, **environment})


class Usage(unittest.TestCase):
    def refused(self, *args: str, code: int, words: list[str]):
        run = gavel(*args)
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertEqual(run.stdout, "", "messages belong to stderr")
        for word in words:
            self.assertIn(word, run.stderr)

    def test_a_negative_bid(self):
        self.refused("bid", "lot-7", "-5", code=2, words=["'-5'", "not negative", "120.00"])

    def test_too_many_decimals(self):
        self.refused("bid", "lot-7", "1.123456789", code=2, words=["at most 2 decimals", "1.12"])

    def test_an_amount_that_is_none(self):
        self.refused("bid", "lot-7", "lots", code=2, words=["'lots'", "120.00"])

    def test_a_currency_that_nobody_knows(self):
        self.refused("bid", "lot-7", "5 XXX", code=2, words=["XXX", "EUR"])

    def test_an_unknown_command(self):
        self.refused("bidd", "lot-7", "5", code=2, words=["gavel --help"])

    def test_a_missing_argument_names_it_and_the_help_to_read(self):
        self.refused("bid", "lot-7", code=2, words=["AMOUNT", "gavel bid --help"])

    def test_an_unknown_format(self):
        self.refused("items", "list", "-o", "xml", code=2, words=["xml", "jsonl"])

    def test_a_format_by_its_number(self):
        self.refused("items", "list", "-o", "1", code=2, words=["'1'", "jsonl"])

    def test_a_command_of_operators_without_its_node(self):
        for command in ("drain", "undrain", "remove"):
            self.refused(command, code=2, words=["NODE", f"gavel {command} --help"])
        self.refused("transfer-leader", "lot-7", code=2, words=["NODE"])

    def test_what_operators_look_at(self):
        nobody = ["--beacon-port", str(a_free_port()), "--timeout", "0.3"]
        for command in ("status", "health", "ring"):
            self.refused(command, "-o", "xml", code=2, words=["xml", "jsonl"])
        self.refused("status", "--follow", "--interval", "often", code=2, words=["'often'", "60s"])
        self.refused("status", "--follow", "--interval", "1ms", code=2, words=["100ms"])
        self.refused("health", "--wait", "long", code=2, words=["'long'", "60s"])
        self.refused("health", "--lag", "-1", code=2, words=["--lag"])
        self.refused("log-level", code=2, words=["NODE", "gavel log-level --help"])
        self.refused("log-level", "n1", code=2, words=["LEVEL", "trace, debug, info, warn and error"])
        self.refused("log-level", "n1", "loud", code=2, words=["'loud'", "trace, debug, info, warn and error"])
        for command in (["status"], ["ring"], ["log-level", "all", "info"]):
            self.refused(*nobody, *command, code=5, words=["no node was found"])

    def test_a_cluster_that_is_not_there_is_not_healthy(self):
        run = gavel("--beacon-port", str(a_free_port()), "--timeout", "0.3", "health", "--wait", "1s", "-o", "json")
        self.assertEqual(run.returncode, 5)
        told = json.loads(run.stdout)
        self.assertEqual((told["health"], [f["finding"] for f in told["findings"]]), ("broken", ["no_answer"]))
        self.assertIn("waiting", run.stderr)

    def test_status_that_is_followed_goes_on_without_a_node_and_is_interrupted(self):
        run = subprocess.Popen([GAVEL, "--beacon-port", str(a_free_port()), "--timeout", "0.2", "status", "-f", "-o", "jsonl",
                                "--interval", "100ms"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(run.kill)
        for _ in range(2):
            self.assertEqual(json.loads(run.stdout.readline())["summary"]["health"], "broken")
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=10)
        self.assertEqual(run.returncode, 130)

    def test_rooms_and_names_that_cannot_be(self):
        for room in ("", "@", "Lobby", "@Friends", "a b", "@" + "x" * 33):
            for command in (["chat", room], ["say", room, "hello"], ["who", room], ["talkers", room],
                            ["room", "mute", room, "ben"]):
                self.refused("--beacon-port", str(a_free_port()), "--timeout", "0.2", *command, code=2,
                             words=["@friends"])
        self.refused("room", "open", "friends", code=2, words=["'friends'", "@friends"])
        self.refused("room", code=2, words=["gavel room --help"])
        self.refused("room", "mute", "lobby", code=2, words=["NAME"])
        self.refused("room", "mute", "lobby", "eve", "--for", "long", code=2, words=["'long'", "60s"])
        self.refused("room", "mute", "lobby", "eve", "--for", "0s", code=2, words=["unmute"])
        self.refused("room", "rules", "lobby", "--pace", "slow", code=2, words=["'slow'", "60s"])
        self.refused("say", "lobby", code=2, words=["TEXT"])
        self.refused("say", "lobby", "  ", code=2, words=["TEXT is empty"])
        self.refused("chat", "lobby", "--history", "1001", code=2, words=["--history", "1000"])
        for name in ("auctioneer", " ann", "x" * 33):
            for command in (["chat", "lobby"], ["say", "lobby", "hello"], ["room", "open", "@friends"]):
                self.refused(*command, "--as", name, code=2, words=["no name in a room"])

    def test_likes_that_cannot_be(self):
        for count in ("0", "-1", "many", "1.5"):
            self.refused("like", "lot-7", count, code=2, words=["N"])
        for thing in ("", "Lot 7", "@x", "x" * 60):
            self.refused("like", thing, code=2, words=["lot-7.2"])
        self.refused("like", code=2, words=["THING"])
        self.refused("likes", "-f", code=2, words=["THING"])
        self.refused("likers", "lot-7", "--each", "0", code=2, words=["--each"])
        self.refused("likers", "lot-7", "--rate", "0", code=2, words=["--rate"])

    def test_nobody_to_talk_to(self):
        nobody = ["--beacon-port", str(a_free_port()), "--timeout", "0.3"]
        for command in (["chat", "lobby"], ["say", "lobby", "hello"], ["who", "lobby"], ["rooms"], ["like", "lot-7"],
                        ["likes"], ["likes", "lot-7", "-f"]):
            self.refused(*nobody, *command, code=5, words=["no node was found"])

    def test_who_one_is_to_the_chat_is_kept_for_oneself(self):
        with tempfile.TemporaryDirectory() as state:
            command = ["--beacon-port", str(a_free_port()), "--timeout", "0.2", "say", "lobby", "hello", "-v"]
            first = gavel(*command, XDG_STATE_HOME=state)
            kept = pathlib.Path(state) / "gavel/person"
            secret = kept.read_bytes()
            self.assertEqual((len(secret), kept.stat().st_mode & 0o777), (16, 0o600))
            gavel(*command, XDG_STATE_HOME=state)
            self.assertEqual(kept.read_bytes(), secret)
            self.assertNotIn(secret.hex(), first.stdout + first.stderr)
            kept.chmod(0o644)
            self.assertIn("chmod 600", gavel(*command, XDG_STATE_HOME=state).stderr)
            kept.write_bytes(b"short")
            damaged = gavel(*command, XDG_STATE_HOME=state)
            self.assertEqual(damaged.returncode, 1)
            self.assertIn("16 bytes", damaged.stderr)

    def test_what_to_verify_or_to_show(self):
        self.refused("verify", code=2, words=["GROUP or --file"])
        self.refused("history", code=2, words=["AUCTION"])
        self.refused("backup", code=2, words=["--to"])
        self.refused("restore", code=2, words=["FILE"])
        for option in (["--to", "n1"], ["--force"]):
            self.refused("restore", "house.gavel", *option, code=2, words=["gavel restore house.gavel AUCTION"])

    def test_a_file_that_is_not_there_and_one_that_is_no_backup(self):
        for command in (["verify", "--file"], ["history", "--file"], ["restore"]):
            self.refused(*command, "/nowhere/at/all", code=4, words=["/nowhere/at/all"])
            self.refused(*command, __file__, code=1, words=["no backup"])

    def test_a_name_that_is_far_too_long(self):
        self.refused("--timeout", "0.3", "--beacon-port", str(a_free_port()), "show", "a" * 100_000, code=2,
                     words=["at most"])

    def test_a_duration_that_is_none(self):
        self.refused("start", "lot-7", "--for", "soon", code=2, words=["'soon'", "60s"])

    def test_a_node_without_a_port(self):
        self.refused("--node", "127.0.0.1", "items", "list", code=2, words=["port"])

    def test_a_bad_cluster_name(self):
        self.refused("--cluster", "a b", "items", "list", code=2, words=["a b"])

    def test_a_node_that_is_not_there(self):
        node = f"127.0.0.1:{a_free_port()}"
        self.refused("--node", node, "--beacon-port", str(a_free_port()), "--timeout", "0.3", "items", "list",
                     code=5, words=["gavel find"])

    def test_no_node_at_all(self):
        self.refused("--beacon-port", str(a_free_port()), "--timeout", "0.3", "bid", "lot-7", "5", code=5,
                     words=["no node was found", "--node"])

    def test_find_hears_nobody(self):
        run = gavel("--beacon-port", str(a_free_port()), "find", "--for", "300ms", "-o", "json")
        self.assertEqual(run.returncode, 5)
        self.assertEqual(run.stdout.strip(), "[]")

    def test_find_that_is_interrupted(self):
        run = subprocess.Popen([GAVEL, "--beacon-port", str(a_free_port()), "find", "--for", "20s"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(run.kill)
        time.sleep(0.5)
        run.send_signal(signal.SIGINT)
        run.communicate(timeout=10)
        self.assertEqual(run.returncode, 130)

    def test_help_leads_with_examples(self):
        commands = ("items", "auctions", "start", "show", "result", "history", "bid", "join", "leave", "watch", "status",
                    "find", "replicas", "bidders", "shell", "completion", "report", "servers", "clients", "drain", "undrain",
                    "remove", "transfer-leader", "members", "verify", "backup", "restore", "health", "ring", "log-level",
                    "chat", "say", "who", "rooms", "room", "like", "likes", "likers", "talkers")
        for command in ([], ["items", "add"], ["items", "list"], *([name] for name in commands),
                        *(["room", name] for name in ("open", "invite", "uninvite", "mute", "unmute", "moderator", "rules"))):
            run = gavel(*command, "--help")
            self.assertEqual(run.returncode, 0)
            self.assertLess(run.stdout.find("Examples:"), run.stdout.find("Options:"))
            self.assertEqual(run.stderr, "")

    def test_environment_names_the_node_and_flags_win(self):
        bad = gavel("items", "list", GAVEL_NODE="127.0.0.1")
        self.assertEqual(bad.returncode, 2)
        self.assertIn("127.0.0.1", bad.stderr)
        flag = gavel("--node", "127.0.0.2", "items", "list", GAVEL_NODE="127.0.0.1")
        self.assertIn("127.0.0.2", flag.stderr)

    def test_completion_knows_the_commands(self):
        run = gavel("completion", "bash")
        self.assertEqual(run.returncode, 0)
        for word in ("bid", "items", "chat", "lobby", "--cluster", "complete -F"):
            self.assertIn(word, run.stdout)
        self.assertEqual(subprocess.run(["bash", "-n"], input=run.stdout, text=True).returncode, 0)


if __name__ == "__main__":
    unittest.main()
