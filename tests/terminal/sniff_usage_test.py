#!/usr/bin/env python3
"""What gavel-sniff says and returns when it is used wrongly, when nobody is there, and when a file cannot be read.

    sniff_usage_test.py GAVEL-SNIFF
"""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

SNIFF = sys.argv.pop(1)
HEAD = b"GAVLSNF1"


def a_free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sniff(*args, **more) -> subprocess.CompletedProcess:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GAVEL_")}
    more = {"capture_output": True, "text": True, "timeout": 30, "stdin": subprocess.DEVNULL, "env": clean, **more}
    return subprocess.run([SNIFF, *map(str, args)], check=False, **more)


class Usage(unittest.TestCase):
    def refused(self, *args, code=2, words=()):
        run = sniff(*args)
        self.assertEqual(run.returncode, code, run.stderr)
        self.assertEqual(run.stdout, "", "messages belong to stderr")
        for word in words:
            self.assertIn(word, run.stderr)
        return run

    def test_a_word_that_is_no_filter(self):
        self.refused("order", words=["'order'", "KEY=VALUE", "gavel-sniff --help"])

    def test_an_unknown_key(self):
        self.refused("nod=n1", words=["'nod'", "did you mean node?"])

    def test_an_unknown_lane_names_those_that_there_are(self):
        self.refused("lane=ordr", words=["did you mean order?", "batch, order, ack, beat, unicast, client, beacon, tap"])

    def test_an_unknown_type(self):
        self.refused("type=Tokn", words=["did you mean Token?"])

    def test_a_range_of_slots_that_is_none(self):
        for slots in ("x", "5..2", "..", "1..2..3", "-4"):
            self.refused(f"slot={slots}", words=["slot"])

    def test_a_missing_value(self):
        self.refused("lane=", words=["a value is missing"])

    def test_an_unknown_option(self):
        self.refused("--lanes", words=["--lanes", "gavel-sniff --help"])

    def test_a_format_a_colour_a_form_and_a_story_that_there_are_not(self):
        self.refused("-o", "xml", words=["xml", "jsonl"])
        self.refused("--color", "pink", words=["pink", "always"])
        self.refused("--ladder=png", words=["png", "mermaid", "svg"])
        self.refused("--ladder", "--story", "epic", words=["epic", "election"])

    def test_numbers_that_are_none(self):
        self.refused("-n", "0", words=["--count"])
        self.refused("-n", "many", words=["many"])
        self.refused("--for", "soon", words=["--for", "soon"])
        self.refused("--for", "0s", words=["--for"])
        self.refused("--timeout", "-1", words=["--timeout"])

    def test_a_request_that_is_none(self):
        self.refused("--follow", "lot-7", words=["--follow", "lot-7"])

    def test_what_does_not_go_together(self):
        self.refused("--top", "--ladder", words=["choose one"])
        self.refused("--top", "--hex", words=["--hex"])
        self.refused("--story", "bid", words=["--ladder"])
        self.refused("--follow", "next", "-n", "3", words=["-n", "--for"])
        self.refused("--record", "a", "--read", "b", words=["do not go together"])
        self.refused("--record", "-", "--lines", words=["standard output"])

    def test_a_cluster_name_that_cannot_be(self):
        self.refused("--cluster", "no such/name", words=["--cluster"])

    def test_a_node_that_cannot_be(self):
        self.refused("--node", "127.0.0.1", words=["host:port"])

    def test_another_shell(self):
        self.refused("--completion", "tcsh", words=["tcsh", "bash"])


