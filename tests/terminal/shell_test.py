#!/usr/bin/env python3
"""The shell at a pseudo-terminal and at a pipe, with no node there.   shell_test.py GAVEL"""

import socket
import subprocess
import sys
import tempfile
import unittest

from terminal import Terminal

GAVEL = sys.argv.pop(1)


def a_free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def terminal(state: str) -> Terminal:
    return Terminal([GAVEL, "--beacon-port", a_free_port(), "--timeout", "0.2", "--as", "ann", "shell"],
                    XDG_STATE_HOME=state)


class Shell(unittest.TestCase):
    def setUp(self):
        self.state = tempfile.TemporaryDirectory()
        self.addCleanup(self.state.cleanup)

    def test_commands_are_read_with_quotes_and_errors_leave_the_shell_running(self):
        t = terminal(self.state.name)
        t.wait_for("gavel> ")
        t.type("bid lot-7 -5\r")
        t.wait_for("not negative")
        t.wait_for("gavel> ")
        t.type("report\r")
        t.wait_for("you are ann")
        t.type("exit\r")
        self.assertEqual(t.wait_for_end(), 0)

    def test_interrupt_clears_the_line_and_end_of_input_leaves(self):
        t = terminal(self.state.name)
        t.wait_for("gavel> ")
        t.type("half a li")
        t.wait_for("li")
        t.type("\x03")
        t.wait_for("gavel> ")
        t.type("report\r")
        t.wait_for("you are ann")
        t.wait_for("gavel> ")
        t.type("\x04")
        self.assertEqual(t.wait_for_end(), 0)

    def test_tab_completes_commands_and_history_survives(self):
        t = terminal(self.state.name)
        t.wait_for("gavel> ")
        t.type("repo\t\r")
        t.wait_for("you are ann")
        t.type("exit\r")
        t.wait_for_end()
        again = terminal(self.state.name)
        again.wait_for("gavel> ")
        again.type("\x1b[A\x1b[A\r")
        again.wait_for("you are ann")
        again.type("exit\r")
        again.wait_for_end()

    def test_rooms_are_entered_and_left_by_name(self):
        t = terminal(self.state.name)
        t.wait_for("gavel> ")
        t.type("unchat lobby\r")
        t.wait_for("you are in no room")
        t.type("chat @\r")
        t.wait_for("no private room")
        t.type("unc\t")
        t.wait_for("hat ")
        t.type("lob\t\r")
        t.wait_for("you are not in 'lobby'")
        t.type("room unm\t")
        t.wait_for("ute ")
        t.type("\x03")
        t.wait_for("gavel> ")
        t.type("exit\r")
        self.assertEqual(t.wait_for_end(), 4)

    def test_a_pipe_gets_no_prompt_and_the_last_exit_code(self):
        run = subprocess.run([GAVEL, "--beacon-port", a_free_port(), "--timeout", "0.2", "--as", "ann", "shell"],
                             input="report\n# a comment\nbid lot-7 -5", capture_output=True, text=True, timeout=30)
        self.assertIn("you are ann", run.stdout)
        self.assertNotIn("gavel>", run.stdout)
        self.assertIn("not negative", run.stderr)
        self.assertEqual(run.returncode, 2)


if __name__ == "__main__":
    unittest.main()
