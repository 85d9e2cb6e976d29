"""Node processes: started here, and ended only if they are still the ones that were started here.

A process is named by its pid and its start time (field 22 of /proc/PID/stat): a pid alone may have come to mean another
program since. Nothing in here ever signals a process that does not match both.
"""

import ctypes
import os
import pathlib
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """Something that a person has to be told, in the words of the exception."""


def wait_until(what, condition, timeout, interval=0.02):
    """The first true value of `condition()`; a Failure that says `what` was waited for when `timeout` seconds pass."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            reason = f" ({condition.problem})" if getattr(condition, "problem", None) else ""
            raise Failure(f"waited {timeout:g} s in vain: {what}{reason}")
        time.sleep(interval)


def plain_environment():
    """Ours without what a person has set for `gavel` and `gavel-node`: all that counts stands on the command lines."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GAVEL_")}


def stat_of(pid):
    """(state, start time in clock ticks since boot), or None if there is no such process. A process whose first thread is
    gone and others are not (one may be in the middle of a sync) still holds its files: it counts as running."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    state, threads, started = fields[0], int(fields[17]), int(fields[19])
    return ("R" if state in "ZX" and threads > 1 else state), started


def _die_with(parent):
    """In the child: to be killed when `parent` dies, however it dies."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Process:
    """One life of a program. Survives its starter unless `tied`."""

    def __init__(self, pid, started, popen=None):
        self.pid = pid
        self.started = started
        self.popen = popen

    @classmethod
    def start(cls, command, log, tied=False):
        """Starts `command` with its output appended to the file `log`. Tied: it dies with this process."""
        parent = os.getpid()
        with open(log, "ab") as output:
            popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                env=plain_environment(),
                restore_signals=False,  # SIGXFSZ stays ignored: a file size limit is an error to the node, not its death
                preexec_fn=(lambda: _die_with(parent)) if tied else None)
        started = stat_of(popen.pid)
        return cls(popen.pid, started[1] if started else 0, popen)

    @classmethod
    def start_piped(cls, command, tied=False, errors=None):
        """The same with its output to be read from `popen.stdout`, as text; `errors` is a file for its messages."""
        parent = os.getpid()
        popen = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors,
                                 text=True, start_new_session=True, env=plain_environment(),
                                 preexec_fn=(lambda: _die_with(parent)) if tied else None)
        started = stat_of(popen.pid)
        return cls(popen.pid, started[1] if started else 0, popen)

    def alive(self):
        if self.popen is not None:
            return self.popen.poll() is None
        now = stat_of(self.pid)
        return now is not None and now[1] == self.started and now[0] not in "ZX"

    def stopped(self):
        now = stat_of(self.pid)
        return now is not None and now[1] == self.started and now[0] in "Tt"

    def exit_code(self):
        """Of a process that was started by this program and has ended, otherwise None."""
        return self.popen.poll() if self.popen is not None else None

    def send(self, number):
        """Sends a signal; False if the process is gone."""
        if not self.alive():
            return False
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def wait_gone(self, timeout):
        """True if the process has ended within `timeout` seconds."""
        deadline = time.monotonic() + timeout
        while self.alive():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.002)
        return True

    def kill(self):
        """SIGKILL, and waits for the end. Returns the moments (time.monotonic) just before the signal and after death."""
        before = time.monotonic()
        self.send(signal.SIGKILL)
        if not self.wait_gone(10):
            raise Failure(f"process {self.pid} does not die of SIGKILL")
        return before, time.monotonic()

    def end(self, patience):
        """SIGTERM, and SIGKILL if that took longer than `patience` seconds. True if SIGTERM was enough."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if self.wait_gone(patience):
            return True
        self.kill()
        return False