class Help(unittest.TestCase):
    def test_help_leads_with_examples(self):
        run = sniff("--help")
        self.assertEqual(run.returncode, 0)
        self.assertEqual(run.stderr, "")
        self.assertLess(run.stdout.index("Examples:"), run.stdout.index("--record FILE"))
        for word in ("lane=order,ack", "Exit codes", "--follow", "node!=n3"):
            self.assertIn(word, run.stdout)

    def test_the_version(self):
        run = sniff("--version")
        self.assertRegex(run.stdout, r"^gavel-sniff \d+\.\d+\.\d+\n$")

    def test_the_completion_is_a_script_that_completes(self):
        script = sniff("--completion", "bash").stdout
        ask = 'COMP_WORDS=(gavel-sniff lane = o); COMP_CWORD=3; _gavel_sniff; echo "${COMPREPLY[@]}"'
        run = subprocess.run(["bash", "-c", script + ask], capture_output=True, text=True, check=True, timeout=30)
        self.assertEqual(run.stdout.split(), ["order"])
        ask = 'COMP_WORDS=(gavel-sniff --rec); COMP_CWORD=1; _gavel_sniff; echo "${COMPREPLY[@]}"'
        run = subprocess.run(["bash", "-c", script + ask], capture_output=True, text=True, check=True, timeout=30)
        self.assertEqual(run.stdout.split(), ["--record"])


class Nobody(unittest.TestCase):
    def test_no_cluster_is_exit_code_5_within_the_timeout(self):
        run = sniff("--beacon-port", a_free_udp_port(), "--timeout", "0.5")
        self.assertEqual(run.returncode, 5)
        self.assertIn("no node of cluster 'gavel'", run.stderr)
        self.assertIn("--node", run.stderr)

    def test_no_node_at_the_address_is_exit_code_5(self):
        run = sniff("--beacon-port", a_free_udp_port(), "--node", "127.0.0.1:1", "--timeout", "0.5")
        self.assertEqual(run.returncode, 5)


class Files(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)

    def test_a_file_that_is_not_there(self):
        run = sniff("--read", self.directory / "none")
        self.assertEqual(run.returncode, 4)
        self.assertIn("No such file", run.stderr)

    def test_a_file_that_is_no_recording(self):
        other = self.directory / "notes"
        other.write_text("just some text")
        run = sniff("--read", other)
        self.assertEqual(run.returncode, 2)
        self.assertIn("no recording", run.stderr)
        self.assertEqual(sniff("--read", self.directory).returncode, 2)

    def test_a_recording_never_takes_the_place_of_another_file(self):
        other = self.directory / "notes"
        other.write_text("just some text")
        run = sniff("--record", other, "--beacon-port", a_free_udp_port(), "--timeout", "0.5")
        self.assertEqual(run.returncode, 2)
        self.assertEqual(other.read_text(), "just some text")

    def test_a_full_disk_is_named(self):
        run = sniff("--record", "/dev/full", "--beacon-port", a_free_udp_port(), "--timeout", "0.5")
        self.assertEqual(run.returncode, 1)
        self.assertIn("No space left", run.stderr)

    def test_an_empty_recording_is_read_and_a_torn_one_told(self):
        whole = self.directory / "empty.gsniff"
        sniff("--record", whole, "--beacon-port", a_free_udp_port(), "--timeout", "0.3")
        self.assertTrue(whole.read_bytes().startswith(HEAD))
        run = sniff("--read", whole)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(run.stdout, "")
        self.assertIn("0 messages seen", run.stderr)
        whole.write_bytes(whole.read_bytes() + b"\x10\x00\x00")
        run = sniff("--read", whole)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("cut short", run.stderr)
        whole.write_bytes(whole.read_bytes()[:-3] + bytes(20))
        run = sniff("--read", whole)
        self.assertEqual(run.returncode, 1, run.stderr)
        self.assertIn("damaged", run.stderr)

    def an_empty_recording(self):
        name = self.directory / "empty.gsniff"
        sniff("--record", name, "--beacon-port", a_free_udp_port(), "--timeout", "0.3")
        return name

    def test_what_was_not_found_is_exit_code_4_and_replaces_no_file(self):
        recording, drawn = self.an_empty_recording(), self.directory / "drawn.svg"
        for found, said in ((("--ladder=svg",), "no election was seen"), (("--ladder", "--story", "bid"), "no bid was seen")):
            drawn.write_text("drawn before")
            run = sniff("--read", recording, *found, "--out", drawn)
            self.assertEqual((run.returncode, run.stdout), (4, ""), run.stderr)
            self.assertIn(said, run.stderr)
            self.assertEqual(drawn.read_text(), "drawn before")
            drawn.unlink()
            sniff("--read", recording, *found, "--out", drawn)
            self.assertFalse(drawn.exists())
        run = sniff("--read", recording, "--follow", "next")
        self.assertEqual((run.returncode, run.stdout), (4, ""), run.stderr)
        self.assertIn("no such request was seen", run.stderr)

    def test_a_ladder_never_takes_the_place_of_its_recording(self):
        recording = self.an_empty_recording()
        before = recording.read_bytes()
        link = self.directory / "link"
        link.symlink_to(recording)
        for how in ("--read", "--record"):
            for out in (recording, link, self.directory / "." / "empty.gsniff"):
                run = sniff(how, recording, "--ladder", "--out", out, "--beacon-port", a_free_udp_port(), "--timeout", "0.3")
                self.assertEqual(run.returncode, 2)
                self.assertIn("that is the recording", run.stderr)
                self.assertEqual(recording.read_bytes(), before)

    def test_a_file_that_cannot_be_written_is_told_at_once(self):
        run = sniff("--ladder", "--out", self.directory / "none" / "ladder.svg", "--beacon-port", a_free_udp_port())
        self.assertEqual(run.returncode, 2)
        self.assertIn("No such file", run.stderr)

    def test_a_check_of_a_recording_without_a_message_is_none(self):
        run = sniff("--read", self.an_empty_recording(), "--check")
        self.assertEqual(run.returncode, 5)
        self.assertIn("nothing was checked", run.stderr)


