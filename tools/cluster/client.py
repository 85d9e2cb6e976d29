"""The `gavel` program, asked by other programs: its JSON, its exit codes, and bidders that report every answer.

What is here is all that the tools and tests know of the client's output.
"""

import json
import subprocess
import time

from processes import Failure, plain_environment, wait_until

EXIT_REJECTED, EXIT_NOT_FOUND, EXIT_NO_QUORUM, EXIT_UNKNOWN = 3, 4, 5, 6


class ClientError(Failure):
    def __init__(self, code, message):
        super().__init__(message.strip() or f"gavel ended with exit code {code}")
        self.code = code


class Client:
    def __init__(self, program, cluster, addresses, beacon_port, prefix=()):
        self.program = str(program)
        self.addresses = addresses
        self.prefix = list(prefix)
        self.options = ["--cluster", cluster, "--beacon-port", str(beacon_port)]
        for address in addresses:
            self.options += ["--node", address]

    def command(self, *arguments):
        return [*self.prefix, self.program, *self.options, *[str(a) for a in arguments]]

    def run(self, *arguments, timeout=30):
        """(exit code, stdout, stderr), whatever came of it."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=timeout, check=False,
                              stdin=subprocess.DEVNULL, env=plain_environment())
        return done.returncode, done.stdout, done.stderr

    def ask(self, *arguments, timeout=30):
        """The JSON that a command prints; ClientError if it fails."""
        code, output, errors = self.run("-o", "json", *arguments, timeout=timeout)
        if code != 0:
            raise ClientError(code, errors)
        return json.loads(output) if output.strip() else None

    def try_ask(self, *arguments):
        """The same, or None if it fails now and may succeed later."""
        try:
            return self.ask(*arguments)
        except (ClientError, ValueError, subprocess.TimeoutExpired):
            return None

    # -- the house

    def add_item(self, title, start="10.00", increment="0.50", *more):
        """Its id."""
        return self.ask("items", "add", title, "--start", start, "--increment", increment, *more)["id"]

    def start_auction(self, item, seconds):
        """Its row in the directory."""
        return self.ask("start", item, "--for", f"{seconds}s")

    def auctions(self):
        return self.ask("auctions")

    def running_auction(self):
        """The id of an auction that runs, or None."""
        return next((row["id"] for row in self.auctions() if row["state"] == "running"), None)

    def result(self, auction):
        """{"winner", "price", "bids", ...}, or None before the close."""
        row = self.try_ask("result", auction)
        return row if row and row.get("closed_at") else None

    # -- how the nodes themselves see their groups: "directory", or an auction's id

    def members(self, group):
        """{name of a node that answers: its row for the group}, observers not included."""
        status = self.try_ask("--timeout", 0.5, "status") or {"groups": []}  # dead nodes are not worth a longer wait
        return {row["node"]: row for row in status["groups"] if row["group"] == group and row["role"] != "observer"}

    def leader(self, group):
        """The name of the node that says it leads the group, in the newest term if several do; None without one."""
        leading = [(term_of(row), name) for name, row in self.members(group).items()
                   if row["role"] == "leader"]
        return max(leading)[1] if leading else None

    def wait_for_leader(self, group, timeout=10, other_than=()):
        def leads():
            name = self.leader(group)
            return name if name not in other_than else None
        return wait_until(f"{group} has a leader", leads, timeout)

    def wait_for_voters(self, group, names, timeout=15):
        """Until exactly these nodes are voters of the group, as its leader has it."""
        def joined():
            leading = [row for row in self.members(group).values() if row["role"] == "leader"]
            joined.problem = f"voters {leading[0]['voters'] if leading else 'unknown: no leader'}"
            return leading and sorted(leading[0]["voters"]) == sorted(names)
        wait_until(f"the voters of {group} are {', '.join(names)}", joined, timeout, interval=0.05)

    def status(self):
        """{"nodes": [...], "groups": [...]} of all nodes that answer within half a second; both empty if none does."""
        return self.try_ask("--timeout", 0.5, "status") or {"nodes": [], "groups": []}

    def behind(self, names, groups=None):
        """What the nodes of these names still lack in the groups whose leaders count them as members (all, or just those whose
        names are given), in words; "" if nothing."""
        status = self.status()
        rows = {(row["node"], row["group"]): row for row in status["groups"] if row["role"] != "observer"}
        leaders = {}
        for (_, group), row in rows.items():
            if row["role"] == "leader" and term_of(row) >= term_of(leaders.get(group)):
                leaders[group] = row
        for group in {group for _, group in rows}:
            if group not in leaders and (groups is None or group in groups):
                return f"{group} has no leader"
        for name in names:
            seats = [leader for group, leader in leaders.items()
                     if name in leader["voters"] + leader["learners"] and (groups is None or group in groups)]
            if (groups is None or DIRECTORY in groups) and not any(seat["group"] == DIRECTORY for seat in seats):
                return f"{name} is no member of the directory"
            for seat in seats:
                row = rows.get((name, seat["group"]))
                if row is None:
                    return f"{name} does not serve {seat['group']} yet"
                if row["leader"] != seat["node"] or row["applied"] + 20 < seat["applied"]:
                    return f"{name} is at slot {row['applied']} of {seat['applied']} in {seat['group']}"
        return ""

    # -- replicas

    def replicas(self, auction):
        """[{"node" (name), "applied", "digest", "bids"}] of every node that serves the auction and answers."""
        code, output, errors = self.run("-o", "json", "replicas", auction)
        if not output.strip():
            raise ClientError(code, errors)
        return [replica_of(row) for row in json.loads(output)]

    def settled_replicas(self, auction, names, timeout=10):
        """The same of the named nodes, when all have come to one slot without trouble; what there is when time is up."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                ours = [replica for replica in self.replicas(auction) if replica["node"] in names]
            except ClientError:
                ours = []
            settled = len({replica["applied"] for replica in ours}) == 1 and not any(r["trouble"] for r in ours)
            if (settled and len(ours) == len(names)) or time.monotonic() > deadline:
                return ours
            time.sleep(0.05)


DIRECTORY = "directory"
DIRECTORY_GROUP = "1"


def term_of(row):
    """The round of what a member of a group has promised; 0 of none."""
    return int(row["term"].split("/")[0]) if row else 0


def minor_of(amount):
    """"120.00 EUR" as 12000."""
    return int(amount.split()[0].replace(".", ""))


def bid_of(row):
    return {"session": row["session"], "number": row["number"], "bidder": row["bidder"], "amount": row["amount"],
            "minor": minor_of(row["amount"]), "slot": row["slot"], "ordinal": row["ordinal"]}


def replica_of(row):
    return {"node": row["node"], "applied": row["applied"], "digest": row["digest"], "trouble": row.get("trouble"),
            "outcome": row.get("outcome"), "bids": [bid_of(bid) for bid in row["bids"]]}


def answer_of(row):
    """What one bidder was told of one bid. `verdict`: "accepted", another one of the auction's, or why there is none;
    `acknowledged`: the auction itself said it. Times are seconds of time.monotonic(): first sent, and answered."""
    return {"bidder": row["bidder"], "amount": row["amount"], "session": row["session"], "number": row["number"],
            "slot": row["slot"], "verdict": row["verdict"], "acknowledged": row["acknowledged"],
            "unknown": row["verdict"] in ("outcome unknown", "cancelled"), "gateway": row["gateway"],
            "sends": row["sends"], "sent": row["sent_ms"] / 1000, "acked": row["acked_ms"] / 1000}
