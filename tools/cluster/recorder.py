"""A sniffer that records what goes over a cluster's bus into a file, from before its nodes start until it is ended."""

import os
import pathlib
import re

from processes import Failure, Process

EXIT_VIOLATION = 1
# What a sniffer that heard something says in the end: of how many nodes.
HEARD = re.compile(r"[1-9]\d* messages? seen of [1-9]\d* nodes?, ")


class Recorder:
    """`FILE` is the recording, `FILE.log` what the sniffer had to say."""

    def __init__(self, program, file, process):
        self.program, self.file, self.process = program, pathlib.Path(file), process

    @classmethod
    def start(cls, cluster, file, check=False):
        """`check`: it also looks for broken invariants. A Failure if there is no gavel-sniff beside gavel-node: a check does not
        disappear silently."""
        program = cluster.programs / "gavel-sniff"
        if not os.access(program, os.X_OK):
            raise Failure(f"there is no gavel-sniff in {cluster.programs}: build it, or leave recording out (tests: GAVEL_SNIFF=off)")
        file = pathlib.Path(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        command = [program, "--cluster", cluster.name, "--beacon-port", cluster.beacon_port, "--timeout", 86400,
                   "--record", file, *(["--check"] if check else [])]
        return cls(program, file, Process.start([str(word) for word in command], cls.log_of(file), tied=True))

    @staticmethod
    def log_of(file):
        return file.with_name(file.name + ".log")

    @property
    def log(self):
        return self.log_of(self.file)

    def said(self):
        try:
            return self.log.read_text(errors="replace").strip()
        except OSError:
            return ""

    def end(self):
        """What is wrong with what was recorded, or with the sniffer, in words; "" if nothing is."""
        in_time = self.process.end(patience=10)
        code = self.process.exit_code()
        if code == EXIT_VIOLATION:
            return f"the sniffer saw an invariant broken:\n{self.said()}"
        if not in_time or code != 0:
            return f"the sniffer ended with exit code {code}:\n{self.said()}"
        if not HEARD.search(self.said()):
            return f"the sniffer heard no node, so it checked and recorded nothing:\n{self.said()}"
        return ""

    @classmethod
    def of_a_run(cls, cluster, file):
        """For a tool that was told to --record; None if it was not. It checks as well."""
        if file is None:
            return None
        return cls.start(cluster, file, check=True)

    def close(self, say):
        """Ends it and says what came of it. True if nothing was wrong."""
        broken = self.end()
        say(broken or f"recorded: {self.said().splitlines()[-1] if self.said() else 'nothing'}")
        for command in self.how_to_look():
            say(f"    {command}")
        return not broken

    def how_to_look(self, file=None):
        """Commands, for a person."""
        read = f"gavel-sniff --read {file or self.file}"
        return [f"{read} --ladder --story election", f"{read} --quiet -o jsonl", f"{read} --check"]
