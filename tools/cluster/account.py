"""The account of a `Trade`: what must hold of everything that was ever acknowledged, checked sale by sale while the cluster is
calm, and told in one line for each invariant and one for all.
"""

import collections

from checks import compare
from client import DIRECTORY, EXIT_NO_QUORUM, EXIT_UNKNOWN
from processes import Failure, wait_until

INVARIANTS = {
    "bids": "each acknowledged bid is on every replica, once, as acknowledged, in one order",
    "digests": "the digests of all replicas are equal",
    "closed": "each auction was closed, none is orphaned",
    "results": "the result in the directory is the one of the auction's own group",
    "items": "each item is on offer or in one auction, and a sold one was sold once",
    "house": "all nodes have the same directory",
}


class Account:
    def __init__(self, cluster):
        self.cluster = cluster
        self.acknowledged = self.present = self.lost = self.doubled = 0
        self.sales = 0
        self.checked = collections.Counter()   # by invariant
        self.violations = []                   # (invariant, what), the first few of each
        self.failovers = []                    # milliseconds, by whoever breaks things

    def blame(self, invariant, what):
        self.violations.append((invariant, what))

    @property
    def clean(self):
        return not self.violations and self.lost == 0 and self.doubled == 0 and self.present == self.acknowledged

    # -- checks, while nobody disturbs

    def check_sale(self, sale, timeout=20):
        """Of a sale whose bidders have ended, with a cluster that can be used."""
        client = self.cluster.client()
        self.sales += 1
        try:
            row = wait_until(f"{sale.auction} is closed", lambda: self._ended(client, sale), timeout, 0.2)
        except Failure as failure:
            return self.blame("closed", str(failure))
        self.checked["closed"] += 1
        names = self._voters(client, sale, row)
        replicas = client.settled_replicas(sale.auction, names, timeout)
        if missing := names - {replica["node"] for replica in replicas}:
            self.blame("bids", f"{sale.auction}: no answer from {', '.join(sorted(missing))}, though a member")
        self._check_bids(sale, replicas)
        self._check_result(sale, row, replicas)
        self._check_digests(client, sale)
        sale.close()

    def _voters(self, client, sale, row):
        """Names of those that live and must hold a replica: the group's own voters. Who was called in just before the close may
        never have become one."""
        leader = client.members(sale.auction).get(client.leader(sale.auction))
        live = {node.name for node in self.cluster.live()}
        return live & set(leader["voters"]) if leader else {n.name for n in self.cluster.live() if n.uid in row["members"]}

    def _check_bids(self, sale, replicas):
        found = compare(sale.answers(), replicas, sale.open_at_most())
        self.checked["bids"] += found.acknowledged
        self.acknowledged += found.acknowledged
        self.present += found.present
        self.lost += found.lost
        self.doubled += found.doubled
        for problem in found.problems[:3]:
            self.blame("bids", f"{sale.auction}: {problem}")

    def _check_result(self, sale, row, replicas):
        self.checked["results"] += 1
        for replica in replicas:
            outcome = replica["outcome"] or {}
            differing = [f"{name}: {row[name]} and {outcome.get(name)}" for name in ("winner", "price", "bids")
                         if row[name] != outcome.get(name)]
            if differing:
                self.blame("results", f"{sale.auction}, directory and {replica['node']}: {'; '.join(differing)}")
            if replica["bids"] and replica["bids"][-1]["bidder"] != row["winner"]:
                self.blame("results", f"{sale.auction}: {row['winner']} won, but the last bid is by "
                                      f"{replica['bids'][-1]['bidder']}")

    def _check_digests(self, client, sale):
        try:
            wait_until("they answer", lambda: self._verified(client, sale.auction), 20, 0.2)
            self.checked["digests"] += 1
        except Failure as failure:
            self.blame("digests", f"gavel verify {sale.auction}: {failure}")

    def _verified(self, client, group):
        """True, or false as long as no majority answers."""
        code, _, message = client.run("verify", group)
        if code not in (0, EXIT_NO_QUORUM, EXIT_UNKNOWN):
            raise Failure(f"exit code {code}: {message.strip()}")
        return code == 0

    @staticmethod
    def _ended(client, sale):
        rows = client.try_ask("auctions") or []
        return next((row for row in rows if row["id"] == sale.auction and row["state"] == "ended"), None)

    def check_house(self, items_added, timeout=20):
        """Of everything in the directory, when no sale runs. `items_added`: ids of which each must be there."""
        client = self.cluster.client()
        rows = wait_until("the directory answers", lambda: client.try_ask("auctions"), timeout, 0.2)
        items = {row["id"]: row for row in client.ask("items", "list")}
        running = [row["id"] for row in rows if row["state"] == "running"]
        if running:
            self.blame("closed", f"still running, although nobody sells any more: {', '.join(running)}")
        wins = collections.Counter(row["id"].split(".")[0] for row in rows if row["winner"] is not None)
        runs = collections.Counter(row["id"].split(".")[0] for row in rows if row["state"] == "running")
        for item in items_added:
            row = items.get(item)
            self.checked["items"] += 1
            if row is None:
                self.blame("items", f"{item} was forgotten")
            elif wins[item] + runs[item] > 1:
                self.blame("items", f"{item} was sold {wins[item]} times and is in {runs[item]} auctions")
            elif (row["state"] == "sold") != (wins[item] == 1):
                self.blame("items", f"{item} is {row['state']}, but was sold {wins[item]} times")
        try:
            wait_until("they answer", lambda: self._verified(client, DIRECTORY), timeout, 0.2)
            self.checked["house"] += 1
        except Failure as failure:
            self.blame("house", f"gavel verify {DIRECTORY}: {failure}")

    # -- what is said at the end

    def lines(self):
        for invariant, words in INVARIANTS.items():
            wrong = [what for about, what in self.violations if about == invariant]
            yield f"{'BROKEN' if wrong else 'holds ' if self.checked[invariant] else 'unseen'}  {words} " \
                  f"({self.checked[invariant]} checked)"
            for what in wrong[:5]:
                yield f"          {what}"
            if len(wrong) > 5:
                yield f"          and {len(wrong) - 5} more"

    def worst_failover(self):
        return max(self.failovers, default=0)

    def __str__(self):
        return f"acknowledged {self.acknowledged}, present {self.present}, lost {self.lost}, doubled {self.doubled}"
