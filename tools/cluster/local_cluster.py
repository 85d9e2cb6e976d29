"""A cluster of gavel-node processes on this machine, in a directory of its own.

    DIRECTORY/cluster.json    which nodes there are, their pids and start times, the cluster's name and beacon port
    DIRECTORY/nN/             the data directory of node N; nN.log beside it is what the node printed

Nodes are numbered from 1; node 1 founds the cluster, the others find it by beacon. Every cluster has a name and a beacon
port of its own, so that several on one machine do not meet. Nodes listen on loopback, on ports they pick themselves.
"""

import dataclasses
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time

from client import DIRECTORY, Client
from faults import Faults
from processes import Failure, Process, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]


def programs_directory():
    """Where gavel-node and gavel are: $GAVEL_BIN, else build/bin."""
    path = pathlib.Path(os.environ.get("GAVEL_BIN", ROOT / "build" / "bin"))
    for program in ("gavel-node", "gavel"):
        if not os.access(path / program, os.X_OK):
            raise Failure(f"there is no {program} in {path}: run `make build` first, or set GAVEL_BIN")
    return path


def free_beacon_port():
    """A UDP port below the system's ephemeral ones on which nobody listens now."""
    for port in random.sample(range(20000, 30000), 200):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("0.0.0.0", port))
                return port
            except OSError:
                continue
    raise Failure("no free UDP port between 20000 and 30000 for the beacon")


class Node:
    """One node: its number, its data directory, and the process of its present life, if any."""

    def __init__(self, cluster, number, options=(), process=None):
        self.cluster = cluster
        self.number = number
        self.options = list(options)
        self.process = process
        self.faults = Faults()  # of its present life

    @property
    def name(self):
        return f"n{self.number}"

    @property
    def data(self):
        return self.cluster.directory / self.name

    @property
    def log(self):
        return self.cluster.directory / f"{self.name}.log"

    def alive(self):
        return self.process is not None and self.process.alive()

    def card(self):
        """What the node wrote about its present life (node.json: uid, pid, endpoints); None until it serves."""
        try:
            card = json.loads((self.data / "node.json").read_text())
        except (OSError, ValueError):
            return None
        return card if self.process is not None and card.get("pid") == self.process.pid else None

    @property
    def uid(self):
        """Hexadecimal, as everywhere in what nodes and clients print."""
        card = self.card_of_any_life()
        return card["uid"] if card else None

    def card_of_any_life(self):
        try:
            return json.loads((self.data / "node.json").read_text())
        except (OSError, ValueError):
            return None

    def address(self, socket_name="client"):
        """"host:port" of its socket for clients ("client"), nodes ("peer") or what it publishes ("pub")."""
        card = self.card_of_any_life()
        return card["endpoints"][socket_name].removeprefix("tcp://") if card else None

    def log_tail(self, lines=5):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""


