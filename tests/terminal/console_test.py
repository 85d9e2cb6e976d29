#!/usr/bin/env python3
"""One node: its console, at its terminal, at a pipe, and not at all, and where it runs.   console_test.py GAVEL_NODE"""

import os
import socket
import subprocess
import sys
import tempfile
import unittest

from terminal import Terminal

NODE = sys.argv.pop(1)


def a_free_port() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Console(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        self.command = [NODE, "--data-dir", f"{self.place.name}/n1", "--name", "solo", "--bootstrap", "--cluster",
                        "alone", "--beacon-port", a_free_port()]
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("GAVEL_")}

    def started(self, *options: str) -> subprocess.Popen:
        node = subprocess.Popen([*self.command, *options], env=self.environment, text=True, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(node.wait)
        self.addCleanup(node.kill)
        for stream in (node.stdin, node.stdout, node.stderr):
            self.addCleanup(stream.close)
        while "ready" not in node.stderr.readline():
            self.assertIsNone(node.poll())
        return node

    def test_it_keeps_to_its_processors(self):
        last = max(os.sched_getaffinity(0))
        node = self.started("--cpus", str(last))
        threads = os.listdir(f"/proc/{node.pid}/task")
        self.assertGreater(len(threads), 2)
        for thread in threads:
            self.assertEqual(os.sched_getaffinity(int(thread)), {last})

    def test_a_terminal_is_answered_and_its_end_is_not_the_nodes(self):
        t = Terminal(self.command)
        t.wait_for("ready")
        t.type("report\r")
        t.wait_for("in cluster alone")
        while "solo (manager)" not in t.seen:  # until it is in its own list
            t.seen = ""
            t.type("servers\r")
            t.wait_for("servers\r\n")
            t.read(15.0)
        t.wait_for("solo (manager)")
        t.type("clients\r")
        t.wait_for("serves no client")
        t.type("nonsense\r")
        t.wait_for("help lists")
        t.type("\x04")
        self.assertFalse(os.waitpid(t.pid, os.WNOHANG)[0])
        t.type("\x03")
        t.wait_for("drained")
        self.assertEqual(t.wait_for_end(), 0)

    def test_a_pipe_is_answered_when_that_was_asked_for(self):
        node = self.started("--console")
        print("help\nreport", file=node.stdin, flush=True)
        said = [node.stdout.readline() for _ in range(7)]
        self.assertIn("report", said[0])
        self.assertIn("solo, uid", said[6])
        node.stdin.close()
        node.terminate()
        self.assertEqual(node.wait(timeout=20), 0)

    def test_the_log_level_is_set_and_told(self):
        node = self.started("--console")
        print("log\nlog  trace\nlog loud\nreport", file=node.stdin, flush=True)
        said = [node.stdout.readline() for _ in range(6)]
        self.assertIn("logs info", said[0])
        self.assertIn("logs trace", said[1])
        self.assertIn("no log level 'loud': trace, debug", said[2])
        self.assertTrue(any("logs trace" in line for line in said[3:]), said)
        node.terminate()
        self.assertEqual(node.wait(timeout=20), 0)

    def test_a_pipe_is_not_read_otherwise(self):
        node = self.started()
        print("report", file=node.stdin, flush=True)
        node.terminate()
        self.assertEqual(node.wait(timeout=20), 0)
        self.assertEqual(node.stdout.read(), "")


if __name__ == "__main__":
    unittest.main()
