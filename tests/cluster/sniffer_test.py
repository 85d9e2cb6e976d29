"""gavel-sniff on a living cluster: it sees every lane, tells what it missed, and costs the nodes nothing that counts."""

import collections
import json
import pathlib
import signal
import subprocess
import time

from harness import ClusterTest
from local_cluster import programs_directory
from processes import Process, plain_environment, wait_until

LANES = {"batch", "order", "ack", "beat", "unicast", "client", "beacon"}


def resident(process):
    """Bytes of memory that a process has."""
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError(f"process {process.pid} has no memory")


class Sniffer:
    """One run of gavel-sniff, with what it prints in a file."""

    def __init__(self, test, name, *arguments, beacons=True):
        cluster = test.cluster
        port = cluster.beacon_port if beacons else cluster.beacon_port + 10000  # there nobody sends any
        self.output = test.directory / f"{name}.out"
        self.messages = test.directory / f"{name}.err"
        command = [str(programs_directory() / "gavel-sniff"), "--cluster", cluster.name, "--beacon-port", str(port),
                   *[str(a) for a in arguments]]
        with open(self.output, "wb") as out, open(self.messages, "wb") as err:
            popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=plain_environment())
        self.process = Process(popen.pid, 0, popen)
        test.addCleanup(lambda: popen.poll() is None and popen.kill())

    def rows(self):
        """What was printed so far, whole lines of JSON."""
        return [json.loads(line) for line in self.output.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def end(self, number=signal.SIGINT):
        self.process.send(number)
        return self.wait()

    def wait(self, timeout=15):
        self.process.popen.wait(timeout)
        return self.process.exit_code()

    def said(self):
        return self.messages.read_text()


class Sniffers(ClusterTest):
    NODES = 4

    def sniffer(self, name, *arguments, **keywords):
        return Sniffer(self, name, *arguments, **keywords)

    def test_lanes(self):
        """a sniffer finds its nodes by beacon or by one address, and sees every lane, tokens and calls of clients too"""
        near = self.sniffer("near", "-o", "jsonl")
        far = self.sniffer("far", "-o", "jsonl", "--node", self.cluster.nodes[0].address(), beacons=False)
        everybody = {node.name for node in self.cluster.nodes}
        for sniffer in (near, far):
            wait_until("every node is heard by its name",
                       lambda one=sniffer: {row["from"] for row in one.rows() if row["lane"] == "beat"} >= everybody, 10)
        auction = self.auction()
        load = self.load(auction)
        leader = self.leader(auction)
        # Some unicast traffic there is only when something happens: an election.
        self.kill(leader)
        self.bids(load, 5)
        load.end()
        for sniffer, lanes in ((near, LANES), (far, LANES - {"beacon"})):
            def all_seen(one=sniffer, wanted=lanes):
                seen = one.rows()
                # The first messages may be there before anybody has told how their group is called.
                groups = {row["group"] for row in seen if row["auction"] == auction}
                types = {row["type"] for row in seen if row["lane"] == "unicast" and row["group"] in groups}
                all_seen.problem = f"seen: {sorted({row['lane'] for row in seen})}, of the auction: {sorted(types)}"
                return {row["lane"] for row in seen} >= wanted and {"Token", "TokenAck"} <= types
            wait_until("all lanes and the election are seen", all_seen, 10)
            self.assertEqual(sniffer.end(), 0, sniffer.said())
            self.assertIn(" 0 missed", sniffer.said())
            self.assertIn(" 0 not understood", sniffer.said())
            self.assertIn("0 violations", sniffer.said())
            rows = sniffer.rows()
            self.assertTrue(all(row["to"] in everybody for row in rows if row["type"] == "Token"))
            bids = [row for row in rows if row["lane"] == "batch" and "bid " in row["words"]]
            self.assertGreaterEqual(len(bids), 5)
            answers = [row for row in rows if row["type"] == "Answer" and row["body"]["status"] == "ok"]
            self.assertTrue(answers)
            self.assertFalse([row for row in rows if row["lane"] == "tap"], "tap marks are for the sniffer alone")
        count = collections.Counter(row["type"] for row in near.rows())
        self.say(f"{len(near.rows())} messages: " + ", ".join(f"{n} {name}" for name, n in count.most_common(8)))

    def test_recording(self):
        """a recording shows the messages that the same filters showed live, and a node that joins later is heard"""
        auction = self.auction()
        sniffer = self.sniffer("live", "--record", self.directory / "own.gsniff", "-o", "jsonl", "lane!=beacon")
        wait_until("it sniffs", lambda: any(row["lane"] == "beat" for row in sniffer.rows()), 10)
        self.load(auction).end()
        late = self.cluster.add_node(["--priority", 1])
        self.cluster.wait_serving([late])
        wait_until("the new node is heard", lambda: any(row["from"] == late.name for row in sniffer.rows()), 10)
        self.assertEqual(sniffer.end(signal.SIGTERM), 0, sniffer.said())
        again = self.sniffer("again", "--read", self.directory / "own.gsniff", "-o", "jsonl", "lane!=beacon")
        self.assertEqual(again.wait(), 0, again.said())
        # A recording has every name from the start; live, names come when they are known.
        self.assertTrue(all(row["auction"] == auction for row in again.rows() if row["group"] == 2))
        for live, read in zip(sniffer.rows(), again.rows(), strict=True):
            told = [key for key in live if key.endswith("_uid") or isinstance(live[key], int)] + ["time", "lane", "type"]
            self.assertEqual({key: live[key] for key in told}, {key: read[key] for key in told})
        bids = self.sniffer("bids", "--read", self.directory / "own.gsniff", "-o", "jsonl", f"auction={auction}",
                            "lane=batch,order,ack", "slot=2..", "-n", "10")
        self.assertEqual(bids.wait(), 0, bids.said())
        self.assertEqual(len(bids.rows()), 10)
        self.assertEqual({row["auction"] for row in bids.rows()}, {auction})
        top = self.sniffer("top", "--read", self.directory / "own.gsniff", "--top", "-o", "jsonl")
        self.assertEqual(top.wait(), 0, top.said())
        self.assertIn("beat", {lane["lane"] for lane in top.rows()[0]["lanes"]})

    def test_ends(self):
        """a sniffer ends after so many messages, or so much time, or when nobody reads it any more"""
        counted = self.sniffer("counted", "-n", "7", "-o", "jsonl")
        self.assertEqual(counted.wait(), 0)
        self.assertEqual(len(counted.rows()), 7)
        start = time.monotonic()
        timed = self.sniffer("timed", "--for", "500ms", "--record", self.directory / "short.gsniff")
        self.assertEqual(timed.wait(), 0)
        self.assertLess(time.monotonic() - start, 5)
        self.assertIn("recorded", timed.said())
        self.assertEqual(timed.output.read_text(), "")
        command = [str(programs_directory() / "gavel-sniff"), "--cluster", self.cluster.name, "--beacon-port",
                   str(self.cluster.beacon_port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=plain_environment()) as unread:
            unread.stdout.readline()
            unread.stdout.close()
            self.assertEqual(unread.wait(10), 0)

    def test_stopped(self):
        """a sniffer that is stopped neither slows nor grows the nodes, and tells afterwards how much it missed"""
        auction = self.auction()
        load = self.load(auction, count=8)
        sniffer = self.sniffer("stopped", "-o", "jsonl", "lane=order")
        wait_until("it sniffs", sniffer.rows, 10)
        rate_before = self.rate(load, 100)
        before = [resident(node.process) for node in self.cluster.nodes]
        listeners = self.listeners()
        sniffer.process.send(signal.SIGSTOP)
        # A node closes the connection of who takes nothing for five seconds, and frees its queue.
        rates = [self.rate(load, 100)]
        grown = [0.0]
        while self.listeners() > listeners - self.NODES:
            rates.append(self.rate(load, 100))
            grown += [(resident(node.process) - was) / 2**20 for node, was in zip(self.cluster.nodes, before)]
            self.assertLess(len(rates), 100, "the nodes hold on to the stopped sniffer")
        rate = sum(rates) / len(rates)
        self.say(f"{rate_before:.0f} bids a second beside a sniffer, {rate:.0f} beside a stopped one; "
                 f"no node grew by more than {max(grown):.1f} MiB")
        self.assertGreater(rate, rate_before / 3)
        self.assertLess(max(grown), 64)
        sniffer.process.send(signal.SIGCONT)
        wait_until("it tells what it missed", lambda: "missed" in sniffer.said(), 10)
        rows = len(sniffer.rows())
        wait_until("it sees what comes now", lambda: len(sniffer.rows()) > rows, 10)
        load.end()
        self.assertEqual(sniffer.end(), 0, sniffer.said())
        summary = sniffer.said().strip().splitlines()[-1]
        self.assertRegex(summary, r" [1-9]\d* missed \(n\d ")
        self.say(summary)

    def rate(self, load, count):
        start, accepted = time.monotonic(), load.accepted()
        self.bids(load, count, timeout=30)
        return (load.accepted() - accepted) / (time.monotonic() - start)

    def listeners(self):
        """Connections at the nodes' PUB sockets."""
        ports = {int(node.address("pub").rpartition(":")[2]) for node in self.cluster.nodes}
        established = "01"
        count = 0
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            count += state == established and int(local.rpartition(":")[2], 16) in ports
        return count
