"""Just enough of ZeroMQ's wire protocol (ZMTP 3.0, NULL mechanism) and of msgpack to talk to a node's sockets without any
of the code under test: frames that are well made or not, and the envelope of WIRE.md around any body.
"""

import socket
import struct

GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + b"\x00" + bytes(31)


def pack(value):
    """msgpack of numbers, booleans, None, bytes and lists of them."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        if 0 <= value < 128:
            return bytes([value])
        return b"\xcf" + struct.pack(">Q", value) if value >= 0 else b"\xd3" + struct.pack(">q", value)
    if isinstance(value, bytes):
        return b"\xc6" + struct.pack(">I", len(value)) + value
    return b"\xdd" + struct.pack(">I", len(value)) + b"".join(pack(v) for v in value)


def sealed(kind, body, cluster=b"gavel", version=1, group=0, sender=1, incarnation=0):
    """A frame as WIRE.md has it."""
    return pack([version, cluster, group, sender, incarnation, kind, body])


class Peer:
    """A connection to one of a node's sockets, as a DEALER, SUB or whatever it says that it is."""

    def __init__(self, address, kind=b"DEALER", timeout=5, identity=b""):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self.socket.sendall(GREETING)
        self._read(64)
        ready = b"\x05READY" + self._property(b"Socket-Type", kind) + self._property(b"Identity", identity)
        self.socket.sendall(bytes([4, len(ready)]) + ready)
        self._frame()  # its READY

    @staticmethod
    def _property(name, value):
        return bytes([len(name)]) + name + struct.pack(">I", len(value)) + value

    def _read(self, count):
        data = b""
        while len(data) < count:
            more = self.socket.recv(count - len(data))
            if not more:
                raise ConnectionError("the node closed the connection")
            data += more
        return data

    def _frame(self):
        flags = self._read(1)[0]
        size = struct.unpack(">Q", self._read(8))[0] if flags & 2 else self._read(1)[0]
        return flags, self._read(size)

    def send(self, *frames):
        """One message of these frames."""
        for i, frame in enumerate(frames):
            more = 1 if i + 1 < len(frames) else 0
            self.socket.sendall(bytes([more | 2]) + struct.pack(">Q", len(frame)) + frame)

    def receive(self):
        """The frames of the next message."""
        frames = []
        while True:
            flags, frame = self._frame()
            if flags & 4:
                continue  # a command, such as a PING
            frames.append(frame)
            if not flags & 1:
                return frames

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
