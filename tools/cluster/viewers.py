"""Many clients in one process that mean to stay: each says hello, goes where it is sent, and stays connected. They ask for
nothing; what is looked at is where they end up.
"""

import random
import selectors
import threading
import time

from zmtp import Peer, sealed, unpack

HELLO, WELCOME, REDIRECT, PING, PONG = 60, 61, 73, 69, 70


class Viewer:
    """One of them. `served_by`: the name of the node that welcomed it, or None; `refused`: why nobody takes it."""

    def __init__(self, cluster, name):
        self.cluster, self.name = cluster.encode(), name.encode()
        self.client = random.getrandbits(63) | 1
        self.peer = self.served_by = self.refused = None
        self.redirected = 0

    def go_to(self, address):
        if self.peer:
            self.peer.close()
        self.served_by = None
        self.peer = Peer(address)
        self.peer.send(sealed(HELLO, [self.client, self.name, True, self.redirected], self.cluster, sender=self.client))

    def hear(self):
        """What the gateway says next."""
        *_, kind, body = unpack(self.peer.receive()[-1])
        if kind == WELCOME:
            self.served_by, self.redirected, self.refused = body[1].decode(), 0, None
        elif kind == REDIRECT:
            gateways, _, reason = body
            self.redirected += 1
            if not gateways:
                self.served_by, self.refused = None, reason.decode()
                return
            self.go_to(gateways[0].decode().removeprefix("tcp://"))

    def ping(self):
        self.peer.send(sealed(PING, [1], self.cluster, sender=self.client))


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
                    self._hear(key)
                if time.monotonic() - pinged > self.PING_EVERY:
                    pinged = time.monotonic()
                    for viewer in self.all:
                        viewer.ping()

    def _hear(self, key):
        viewer = key.data
        before = viewer.peer.socket
        self.selector.unregister(before)
        try:
            viewer.hear()
        except OSError as lost:
            self.problem = f"a viewer lost {viewer.served_by}: {lost}"
            return
        self.selector.register(viewer.peer.socket, selectors.EVENT_READ, viewer)

    def close(self):
        self.ending.set()
        self.thread.join()
        for viewer in self.all:
            viewer.peer.close()
