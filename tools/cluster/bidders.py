"""Several bidders at work in one `gavel bidders` process; every answer that they get is kept here as it comes."""

from client import answer_of
from crowd import Crowd


class Bidders(Crowd):
    def __init__(self, client, auction, count=3, seconds=60, seed=1, tied=True, extra=()):
        self.count = count
        self._accepted = 0
        super().__init__(client, "bidders", auction, "--bidders", count, "--seed", seed, *extra, seconds=seconds, tied=tied)

    def kept(self, row):
        return answer_of(row)

    def took(self, row):
        self._accepted += row["verdict"] == "accepted"

    def answers(self):
        """All so far, in the order in which they came."""
        return self.rows()

    def accepted(self):
        with self._lock:
            return self._accepted

    def last(self):
        """The latest accepted bid, or None."""
        with self._lock:
            return next((a for a in reversed(self._rows) if a["verdict"] == "accepted"), None)

    def open_at_most(self):
        """How many bids may have been accepted that no answer here tells of: those whose outcome is unknown, and one in
        flight for each bidder when it was ended."""
        return self.count + sum(answer["unknown"] for answer in self.answers())
