"""One process of `gavel bidders`, `talkers` or `likers` at work; every row that it prints is kept here as it comes."""

import json
import tempfile
import threading

from processes import Failure, Process


class Crowd:
    def __init__(self, client, command, *arguments, seconds=60, tied=True):
        self.command = command
        self._rows = []
        self._odd = []
        self._lock = threading.Lock()
        self._messages = tempfile.TemporaryFile("w+")
        self.process = Process.start_piped(
            client.command("-o", "jsonl", command, *arguments, "--for", f"{seconds}s"), tied, self._messages)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.popen.stdout:
            try:
                row = self.kept(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                self._odd.append(f"{error!r} in {line!r}")
                continue
            if row is None:
                continue
            with self._lock:
                self._rows.append(row)
                self.took(row)

    def kept(self, row):
        """What is kept of a row; None: nothing."""
        return row

    def took(self, row):
        """It was kept just now."""

    def rows(self):
        """All so far, in the order in which they came."""
        if self._odd:
            raise Failure(f"the {self.command} printed what is not understood: {self._odd[0]}")
        with self._lock:
            return list(self._rows)

    def ended(self):
        return not self.process.alive()

    def messages(self):
        """What they said on stderr."""
        self._messages.seek(0)
        return self._messages.read()

    def wait(self, timeout):
        """For their end and the last of their rows."""
        if not self.process.wait_gone(timeout):
            raise Failure(f"the {self.command} still go on after {timeout:g} s")
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
