"""The metrics of real nodes, as Prometheus reads them: under load, across an election, and besieged by bad HTTP clients."""

import http.client
import re
import shutil
import signal
import socket
import subprocess
import unittest
import urllib.parse

from harness import ClusterTest
from local_cluster import DIRECTORY
from processes import wait_until

SAMPLE = re.compile(r"^(\w+)(\{.*\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


class Scrape:
    """One answer of a node: every sample, and which names count up only."""

    def __init__(self, text):
        self.text = text
        self.samples = {}
        self.types = {}
        for line in text.splitlines():
            if line.startswith("# TYPE "):
                name, kind = line.split()[2:]
                self.types[name] = kind
            elif not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                self.samples[name, tuple(sorted(LABEL.findall(labels or "")))] = float(value)

    def of(self, name, **labels):
        """The sum over all samples of that name with these labels."""
        wanted = set(labels.items())
        return sum(value for (sample, given), value in self.samples.items() if sample == name and wanted <= set(given))

    def counts_up(self, name):
        return self.types.get(name) == "counter" or self.types.get(re.sub("_(bucket|sum|count)$", "", name)) == "histogram"


class Metrics(ClusterTest):
    NODES = 3
    OPTIONS = (*ClusterTest.OPTIONS, "--metrics", "127.0.0.1")

    def address(self, node):
        url = urllib.parse.urlsplit(node.card()["metrics"])
        self.assertEqual(url.path, "/metrics")
        return url.hostname, url.port

    def request(self, node, path="/metrics", method="GET", body=None):
        """(status, headers, text)."""
        connection = http.client.HTTPConnection(*self.address(node), timeout=5)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        finally:
            connection.close()

    def scrape(self, node):
        status, headers, text = self.request(node)
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return Scrape(text)

    def test_parser(self):
        """Prometheus's own parser finds nothing to say about the metrics of nodes at work, before and after an election"""
        self.assertTrue(shutil.which("promtool"), "promtool is missing: install the package prometheus")
        auction = self.auction()
        load = self.load(auction)
        self.bids(load, 30)
        load.end()
        before = {node.name: self.scrape(node) for node in self.cluster.live()}
        self.check_bids(load, before.values())
        for scrape in before.values():
            self.check_plausible(scrape, auction)
        leader, load = self.leader(auction), self.load(auction, seed=2)
        self.kill(leader)
        self.bids(load, 10)
        after = {node.name: self.scrape(node) for node in self.cluster.live()}
        self.assertNotIn(leader.name, after)
        for name, scrape in after.items():
            self.check_plausible(scrape, auction)
            self.check_monotone(before[name], scrape)
        for name in ("gavel_elections_won_total", "gavel_candidacies_total", "gavel_suspicions_total"):
            grown = sum(scrape.of(name) - before[node].of(name) for node, scrape in after.items())
            self.say(f"{name} grew by {grown:g}")
            self.assertGreaterEqual(grown, 1)
        self.assertEqual(sum(scrape.of("gavel_group_is_leader", group=auction) for scrape in after.values()), 1)

    def check_bids(self, load, scrapes):
        """Each bid was counted once, by its verdict."""
        verdicts = [answer["verdict"] for answer in load.answers()]
        for verdict in ("accepted", "too_low", "below_increment"):
            told = sum(word.replace(" ", "_") == verdict for word in verdicts if word)
            counted = sum(scrape.of("gavel_bids_total", verdict=verdict) for scrape in scrapes)
            self.say(f"{verdict}: {told} told to bidders, {counted:g} counted")
            self.assertLessEqual(told, counted)
            self.assertLessEqual(counted, told + load.open_at_most())

    def check_plausible(self, scrape, auction):
        done = subprocess.run(["promtool", "check", "metrics"], input=scrape.text, capture_output=True, text=True, timeout=20,
                              check=False)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ""))
        self.assertEqual(scrape.of("gavel_up"), 1)
        for group in (DIRECTORY, auction):
            self.assertEqual(scrape.of("gavel_group_voters", group=group), self.NODES)
            self.assertGreater(scrape.of("gavel_group_term_round", group=group), 0)
            self.assertGreaterEqual(scrape.of("gavel_group_last_slot", group=group),
                                    scrape.of("gavel_group_commit_slot", group=group))
            self.assertLess(scrape.of("gavel_group_applied_lag_slots", group=group), 1000)
        self.assertEqual(scrape.of("gavel_command_seconds_count"), scrape.of("gavel_commands_total", status="ok"))
        for name in ("gavel_command_seconds", "gavel_commit_seconds", "gavel_disk_sync_seconds"):
            self.assertEqual(scrape.of(f"{name}_bucket", le="+Inf"), scrape.of(f"{name}_count"))
        for name in ("gavel_disk_sync_seconds_count", "gavel_disk_written_bytes_total", "gavel_uptime_seconds",
                     "gavel_received_bytes_total", "gavel_process_cpu_seconds_total", "gavel_process_open_fds"):
            self.assertGreater(scrape.of(name), 0, name)
        self.assertGreater(scrape.of("gavel_process_resident_memory_bytes"), 2**20)

    def check_monotone(self, before, after):
        for (name, labels), value in before.samples.items():
            if after.counts_up(name):
                self.assertGreaterEqual(after.samples[name, labels], value, f"{name} {labels}")

    def test_health(self):
        """health is ok while the groups of a node have leaders, and says which one has none"""
        node, *others = self.cluster.nodes
        self.assertEqual(self.request(node, "/health")[::2], (200, "ok\n"))
        self.kill(*others)

        def ails():
            status, _, text = self.request(node, "/health")
            return status == 503 and text
        self.assertEqual(wait_until("the node says that it is not well", ails, 5), "directory has no leader\n")
        self.assertEqual(self.scrape(node).of("gavel_up"), 0)

    def test_siege(self):
        """HTTP clients that are wrong, silent, slow or too many harm nobody, and a node ends without waiting for them"""
        node = self.cluster.nodes[0]
        load = self.load(self.auction())
        for path, method, body, status in (("/", "GET", None, 404), ("/metricsx", "GET", None, 404), ("/metrics", "POST", "x", 405),
                                           ("/metrics", "HEAD", None, 200), ("/metrics?x=1", "GET", None, 200)):
            self.assertEqual(self.request(node, path, method, body)[0], status, f"{method} {path}")
        for garbage in (b"\x00" * 100 + b"\r\n\r\n", b"BID /metrics HTTP/1.1\r\nConnection: close\r\n\r\n", b"GET /" + b"a" * 20000):
            answer = self.exchange(node, garbage)
            self.assertRegex(answer, rb"^(HTTP/1.1 (400|404|405) |$)")
        silent = [self.connected(node) for _ in range(8)]
        slow = [self.connected(node, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 400) for _ in range(8)]
        self.bids(load, 30, timeout=5)
        self.assertEqual(self.exchange(node, b"GET /metrics HTTP/1.1\r\n\r\n"), b"", "the seventeenth is shown the door")
        wait_until("those who said nothing were sent away", lambda: all(self.ended(one) for one in silent), 8)
        wait_until("there is room again", lambda: self.room(node), 8)
        self.bids(load, 10, timeout=5)
        self.check_port_taken(node)
        self.connected(node)
        node.process.send(signal.SIGTERM)
        self.assertTrue(node.process.wait_gone(6))
        self.assertEqual(node.process.exit_code(), 0)
        for connection in slow:
            connection.close()

    def check_port_taken(self, node):
        taken = "{}:{}".format(*self.address(node))
        done = subprocess.run([self.cluster.programs / "gavel-node", "--data-dir", self.directory / "other", "--bootstrap",
                               "--cluster", "another", "--no-beacon", "--metrics", taken], capture_output=True, text=True,
                              timeout=10, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"cannot serve metrics at {taken}: Address already in use", done.stderr)

    def connected(self, node, says=b""):
        """A connection whose other end is never read; what does not fit is not sent."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(self.address(node))
        self.addCleanup(connection.close)
        connection.setblocking(False)
        try:
            connection.send(says)
        except OSError:
            pass
        return connection

    @staticmethod
    def ended(connection):
        try:
            return connection.recv(1) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def exchange(self, node, says):
        """What comes back until the other side closes; b"" also if it closes at once."""
        answer = b""
        with socket.create_connection(self.address(node), timeout=8) as connection:
            try:
                connection.sendall(says)
                while part := connection.recv(65536):
                    answer += part
            except OSError:
                pass
        return answer

    def room(self, node):
        try:
            return self.request(node)[0] == 200
        except (OSError, http.client.HTTPException):
            return False
