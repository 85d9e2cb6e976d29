"""Several bidders at work in one `gavel bidders` process; every answer that they get is kept here as it comes."""

import json
import tempfile
import threading

from client import answer_of
from processes import Failure, Process


class Bidders:
    def __init__(self, client, auction, count=3, seconds=60, seed=1, tied=True, extra=()):
        self.count = count
        self._answers = []
        self._accepted = 0
        self._odd = []
        self._lock = threading.Lock()
        self._messages = tempfile.TemporaryFile("w+")
        self.process = Process.start_piped(
            client.command("-o", "jsonl", "bidders", auction, "--bidders", count, "--for", f"{seconds}s", "--seed", seed,
                           *extra), tied, self._messages)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.popen.stdout:
            try:
                answer = answer_of(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                self._odd.append(f"{error!r} in {line!r}")
                continue
            if answer is None:
                continue
            with self._lock:
                self._answers.append(answer)
                self._accepted += answer["verdict"] == "accepted"

    def answers(self):
        """All so far, in the order in which they came."""
        if self._odd:
            raise Failure(f"the bidders printed what is not understood: {self._odd[0]}")
        with self._lock:
            return list(self._answers)

    def accepted(self):
        with self._lock:
            return self._accepted

    def last(self):
        """The latest accepted bid, or None."""
        with self._lock:
            return next((a for a in reversed(self._answers) if a["verdict"] == "accepted"), None)

    def open_at_most(self):
        """How many bids may have been accepted that no answer here tells of: those whose outcome is unknown, and one in
        flight for each bidder when it was ended."""
        return self.count + sum(answer["unknown"] for answer in self.answers())

    def ended(self):
        return not self.process.alive()

    def messages(self):
        """What they said on stderr."""
        self._messages.seek(0)
        return self._messages.read()

    def wait(self, timeout):
        """For their end and the last of their answers."""
        if not self.process.wait_gone(timeout):
            raise Failure(f"the bidders still bid after {timeout:g} s")
        self._reader.join(timeout)

    def end(self):
        """Stops them in the middle of whatever they do; what they had not been told by then is nobody's."""
        if not self.process.end(patience=2):
            self.process.wait_gone(5)
        self._reader.join(5)
        if not self._reader.is_alive():
            self.process.popen.stdout.close()

    def close(self):
        """After the end: lets go of what they said."""
        self.end()
        self._messages.close()
