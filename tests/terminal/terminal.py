"""A program at a pseudo-terminal, typed to and read by a test."""

import os
import pty
import re
import select
import time


class Terminal:
    def __init__(self, command: list[str], **environment: str):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.execve(command[0], command, {**os.environ, **environment, "TERM": "xterm", "LC_ALL": "C.UTF-8"})
            finally:
                os._exit(127)  # never back into the test, of which this is a copy
        self.seen = ""
        self.everything = ""

    def type(self, text: str):
        os.write(self.fd, text.encode())

    def wait_for(self, text: str, seconds: float = 15.0):
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            if not self.read(deadline - time.monotonic()):
                raise AssertionError(f"{text!r} did not show up in {self.seen!r}")
        self.seen = self.seen[self.seen.index(text) + len(text):]

    def read(self, seconds: float) -> bool:
        """What comes within that time; False if nothing did."""
        if not select.select([self.fd], [], [], max(0.0, seconds))[0]:
            return False
        try:
            came = os.read(self.fd, 65536).decode(errors="replace")
        except OSError as ended:
            raise AssertionError(f"the program ended; there was {self.seen!r}") from ended
        self.seen += came
        self.everything += came
        return True

    def lines(self) -> list[str]:
        """All lines that ever showed, without what was typed over; colours and movements of the cursor apart."""
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.everything)
        return [line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n")]

    def wait_for_end(self) -> int:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if select.select([self.fd], [], [], 0.05)[0]:
                try:
                    os.read(self.fd, 65536)
                except OSError:
                    pass
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        raise AssertionError("the shell did not end")
