"""Bad input, from people and from the network, gets a clear error or is dropped, and everything else goes on."""

import contextlib
import random
import shutil
import socket
import subprocess

from client import EXIT_NOT_FOUND
from harness import ClusterTest
from local_cluster import LocalCluster
from zmtp import Peer, pack, sealed

USAGE, REJECTED = 2, 3
BEACON, BID, HELLO, CALL = 50, 152, 60, 63


class BadInput(ClusterTest):
    NODES = 3

    def refused(self, code, words, *arguments):
        """The command ends with that code and says those words, on stderr only."""
        got, output, message = self.client.run(*arguments)
        self.say(f"gavel {' '.join(arguments)}: exit code {got}: {message.strip().splitlines()[0] if message else ''}")
        self.assertEqual((got, output), (code, ""))
        for word in words:
            self.assertIn(word, message.lower())

    def counters(self, node):
        row = next(row for row in self.client.ask("status")["nodes"] if row["node"] == node.name)
        return row["counters"]

    def test_people(self):
        """a bid of -5, an amount with nine decimals, unknown items and auctions get a clear error and an exit code"""
        auction = self.auction()
        load = self.load(auction)
        self.refused(USAGE, ["-5"], "bid", auction, "-5")
        self.refused(USAGE, ["decimal"], "bid", auction, "12.123456789")
        self.refused(USAGE, [], "bid", auction, "a lot")
        self.refused(EXIT_NOT_FOUND, ["lot-999"], "bid", "lot-999", "12.00")
        self.refused(EXIT_NOT_FOUND, ["lot-999"], "start", "lot-999")
        self.refused(REJECTED, ["too low"], "--as", "ann", "bid", auction, "0.01")
        self.refused(REJECTED, ["own item"], "--as", "the-seller", "bid", auction, "999.00")
        self.refused(REJECTED, ["on offer"], "start", auction)
        self.bids(load, 10)
        self.assert_nothing_lost(auction, load)

    def test_garbage_bytes(self):
        """garbage bytes on every socket of a node cost it nothing but the connection"""
        auction = self.auction()
        load = self.load(auction)
        noise = random.Random(1)
        node = self.leader(auction)
        for name in ("client", "peer", "pub"):
            host, port = node.address(name).split(":")
            for garbage in (b"GET / HTTP/1.1\r\n\r\n", noise.randbytes(65536), b"\xff" + bytes(8) + b"\x7f\x03", b"\xff" * 4096):
                with socket.create_connection((host, int(port)), timeout=5) as raw:
                    try:
                        raw.sendall(garbage)
                        raw.shutdown(socket.SHUT_WR)
                        while raw.recv(4096):
                            pass
                    except OSError:
                        pass  # the node closed it, as it should
            self.say(f"{name} socket of {node.name}: four kinds of garbage")
        self.bids(load, 20)
        self.assertTrue(node.alive())
        self.assert_nothing_lost(auction, load)

    def garbage_frames(self):
        noise = random.Random(2)
        name = self.cluster.name.encode()
        yield [b""]
        yield [noise.randbytes(100)]
        yield [noise.randbytes(60000)]
        yield [b"\xdd\xff\xff\xff\xff"]                     # an array of four billion elements
        yield [b"\x91" * 5000]                              # nested five thousand deep
        yield [b"\xc6\xff\xff\xff\xff" + b"x" * 10]         # four gigabytes of bytes that never come
        yield [b"a", b"b", b"c", b"d"]                      # more frames than there are
        yield [pack([])]
        yield [sealed(HELLO, [7, b"x", False, 0], cluster=b"another")]
        yield [sealed(HELLO, [7, b"x", False, 0], cluster=name, version=2)]
        yield [sealed(99999, [], cluster=name)]
        yield [sealed(HELLO, [7], cluster=name)]            # a field too few
        yield [sealed(CALL, [1, 1, 200, 0, 0, b""], cluster=name)]
        for kind in (*range(1, 30), *range(50, 80), *range(100, 125), *range(150, 165)):
            yield [sealed(kind, [], cluster=name, group=1)]
            yield [sealed(kind, noise.randbytes(30), cluster=name, group=1)]
            yield [sealed(kind, [0] * 9, cluster=name, group=1, sender=noise.getrandbits(64))]

    def test_garbage_frames(self):
        """frames that are no messages, or of another cluster or version, cost a counter, and clients are told why"""
        auction = self.auction()
        load = self.load(auction)
        node = self.leader(auction)
        before = self.counters(node)
        sent = 0
        for name in ("client", "peer"):
            for frames in self.garbage_frames():
                with Peer(node.address(name)) as peer:
                    peer.send(*frames)
                    sent += 1
        for frames in self.garbage_frames():
            with contextlib.suppress(OSError), Peer(node.address("pub"), b"SUB") as peer:
                peer.send(*frames)  # ZeroMQ closes the connection of a subscriber that sends no subscription
        with Peer(node.address()) as peer:
            peer.send(sealed(HELLO, [7, b"x", False, 0], cluster=b"another"))
            answer = b"".join(peer.receive())
            self.say(f"the node answers a client of another cluster: {answer[-90:]!r}")
            self.assertIn(b"another", answer)
            self.assertIn(self.cluster.name.encode(), answer)
        with Peer(node.address()) as peer:
            peer.send(sealed(HELLO, [7, b"x", False, 0], cluster=self.cluster.name.encode(), version=2))
            self.assertIn(b"version", b"".join(peer.receive()).lower())
        self.bids(load, 20)
        after = self.counters(node)
        grown = {k: after[k] - before[k] for k in after if k.startswith("refused") and after[k] > before[k]}
        self.say(f"{sent} frames were sent; {node.name} counted {grown}")
        for counter in ("refused_malformed", "refused_version", "refused_cluster"):
            self.assertIn(counter, grown)
        self.assert_nothing_lost(auction, load)

    def test_beacons(self):
        """beacons of another cluster or version, and garbage datagrams, bring nobody in and nobody down"""
        auction = self.auction()
        load = self.load(auction)
        noise = random.Random(3)
        name = self.cluster.name.encode()
        body = [4711, 1, b"stranger", b"tcp://127.0.0.1:9", b"tcp://127.0.0.1:9", b"tcp://127.0.0.1:9", True, 0, b""]
        wild = [0xFFFFFFFFFFFFFFFF, 1, b"\x1b[2J" * 20, b"ipc:///etc/passwd", b"tcp://0.0.0.0:0", b"udp://x", True, 0, b""]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            for _ in range(5):
                for datagram in (b"", b"\x00", noise.randbytes(512), noise.randbytes(1400), b"\xdd\xff\xff\xff\xff",
                                 sealed(BEACON, body, cluster=b"another"), sealed(BEACON, body, cluster=name, version=9),
                                 sealed(BEACON, [1], cluster=name), sealed(BEACON, wild, cluster=name)):
                    out.sendto(datagram, ("127.255.255.255", self.cluster.beacon_port))
        self.bids(load, 20)
        nodes = {row["node"] for row in self.client.ask("status")["nodes"]}
        self.assertEqual(nodes, {node.name for node in self.cluster.nodes})
        self.assert_nothing_lost(auction, load)

    def test_neighbours(self):
        """two clusters on one beacon port stay apart"""
        auction = self.auction()
        load = self.load(auction)
        other = LocalCluster(self.directory / "other", name="neighbours", beacon_port=self.cluster.beacon_port, tied=True)
        self.addCleanup(other.kill_all)
        other.start(2)
        other.wait_joined()
        self.say("a cluster of another name has found itself on the same port")
        self.assertEqual(len(other.client().ask("status")["nodes"]), 2)
        self.assertEqual(len(self.client.ask("status")["nodes"]), self.NODES)
        self.assertEqual(other.client().auctions(), [])
        code, _, message = self.cluster.client(other.nodes).run("--timeout", 1, "auctions")
        self.say(f"a client that goes to the wrong one: exit code {code}: {message.strip()}")
        self.assertNotEqual(code, 0)
        self.bids(load, 10)
        other.kill_all()
        self.assert_nothing_lost(auction, load)

    def test_one_directory_twice(self):
        """a data directory in use is refused with a clear message, and its node goes on"""
        node = self.cluster.nodes[1]
        done = subprocess.run(
            [self.cluster.programs / "gavel-node", "--data-dir", node.data, "--cluster", self.cluster.name, "--listen",
             "127.0.0.1", "--beacon-port", str(self.cluster.beacon_port)],
            capture_output=True, text=True, timeout=10, check=False)
        message = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]
        self.say(f"exit code {done.returncode}: {message}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("in use", message)
        self.assertTrue(node.alive())
        self.auction()

    def test_second_founder(self):
        """--bootstrap on data that exist, or into a cluster that exists, is refused"""
        node = self.cluster.nodes[2]
        self.kill(node)
        copy = self.directory / "copy"
        shutil.copytree(node.data, copy)
        for directory in (copy, self.directory / "empty"):
            done = subprocess.run(
                [self.cluster.programs / "gavel-node", "--data-dir", directory, "--cluster", self.cluster.name, "--bootstrap",
                 "--listen", "127.0.0.1", "--beacon-port", str(self.cluster.beacon_port)],
                capture_output=True, text=True, timeout=10, check=False)
            message = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1]
            self.say(f"exit code {done.returncode}: {message}")
            self.assertNotEqual(done.returncode, 0)
        self.restart(node)
        self.auction()
