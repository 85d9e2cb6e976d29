"""Cut links: nodes in network namespaces of their own, on switches between which their ports are moved. Needs root."""

import os
import subprocess
import unittest

from harness import DIRECTORY, ClusterTest
from local_cluster import LocalCluster

SUBNET = "10.213.77"


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


def may_make_namespaces():
    """Whether this process may; tried, because being root in a container need not be enough."""
    name = f"gavel{os.getpid()}"
    try:
        ip("netns", "add", name)
        ip("-n", name, "link", "add", "br0", "type", "bridge")
        ip("netns", "del", name)
        return True
    except (OSError, subprocess.CalledProcessError):
        subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        return False


class SwitchedCluster(LocalCluster):
    """Each node, and the client, in a namespace of its own, joined by a namespace that holds two switches, left and right.
    At first all are on the left one."""

    CLIENT = 100

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, prefix=self.enter, **keywords)
        self.base = f"gavel{os.getpid()}"
        self.made = []

    def namespace(self, number):
        return f"{self.base}-{number}"

    def enter(self, node):
        return ["ip", "netns", "exec", self.namespace(node.number)]

    def listen_address(self, node):
        return f"{SUBNET}.{node.number}"

    def make_network(self, count):
        hub = self.namespace("hub")
        self._make(hub)
        for switch in ("left", "right"):
            ip("-n", hub, "link", "add", switch, "type", "bridge", "forward_delay", "0")
            ip("-n", hub, "link", "set", switch, "up")
        for number in (*range(1, count + 1), self.CLIENT):
            own, port = self.namespace(number), f"port{number}"
            self._make(own)
            ip("-n", own, "link", "add", "eth0", "type", "veth", "peer", "name", port, "netns", hub)
            ip("-n", own, "addr", "add", f"{SUBNET}.{number}/24", "broadcast", f"{SUBNET}.255", "dev", "eth0")
            for device in ("lo", "eth0"):
                ip("-n", own, "link", "set", device, "up")
            ip("-n", hub, "link", "set", port, "master", "left", "up")

    def _make(self, name):
        ip("netns", "add", name)
        self.made.append(name)

    def move(self, switch, *numbers):
        for number in numbers:
            ip("-n", self.namespace("hub"), "link", "set", f"port{number}", "master", switch)

    def remove_network(self):
        for name in self.made:
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)

    def client(self, nodes=None, prefix=()):
        return super().client(nodes, prefix or ["ip", "netns", "exec", self.namespace(self.CLIENT)])


class Network(ClusterTest):
    RECORDS = False  # its nodes live in networks of their own

    @classmethod
    def setUpClass(cls):
        if not may_make_namespaces():
            raise unittest.SkipTest("network namespaces need root and CAP_NET_ADMIN")

    def make_cluster(self):
        cluster = SwitchedCluster(self.directory, tied=True, options=self.OPTIONS)
        self.addCleanup(cluster.remove_network)
        cluster.make_network(self.NODES)
        return cluster

    def cut(self, *nodes):
        self.cluster.move("right", *[node.number for node in nodes])
        self.say(f"{LocalCluster.named(nodes)} cut off from the rest and from the bidders")

    def heal(self, *nodes):
        self.cluster.move("left", *[node.number for node in nodes])
        self.say("the network is whole again")

    def test_auctioneer_cut_off(self):
        """an auctioneer that is cut off is replaced, and healed it follows, and nothing that it kept counts"""
        auction = self.auction()
        load = self.load(auction)
        lonely = self.leader(auction)
        self.cut(lonely)
        self.bids(load, 50)
        self.heal(lonely)
        self.bids(load, 30)
        self.assert_nothing_lost(auction, load)

    def test_minority_cut_off(self):
        """the manager and a follower cut off together elect nobody, and healed the cluster is one"""
        auction = self.auction()
        load = self.load(auction)
        side = [self.manager(), self.followers(auction)[0]]
        self.cut(*side)
        self.bids(load, 50)
        rest = self.cluster.client([node for node in self.cluster.live() if node not in side])
        successor = rest.wait_for_leader(DIRECTORY, other_than=[node.name for node in side])
        self.say(f"{successor} is the idle node manager of the majority")
        self.heal(*side)
        self.bids(load, 30)
        self.cluster.wait_joined()
        self.assert_nothing_lost(auction, load)

    def test_cut_again_and_again(self):
        """whoever leads is cut off, three times in a row, and nothing is lost"""
        auction = self.auction()
        load = self.load(auction)
        for _ in range(3):
            lonely = self.leader(auction)
            self.cut(lonely)
            self.bids(load, 15)
            self.heal(lonely)
            self.bids(load, 15)
        self.assert_nothing_lost(auction, load)
