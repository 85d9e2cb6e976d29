"""Just enough of ZeroMQ's wire protocol (ZMTP 3.0, NULL mechanism) and of msgpack to talk to a node's sockets without any
of the code under test: frames that are well made or not, and the envelope of WIRE.md around any body. `Gateway` is a
client of one node, for what `gavel` has no command for; `Publisher` is what a node's PUB is to a sniffer.
"""

import random
import socket
import struct

GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"NULL".ljust(20, b"\0") + b"\x00" + bytes(31)


def pack(value):
    """msgpack of numbers, booleans, None, bytes and lists of them, in its shortest form, as nodes write it."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        if -32 <= value < 128:
            return struct.pack("b", value)
        return _shortest(value, b"\xcc\xcd\xce\xcf", "BHIQ") if value >= 0 else _shortest(value, b"\xd0\xd1\xd2\xd3", "bhiq")
    if isinstance(value, bytes):
        return _shortest(len(value), b"\xc4\xc5\xc6", "BHI") + value
    head = bytes([0x90 | len(value)]) if len(value) < 16 else _shortest(len(value), b"\xdc\xdd", "HI")
    return head + b"".join(pack(v) for v in value)


def _shortest(number, heads, forms):
    """The number in the first form that has room for it, behind that form's head."""
    for head, form in zip(heads, forms, strict=True):
        try:
            return bytes([head]) + struct.pack(">" + form, number)
        except struct.error:
            continue
    raise ValueError(f"{number} fits no form")


def unpack(data):
    """The value that `pack` and the nodes write: text is bytes here, too."""
    value, rest = _unpack(data, 0)
    if rest != len(data):
        raise ValueError(f"{len(data) - rest} bytes follow the value")
    return value


def _unpack(data, at):
    head, at = data[at], at + 1
    if head < 0x80:
        return head, at
    if head >= 0xe0:
        return head - 256, at
    if 0x90 <= head <= 0x9f:
        return _elements(data, at, head & 15)
    if head in (0xc0, 0xc2, 0xc3):
        return {0xc0: None, 0xc2: False, 0xc3: True}[head], at
    numbers = {0xcc: ">B", 0xcd: ">H", 0xce: ">I", 0xcf: ">Q", 0xd0: ">b", 0xd1: ">h", 0xd2: ">i", 0xd3: ">q"}
    lengths = {0xc4: ">B", 0xc5: ">H", 0xc6: ">I", 0xdc: ">H", 0xdd: ">I"}
    form = numbers.get(head) or lengths.get(head)
    if form is None:
        raise ValueError(f"a byte {head:#x} is not used here")
    number, at = struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    if head in numbers:
        return number, at
    if head in (0xdc, 0xdd):
        return _elements(data, at, number)
    return data[at:at + number], at + number


def _elements(data, at, count):
    values = []
    for _ in range(count):
        value, at = _unpack(data, at)
        values.append(value)
    return values, at


def sealed(kind, body, cluster=b"gavel", version=1, group=0, sender=1, incarnation=0):
    """A frame as WIRE.md has it."""
    return pack([version, cluster, group, sender, incarnation, kind, body])


class Peer:
    """A connection to one of a node's sockets, as a DEALER, SUB or whatever it says that it is."""

    def __init__(self, address, kind=b"DEALER", timeout=5, identity=b""):
        host, _, port = address.rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=timeout)
        self._shake_hands(kind, identity)

    def _shake_hands(self, kind, identity=b""):
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


class Publisher(Peer):
    """A PUB that one subscriber connects to; it sends what it is told to, whatever was subscribed to."""

    def __init__(self, host="127.0.0.1", timeout=5):
        self.listener = socket.create_server((host, 0))
        self.listener.settimeout(timeout)
        self.timeout = timeout
        self.socket = None

    @property
    def address(self):
        return "tcp://{}:{}".format(*self.listener.getsockname())

    def wait_for_subscriber(self, topic):
        """Until somebody is there and has subscribed to that topic."""
        self.socket, _ = self.listener.accept()
        self.socket.settimeout(self.timeout)
        self._shake_hands(b"PUB")
        while self.receive()[0] != b"\x01" + topic:
            pass

    def publish(self, topic, frame):
        self.send(topic, frame)

    def close(self):
        self.listener.close()
        if self.socket:
            self.socket.close()


INSISTS = 99  # times that it was sent to another gateway already: it wants this one, full or not


class Refused(Exception):
    """The gateway says why."""


class Gateway:
    """One node's socket for clients: a question, and the answer to it."""

    HELLO, WELCOME, REFUSED = 60, 61, 62

    def __init__(self, address, cluster, name="a tool", timeout=5):
        self.cluster = cluster.encode()
        self.client = random.getrandbits(63) | 1
        self.asked = 0
        self.peer = Peer(address, timeout=timeout)
        try:
            self._send(self.HELLO, [self.client, name.encode(), False, INSISTS])
            self._answer(self.WELCOME)
        except BaseException:
            self.peer.close()
            raise

    def ask(self, kind, answer, *fields):
        """The fields of the answer, whose kind is `answer`. Both begin with a number that names the question."""
        self.asked += 1
        self._send(kind, [self.asked, *fields])
        while True:
            body = self._answer(answer)
            if body[0] == self.asked:
                return body

    def _send(self, kind, body):
        self.peer.send(sealed(kind, body, self.cluster, sender=self.client))

    def _answer(self, kind):
        while True:
            frame = unpack(self.peer.receive()[-1])
            if frame[5] == kind:
                return frame[6]
            if frame[5] == self.REFUSED:
                raise Refused(frame[6][0].decode(errors="replace"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.peer.close()