class Interrupted(unittest.TestCase):
    def ends(self, number, *args, says=b"", **streams):
        """The exit code after a signal, which comes while it waits, and after it has said that first of all."""
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GAVEL_")}
        with subprocess.Popen([SNIFF, *args], stderr=subprocess.PIPE, env=clean, **streams) as process:
            try:
                while True:  # until it has caught the signal, which it does before it opens anything
                    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
                    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
                    if caught >> (number - 1) & 1:
                        break
                    time.sleep(0.01)
                if says:
                    self.assertIn(says, process.stderr.readline())
                process.send_signal(number)
                return process.wait(timeout=10)
            finally:
                process.kill()

    def test_a_recording_that_does_not_come(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            reader, writer = os.pipe()
            try:
                self.assertEqual(self.ends(number, "--read", "-", stdin=reader, stdout=subprocess.DEVNULL), 130)
                os.write(writer, HEAD)
                self.assertEqual(self.ends(number, "--read", "-", stdin=reader, stdout=subprocess.DEVNULL), 130)
            finally:
                os.close(reader)
                os.close(writer)

    def test_a_view_that_waits_for_what_does_not_come(self):
        for view, awaited in ((("--ladder",), b"the next election"), (("--ladder", "--story", "bid"), b"the next bid"),
                              (("--follow", "next"), b"the next command"), (("--follow", "21/1"), b"request 21/1")):
            code = self.ends(signal.SIGINT, *view, "--beacon-port", str(a_free_udp_port()), "--timeout", "60",
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, says=b"waiting for " + awaited)
            self.assertEqual(code, 130)

    def test_a_check_that_heard_nobody(self):
        self.assertEqual(self.ends(signal.SIGINT, "--check", "--beacon-port", str(a_free_udp_port()), "--timeout", "60",
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL), 5)

    def test_a_recording_that_nobody_takes(self):
        reader, writer = os.pipe()
        try:
            os.set_blocking(writer, False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(writer, bytes(4096))
            os.set_blocking(writer, True)
            self.assertEqual(self.ends(signal.SIGINT, "--record", "-", "--beacon-port", str(a_free_udp_port()),
                                       "--timeout", "60", stdin=subprocess.DEVNULL, stdout=writer), 130)
        finally:
            os.close(reader)
            os.close(writer)


if __name__ == "__main__":
    unittest.main()
