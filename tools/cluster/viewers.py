"""Many clients in one process that mean to stay: each says hello, goes where it is sent, comes again when all are full, and
stays connected. They ask for nothing; what is looked at is where they end up.
"""

import random
import selectors
import threading
import time

from zmtp import Peer, sealed, unpack

HELLO, WELCOME, PING, REDIRECT, BYE = 60, 61, 69, 73, 74


class Viewer:
    """One of them. `served_by`: the name of the node that welcomed it, or None; `refused`: why nobody takes it."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster.encode(), name.encode()
        self.client = random.getrandbits(63) | 1
        self.peer = self.served_by = self.refused = self.again_at = None
        self.redirected = 0

    def go_to(self, address):
        if self.peer:
            self.peer.close()
        self.served_by = self.again_at = None
        self.address = address
        self.peer = Peer(address)
        self._say(HELLO, [self.client, self.name, True, self.redirected])

    def hear(self):
        """What the gateway says next."""
        *_, kind, body = unpack(self.peer.receive()[-1])
        if kind == WELCOME:
            self.served_by, self.redirected, self.refused = body[1].decode(), 0, None
        elif kind == REDIRECT:
            gateways, retry_after, reason = body
            if self.served_by:
                self._say(BYE, [])  # else its place stays taken for a minute
            self.redirected += 1
            if not gateways:
                self.served_by, self.refused, self.redirected = None, reason.decode(), 0
                self.again_at = time.monotonic() + retry_after / 1e6
                return
            self.go_to(gateways[0].decode().removeprefix("tcp://"))

    def ping(self):
        self._say(PING, [1])

    def _say(self, kind, body):
        self.peer.send(sealed(kind, body, self.cluster, sender=self.client))


class Viewers:
    """They come one after the other, each to the address that `choose` says, and are heard until they are closed."""

    PING_EVERY = 10  # seconds; a gateway forgets who is silent for a minute

    def __init__(self, cluster, name="viewer"):
        self.cluster, self.name = cluster, name
        self.all = []
        self.selector = selectors.DefaultSelector()
        self.lock = threading.Lock()
        self.ending = threading.Event()
        self.problem = None
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def come(self, address):
        viewer = Viewer(self.cluster, self.name)
        with self.lock:
            viewer.go_to(address)
            self.all.append(viewer)
            self.selector.register(viewer.peer.socket, selectors.EVENT_READ, viewer)
        return viewer

    def seats(self):
        """{node: how many of them it serves}, by their own word."""
        with self.lock:
            if self.problem:
                raise AssertionError(self.problem)
            served = {}
            for viewer in self.all:
                served[viewer.served_by] = served.get(viewer.served_by, 0) + 1
            return served

    def _listen(self):
        pinged = time.monotonic()
        while not self.ending.is_set():
            ready = self.selector.select(0.1)
            with self.lock:
                for key, _ in ready:
                    self._with(key.data, Viewer.hear)
                now = time.monotonic()
                for viewer in [v for v in self.all if v.again_at and v.again_at <= now]:
                    self._with(viewer, lambda one: one.go_to(one.address))
                if now - pinged > self.PING_EVERY:
                    pinged = now
                    for viewer in self.all:
                        viewer.ping()

    def _with(self, viewer, act):
        """What it does may bring it another connection."""
        self.selector.unregister(viewer.peer.socket)
        try:
            act(viewer)
        except OSError as lost:
            self.problem = f"a viewer lost {viewer.served_by}: {lost}"
            return
        self.selector.register(viewer.peer.socket, selectors.EVENT_READ, viewer)

    def close(self):
        self.ending.set()
        self.thread.join()
        for viewer in self.all:
            viewer.peer.close()
