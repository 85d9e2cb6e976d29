"""The `gavel` program, asked by other programs: its JSON, its exit codes, and bidders that report every answer.

What is here is all that the tools and tests know of the client's output.
"""

import json
import subprocess
import time

from processes import Failure, wait_until

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
                              stdin=subprocess.DEVNULL)
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

    def add_item(self, title, start, increment, *more):
        return self.ask("items", "add", title, "--start", start, "--increment", increment, *more)["id"]

    def start_auction(self, item, seconds):
        """{"auction", "group", "members" (uids)}"""
        row = self.ask("start", item, "--for", f"{seconds}s")
        return {"auction": row["id"], "group": str(row["group"]), "members": row["members"]}

    def auctions(self):
        return self.ask("auctions")

    def running_auction(self):
        """The id of an auction that runs, or None."""
        return next((row["id"] for row in self.auctions() if row["state"] == "running"), None)

    def auction(self, auction):
        """Its row in the directory."""
        row = next((row for row in self.auctions() if row["id"] == auction), None)
        if row is None:
            raise Failure(f"there is no auction {auction}")
        return row

    def result(self, auction):
        """{"winner", "price", "bids", ...}, or None before the close."""
        row = self.try_ask("result", auction)
        return row if row and row.get("closed_at") else None

    # -- who leads, as the nodes themselves see it

    def status(self):
        return self.ask("status")

    def leader(self, group):
        """Uid of the node that says it leads the group, in the newest term if several do; None without one."""
        status = self.try_ask("status")
        leaders = [(member["term"], member["node"]) for member in (status or {}).get("groups", [])
                   if str(member["group"]) == str(group) and member["role"] == "leader"]
        return max(leaders)[1] if leaders else None

    def manager(self):
        return self.leader(DIRECTORY_GROUP)

    def auctioneer(self, auction):
        return self.leader(self.auction(auction)["group"])

    def wait_for_members(self, count, timeout=15):
        """Until so many nodes are voters of the directory (it has at most seven)."""
        def joined():
            status = self.try_ask("status")
            return status is not None and len(voters_of(status, DIRECTORY_GROUP)) >= min(count, 7)
        wait_until(f"{count} nodes are members of the directory", joined, timeout, interval=0.05)

    # -- replicas

    def replicas(self, auction):
        """[{"node" (name), "applied", "digest", "bids"}] of every node that holds the auction and answers."""
        return [replica_of(row) for row in self.ask("replicas", auction)]

    def settled_replicas(self, auction, names, timeout):
        """The same, when the named nodes have all come to the same slot; what there is when the time is over."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                replicas = self.replicas(auction)
            except ClientError:
                replicas = []
            ours = [replica for replica in replicas if replica["node"] in names]
            if len(ours) == len(names) and len({replica["applied"] for replica in ours}) == 1:
                return ours
            if time.monotonic() > deadline:
                return ours
            time.sleep(0.05)


DIRECTORY_GROUP = "1"


def minor_of(amount):
    """"120.00 EUR" as 12000."""
    return int(amount.split()[0].replace(".", ""))


def voters_of(status, group):
    return [m for m in status["groups"] if str(m["group"]) == str(group) and m["voter"]]


def bid_of(row):
    return {"session": row["session"], "number": row["number"], "bidder": row["bidder"], "amount": row["amount"],
            "minor": minor_of(row["amount"]), "slot": row["slot"], "ordinal": row["ordinal"]}


def replica_of(row):
    return {"node": row["name"], "applied": row["applied"], "digest": row["digest"],
            "bids": [bid_of(bid) for bid in row["bids"]]}


def answer_of(row):
    """An answer to one bidder: verdict "accepted", the name of a refusal, or "unknown". Times in seconds of
    time.monotonic(): when it was first sent, and when the answer came."""
    return {"bidder": row["bidder"], "amount": row["amount"], "session": row["session"], "number": row["number"],
            "slot": row["slot"], "verdict": row["verdict"], "gateway": row.get("gateway"),
            "sent": row["sent_ms"] / 1000, "acked": row["acked_ms"] / 1000}
