"""The sniffer's watch for broken invariants (`gavel-sniff --check`): each of six, said by a forged node on a real bus, is
named and ends in exit code 1; a real cluster, whatever its faults, ends in 0."""

import json
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

from harness import DIRECTORY, ClusterTest
from local_cluster import free_beacon_port, programs_directory
from processes import wait_until
from recorder import Recorder
from zmtp import Publisher, sealed

GROUP, LIFE = 9, 1 << 24
TAP = bytes(8) + b"t"
BATCH, ORDER, ACK, BEAT, BEACON = 1, 2, 3, 4, 50
CALL, ANSWER, TAPPED_CLIENT, OK = 63, 64, 91, 1
FOLLOWER, LEADER = 1, 4
VIEW, BATCHES = 1, 2
EXIT_VIOLATION, EXIT_NOBODY = 1, 5


class Forger:
    """A node that says whatever it is told to, also in the names of others: five uids, n1 to n5, n3 leads term 5."""

    def __init__(self, cluster, beacon_port):
        self.cluster, self.beacon_port = cluster, beacon_port
        self.publisher = Publisher(timeout=10)
        self.published = {}
        self.numbers = {}

    def beacon(self):
        nowhere = b"tcp://127.0.0.1:1"
        body = [1, LIFE, b"forger", self.publisher.address.encode(), nowhere, nowhere, True, 0, b""]
        frame = sealed(BEACON, body, self.cluster.encode(), sender=1, incarnation=LIFE)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            udp.sendto(frame, ("127.255.255.255", self.beacon_port))

    def say(self, node, lane, kind, body, life=LIFE):
        group = 0 if lane == b"t" else GROUP
        frame = sealed(kind, body, self.cluster.encode(), group=group, sender=node, incarnation=life)
        self.publisher.publish(struct.pack(">Q", group) + lane, frame)
        self.published[node] = self.published.get(node, 0) + 1

    @staticmethod
    def entry(term, *batches, kind=BATCHES):
        rotation = [[term[1], LIFE]] if kind == VIEW else []
        return [term, kind, term[1], 1_700_000_000_000_000, [list(batch) for batch in batches], None, rotation]

    def order(self, node, term, previous, before, *entries, commit=0):
        self.say(node, b"o", ORDER, [term, previous, before, list(entries), commit])

    def ack(self, node, term, durable, digest=(0, 0)):
        self.say(node, b"a", ACK, [term, durable, durable, *digest])

    def beat(self, node, term, last, commit, role=FOLLOWER):
        self.say(node, b"h", BEAT, [term, role, term, last, [1, 2, 3, 4, 5], term, False, True, commit, None, [], 0, 0])

    def batch(self, node, number):
        self.say(node, b"b", BATCH, [[node, LIFE, number], b"\x91\x90"])

    def call(self, node, number, session, request):
        self.tap(node, True, CALL, GROUP, number, session, request, None, 0)

    def answer(self, node, number, slot):
        self.tap(node, False, ANSWER, 0, number, 0, 0, OK, slot)

    def tap(self, node, incoming, kind, *more):
        self.say(node, b"t", TAPPED_CLIENT, [self.published.get(node, 0), incoming, 77, kind, 100, *more])


TERM = [5, 3]