class LocalCluster:
    def __init__(self, directory, name=None, beacon_port=None, tied=False, options=(), host="127.0.0.1", prefix=None):
        """`tied`: its nodes die with this process. `options`: further ones of gavel-node, for every node. `prefix(node)`:
        a command that starts another one, such as `ip netns exec`."""
        self.directory = pathlib.Path(directory).resolve()
        self.name = name or f"local-{random.randrange(16**8):08x}"
        self.beacon_port = beacon_port or free_beacon_port()
        self.tied = tied
        self.options = list(options)
        self.host = host
        self.prefix = prefix or (lambda node: [])
        self.programs = programs_directory()
        self.nodes = []

    # -- its state on disk

    @property
    def state_file(self):
        return self.directory / "cluster.json"

    def save(self):
        state = {
            "cluster": self.name, "beacon_port": self.beacon_port, "options": self.options,
            "nodes": [{"number": n.number, "options": n.options, "pid": n.process.pid if n.process else None,
                       "started": n.process.started if n.process else None, "faults": dataclasses.asdict(n.faults)}
                      for n in self.nodes],
        }
        part = self.state_file.with_suffix(".part")
        part.write_text(json.dumps(state, indent=1) + "\n")
        part.replace(self.state_file)

    @classmethod
    def load(cls, directory):
        """The cluster in this directory, or None."""
        path = pathlib.Path(directory) / "cluster.json"
        try:
            state = json.loads(path.read_text())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise Failure(f"{path} cannot be read ({error}): remove the directory if no cluster runs in it") from error
        try:
            return cls._loaded(directory, state)
        except (KeyError, TypeError) as error:
            raise Failure(f"{path} is another version's ({error} is missing): end its nodes, and remove the directory") \
                from error

    @classmethod
    def _loaded(cls, directory, state):
        cluster = cls(directory, name=state["cluster"], beacon_port=state["beacon_port"], options=state["options"])
        for entry in state["nodes"]:
            process = Process(entry["pid"], entry["started"]) if entry["pid"] else None
            cluster.nodes.append(Node(cluster, entry["number"], entry["options"], process))
            cluster.nodes[-1].faults = Faults(**entry["faults"])
        return cluster

    # -- nodes

    def node(self, which):
        """By its number or its name."""
        for node in self.nodes:
            if which in (node.number, node.name):
                return node
        raise Failure(f"there is no node {which}: the cluster has {self.named(self.nodes)}")

    @staticmethod
    def named(nodes):
        return ", ".join(node.name for node in nodes) or "none"

    def live(self):
        return [node for node in self.nodes if node.alive()]

    def start(self, count, options_of=lambda number: ()):
        """Founds a cluster of `count` nodes in an empty or new directory; returns when all of them serve."""
        self.directory.mkdir(parents=True, exist_ok=True)
        for number in range(1, count + 1):
            self.nodes.append(Node(self, number, options_of(number)))
        self.save()
        for node in self.nodes:
            self.launch(node)
        self.wait_serving(self.nodes)

    def start_from(self, backup, count):
        """A cluster of `count` nodes whose first one restores the backup; returns when all of them serve."""
        self.directory.mkdir(parents=True, exist_ok=True)
        first = Node(self, 1)
        self.nodes.append(first)
        self.launch(first, ["--restore", backup])
        self.wait_serving([first])
        for number in range(2, count + 1):
            self.nodes.append(Node(self, number))
            self.launch(self.nodes[-1])
        self.wait_serving(self.nodes)

    def add_node(self, options=()):
        """One more node, which joins by itself."""
        node = Node(self, max((n.number for n in self.nodes), default=0) + 1, options)
        self.nodes.append(node)
        self.launch(node)
        return node

    def launch(self, node, extra=()):
        """Starts a node that does not run, on the data that it has."""
        if node.alive():
            raise Failure(f"{node.name} runs already, as process {node.process.pid}")
        founds = node.number == 1 and not (node.data / "node.json").exists()
        command = [*self.prefix(node), self.programs / "gavel-node", "--data-dir", node.data, "--cluster", self.name,
                   "--name", node.name, "--listen", self.listen_address(node), "--beacon-port", self.beacon_port,
                   "--allow-faults", "--allow-restore", *(["--bootstrap"] if founds else []), *self.options,
                   *node.options, *extra]
        node.faults = Faults()
        node.process = Process.start([str(word) for word in command], node.log, self.tied)
        self.save()

    def listen_address(self, _node):
        return self.host

    def wait_serving(self, nodes, timeout=15):
        for node in nodes:
            def serves(node=node):
                if not node.alive():
                    code = node.process.exit_code()
                    raise Failure(f"{node.name} ended{'' if code is None else f' with exit code {code}'}; "
                                  f"the end of {node.log}:\n{node.log_tail()}")
                return node.card()
            wait_until(f"{node.name} serves", serves, timeout)

    def stop(self, patience=5):
        """Ends all of its nodes, all at once, and forgets them. Returns the names of those that had to be killed."""
        for node in self.live():
            node.process.send(signal.SIGCONT)
            node.process.send(signal.SIGTERM)
        deadline = time.monotonic() + patience
        killed = []
        for node in self.nodes:
            if node.process is None:
                continue
            if not node.process.wait_gone(max(0.0, deadline - time.monotonic())):
                node.process.kill()
                killed.append(node.name)
            node.process = None
        if self.directory.exists():
            self.save()
        return killed

    def kill_all(self):
        """SIGKILL to all of them at once."""
        for node in self.live():
            node.process.send(signal.SIGKILL)
        for node in self.nodes:
            if node.process is not None:
                node.process.kill()

    def remove(self):
        """Its directory, when it is one (it has a cluster.json) and nothing runs in it any more."""
        if self.live():
            raise Failure(f"{self.named(self.live())} still run in {self.directory}")
        if self.state_file.exists():
            shutil.rmtree(self.directory)

    def wait_joined(self, timeout=20):
        """Until all nodes that live are voters of the directory, which has at most seven."""
        names = [node.name for node in self.live()]
        if len(names) <= 7:
            self.client().wait_for_voters(DIRECTORY, names, timeout)

    # -- clients

    def client(self, nodes=None, prefix=()):
        """A client that is told of these nodes (all that live, if not given)."""
        addresses = [node.address() for node in (self.live() if nodes is None else nodes)]
        return Client(self.programs / "gavel", self.name, [a for a in addresses if a], self.beacon_port, prefix)

    def environment(self):
        """What a person's shell needs, so that `gavel` finds this cluster."""
        addresses = [node.address() for node in self.live()]
        return {"GAVEL_CLUSTER": self.name, "GAVEL_NODE": ",".join(a for a in addresses if a),
                "GAVEL_BEACON_PORT": str(self.beacon_port)}

    def run_client(self, *arguments):
        """`gavel ARGUMENTS` with its output on ours; its exit code."""
        return subprocess.run(self.client().command(*arguments), check=False).returncode
