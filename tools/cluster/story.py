"""An election, told from what the nodes print: who suspected, the token's way round the ring, who won, from whom the
state was restored. Nodes of a cluster that is to be told about run with `--log-format json`.
"""

import calendar
import json
import re
import time

UID = re.compile(r"\bn([0-9a-f]{2,16})\b")
TERM = re.compile(r"\b(\d+)\.([0-9a-f]{2,16})\b")
TOKEN = re.compile(r"the token (\d+\.[0-9a-f]+)(?: with (\d+) votes to n([0-9a-f]+))?")


def seconds_of(text):
    """Of a log line's UTC time, 2025-01-31T12:00:00.123456Z, since 1970."""
    whole, _, rest = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + (float("0." + rest) if rest else 0.0)


class Notes:
    """Reads on in the logs of a cluster's nodes."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.offsets = {node.number: 0 for node in cluster.nodes}
        self.all = []

    def read(self):
        """Everything noted so far, in order of time: dicts with at (seconds since 1970), node (number), group, kind, text."""
        for node in self.cluster.nodes:
            try:
                with open(node.log, "rb") as log:
                    log.seek(self.offsets.get(node.number, 0))
                    lines = log.read()
            except OSError:
                continue
            whole = lines[:lines.rfind(b"\n") + 1]
            self.offsets[node.number] = self.offsets.get(node.number, 0) + len(whole)
            for line in whole.splitlines():
                try:
                    entry = json.loads(line)
                    self.all.append({"at": seconds_of(entry["time"]), "node": node.number, "group": entry.get("group"),
                                     "kind": entry.get("kind", ""), "text": entry.get("text", "")})
                except (ValueError, KeyError, TypeError, AttributeError):
                    continue  # what is printed before the log is set up
        self.all.sort(key=lambda note: note["at"])
        return self.all

    def since(self, at, group):
        return [note for note in self.read() if note["at"] >= at and note["group"] == group]


class Election:
    """What the notes of one group say about the election that came after a kill."""

    def __init__(self, notes, cluster):
        self.names = {node.uid: node.name for node in cluster.nodes}
        self.notes = notes
        self.won = next((n for n in notes if n["kind"] == "elected"), None)

    def named(self, text):
        """The text with the nodes' names instead of their uids."""
        text = TERM.sub(lambda m: f"{m[1]}.{self.names.get(m[2], m[2])}", text)
        return UID.sub(lambda m: self.names.get(m[1], m[0]), text)

    def name(self, note):
        return f"n{note['node']}"

    def winner(self):
        return self.name(self.won) if self.won else None

    def suspicions(self):
        """The first of each node, in order of time."""
        seen = {}
        for note in self.notes:
            if note["kind"] in ("suspected", "stalled") and "in the ring" not in note["text"]:
                seen.setdefault(note["node"], note)
        return list(seen.values())

    def candidates(self):
        return [n for n in self.notes if n["kind"] == "candidate" and (not self.won or n["at"] <= self.won["at"])]

    def swallowed(self):
        return [n for n in self.notes if n["kind"] == "swallowed"]

    def way(self):
        """The winning token's hops in order: (from, to, votes it carried)."""
        term = TERM.search(self.won["text"]) if self.won else None
        hops = []
        for note in self.notes:
            token = TOKEN.search(note["text"]) if note["kind"] in ("token_sent", "token_passed") else None
            if token and term and token[1] == term[0] and token[3]:
                hops.append((self.name(note), self.names.get(token[3], token[3]), int(token[2])))
        return sorted(hops, key=lambda hop: hop[2])

    @property
    def told(self):
        """Somebody leads, and everything on the way there has been read: the token is home."""
        return self.won is not None and any(to == self.winner() for _, to, _ in self.way())

    def votes(self):
        home = [n for n in self.notes if n["kind"] == "token_home" and n["node"] == (self.won or {}).get("node")]
        match = re.search(r"with (\d+) votes", home[-1]["text"]) if home else None
        return int(match[1]) if match else None

    def restored_from(self):
        """The notes of the winner about its recovery, empty if its own log was the newest."""
        return [n for n in self.notes if n["kind"] in ("recovering", "adopted") and self.won
                and n["node"] == self.won["node"] and n["at"] <= self.won["at"]]

    def promises(self):
        """Who promised the winner's term, the winner itself included."""
        term = TERM.search(self.won["text"]) if self.won else None
        return sorted({self.name(n) for n in self.notes if n["kind"] == "promised" and term and term[0] in n["text"]})


def way_drawn(hops, paint=lambda text, *styles: text):
    """n4 ─1→ n5 ─2→ n2 ─3→ n4: the number is how many votes the token carried there."""
    if not hops:
        return ""
    drawn = paint(hops[0][0], "bold")
    for _, to, votes in hops:
        drawn += paint(f" ─{votes}→ ", "cyan") + paint(to, "bold")
    return drawn


def tell(screen, election, killed_wall, killed):
    """The election on the screen, each line with the milliseconds since the kill. `killed_wall`: time.time() of it,
    `killed`: time.monotonic()."""
    paint = screen.paint

    def line(note, text):
        after = (note["at"] - killed_wall) * 1000
        screen.say(f"  {paint(f'{after:+6.0f} ms', 'dim')}  {text}", killed + note["at"] - killed_wall)

    for note in election.suspicions():
        line(note, f"{paint(election.name(note), 'yellow')} {election.named(note['text'])}")
    for note in election.swallowed():
        line(note, f"{paint(election.name(note), 'yellow')} {election.named(note['text'])}")
    for note in election.candidates():
        if note["node"] == (election.won or {}).get("node"):
            line(note, f"{paint(election.name(note), 'cyan')} {election.named(note['text'])}")
    if election.won is None:
        return
    hops = election.way()
    if hops:
        line(election.won, f"the token's way: {way_drawn(hops, paint)}")
    restored = election.restored_from()
    for note in restored:
        line(note, f"{paint(election.name(note), 'cyan')} {election.named(note['text'])}")
    if not restored:
        line(election.won, f"{paint(election.winner(), 'cyan')}'s own log is the newest of "
                           f"{election.votes() or 'the'} votes: nothing to fetch")
    line(election.won, paint(f"{election.winner()} leads term {election.named(TERM.search(election.won['text'])[0])}",
                             "green", "bold") + f", by the promises of {' '.join(election.promises())}")