class Forged(unittest.TestCase):
    def setUp(self):
        print(flush=True)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="gavel-sniffer-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.program = programs_directory() / "gavel-sniff"
        self.port = free_beacon_port()
        self.forger = Forger("forged", self.port)
        self.addCleanup(self.forger.publisher.close)

    def sniff(self, lies, *words):
        """What the sniffer says, and its exit code, when it has heard `lies` and was ended once it had said all the words. However
        long the finding takes, it comes before the lies."""
        messages = self.directory / "messages"
        with open(messages, "wb") as stderr:
            process = subprocess.Popen(
                [self.program, "--cluster", "forged", "--beacon-port", str(self.port), "--check", "--timeout", "60", "type=Token"],
                stdout=subprocess.DEVNULL, stderr=stderr)
        try:
            self.forger.publisher.listener.settimeout(0.2)

            def finds():
                self.forger.beacon()
                try:
                    self.forger.publisher.wait_for_subscriber(TAP)
                except socket.timeout:
                    return False
                return True
            wait_until("the sniffer subscribes", finds, timeout=10)
            lies()

            def names_it():
                names_it.problem = messages.read_text()
                return all(word in names_it.problem for word in words)
            wait_until(f"the sniffer says {words}", names_it, timeout=10)
            process.send_signal(signal.SIGINT)
            process.wait(timeout=10)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        return process.returncode, messages.read_text()

    def lead(self, seconds, followers=(1, 2, 4), every=0.05):
        """n3 leads and orders batches of n4, all the others follow, for so many seconds."""
        slot, four, ends = self.last, self.fours, time.monotonic() + seconds
        while time.monotonic() < ends:
            four += 1
            self.forger.order(3, TERM, slot, TERM, self.forger.entry(TERM, (4, LIFE, four)), commit=slot)
            slot += 1
            self.forger.beat(3, TERM, slot, slot, LEADER)
            for node in followers:
                self.forger.beat(node, TERM, slot, slot)
            time.sleep(every)
        self.last, self.fours = slot, four

    def begin(self):
        self.forger.order(3, TERM, 0, [0, 0], self.forger.entry(TERM, kind=VIEW))
        self.last, self.fours = 1, 0

    def is_named(self, lies, *words):
        code, said = self.sniff(lies, *words)
        self.assertEqual(code, EXIT_VIOLATION, said)
        self.assertIn(" 0 missed", said)

    def test_beacons_only(self):
        """gavel-sniff --check ends with exit code 5 and names where it tried when beacons are all that it hears"""
        for until in ("--timeout", "1"), ("--timeout", "60", "--for", "500ms"):
            with subprocess.Popen([self.program, "--cluster", "forged", "--beacon-port", str(self.port), "--check", *until],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
                def ended(process=process):
                    self.forger.beacon()
                    return process.poll() is not None
                try:
                    wait_until("the sniffer gives up", ended, timeout=10, interval=0.1)
                finally:
                    process.kill()
                said = process.stderr.read()
            self.assertEqual(process.returncode, EXIT_NOBODY, said)
            self.assertIn(self.forger.publisher.address, said)

    def test_two_leaders(self):
        """gavel-sniff --check names two leaders in a term and ends with exit code 1"""
        def lies():
            self.begin()
            self.forger.order(2, TERM, 1, TERM, self.forger.entry(TERM, (4, LIFE, 1)))
        self.is_named(lies, "second leader")

    def test_two_orders(self):
        """gavel-sniff --check names two orders for a slot and ends with exit code 1"""
        def lies():
            self.begin()
            self.forger.order(3, TERM, 1, TERM, self.forger.entry(TERM, (4, LIFE, 1)))
            self.forger.order(3, TERM, 1, TERM, self.forger.entry(TERM, (5, LIFE, 1)))
        self.is_named(lies, "slot 2", "ordered twice")

    def test_hole(self):
        """gavel-sniff --check names a hole in a stream that is not repaired and ends with exit code 1"""
        def lies():
            self.begin()
            self.forger.batch(1, 1)
            self.forger.order(3, TERM, 1, TERM, self.forger.entry(TERM, (1, LIFE, 1)))
            self.last = 2
            self.forger.batch(1, 3)
            self.lead(3.5)
        self.is_named(lies, ":2 is not ordered since")

    def test_ack_back(self):
        """gavel-sniff --check names an ack that goes back and ends with exit code 1"""
        def lies():
            self.forger.ack(2, TERM, 10)
            self.forger.ack(2, TERM, 9)
        self.is_named(lies, "acks slot 9 after slot 10")

    def test_digests(self):
        """gavel-sniff --check names digests that differ and ends with exit code 1"""
        def lies():
            self.forger.ack(1, TERM, 1030, (1024, 0xaa))
            self.forger.ack(2, TERM, 1030, (1024, 0xbb))
        self.is_named(lies, "slot 1024", "aa", "bb")

    def test_acknowledged(self):
        """gavel-sniff --check names an acknowledged bid that is not in the order and ends with exit code 1"""
        def lies():
            self.begin()
            self.forger.call(1, 7, 21, 1)
            self.forger.batch(1, 1)
            self.forger.order(3, TERM, 1, TERM, self.forger.entry(TERM, (1, LIFE, 1)))
            self.forger.beat(3, TERM, 2, 2, LEADER)
            self.forger.answer(1, 7, 2)
        self.is_named(lies, "request 21/1", "slot 2")


class Watched(ClusterTest):
    RECORDS = False

    def test_faults(self):
        """gavel-sniff --check says nothing of a cluster whose leaders are killed, restarted and stopped under load"""
        sniffer = Recorder.start(self.cluster, self.directory / "watched.gsniff", check=True)
        auction = self.auction()
        load = self.load(auction)
        self.bids(load, 20)
        for _ in range(2):
            dead = self.leader(auction)
            self.kill(dead)
            self.bids(load, 30)
            self.restart(dead)
            self.bids(load, 20)
        stopped = self.leader(auction)
        self.pause(stopped)
        self.bids(load, 30)
        self.resume(stopped)
        self.bids(load, 20)
        self.kill(self.manager())
        self.client.wait_for_leader(DIRECTORY)
        self.bids(load, 20)
        load.close()
        self.assertEqual(sniffer.end(), "")
        again = subprocess.run([sniffer.program, "--read", sniffer.file, "--check", "-o", "jsonl"],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertTrue(any(json.loads(line).get("type") == "Token" for line in again.stdout.splitlines()))


if __name__ == "__main__":
    unittest.main()
