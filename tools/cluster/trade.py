"""Auctions that start and end all the time, several at once, with bidders in each: the load under which chaos and soak run.

A `Trade` has threads, each of which sells one item after the other: it puts the item on offer, has its auction started, and
lets bidders bid until it is closed. Nothing of that is expected to work at once: whatever fails while nodes are down is tried
again. What came of each sale waits in `take_finished` for whoever checks it (account.py).
"""

import random
import subprocess
import threading
import time

from bidders import Bidders
from client import EXIT_NO_QUORUM, EXIT_NOT_FOUND, EXIT_REJECTED, EXIT_UNKNOWN, ClientError
from processes import Failure

OVERTIME = 30  # seconds that bidders go on after the planned end, at most: a fail-over may have delayed the close


class Sale:
    """One item on its way: on offer, in an auction, closed."""

    def __init__(self, item):
        self.item = item
        self.auction = None   # its id
        self.group = None
        self.due = None       # time.monotonic(): not closed before
        self.loads = []

    def answers(self):
        return [answer for load in self.loads for answer in load.answers()]

    def open_at_most(self):
        return sum(load.open_at_most() for load in self.loads)

    def accepted(self):
        return sum(load.accepted() for load in self.loads)

    def close(self):
        for load in self.loads:
            load.close()


class Trade:
    def __init__(self, cluster, lanes=3, seconds=(5, 10), bidders=2, seed=1, pause="20ms"):
        """`lanes` auctions at once, each open for a time out of `seconds`; `pause`: the longest rest after a bid."""
        self.cluster, self.seconds, self.bidders, self.pause = cluster, seconds, bidders, pause
        self.items = 0
        self.seed = seed
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.running = []     # sales with an auction that may still be open
        self.finished = []
        self.failure = None   # what a lane died of: a mistake in here, or an answer that nobody should get
        self.lanes = [threading.Thread(target=self._lane, args=(random.Random(seed * 100 + i),), daemon=True)
                      for i in range(lanes)]
        for lane in self.lanes:
            lane.start()

    def take_finished(self):
        """The sales whose bidders were told of the close, or gave up long after it was due; they are the caller's now."""
        if self.failure is not None:
            raise Failure(f"the trade broke: {self.failure!r}")
        with self.lock:
            taken, self.finished = self.finished, []
        return taken

    def now_running(self):
        with self.lock:
            return list(self.running)

    def stop(self, timeout=60):
        """No new sales; waits for the end of those that run."""
        self.over.set()
        deadline = time.monotonic() + timeout
        for lane in self.lanes:
            lane.join(max(0.0, deadline - time.monotonic()))
        if any(lane.is_alive() for lane in self.lanes):
            raise Failure(f"sales still run {timeout} s after the last one began")

    def abandon(self):
        """At the end of everything, whatever state it is in."""
        self.over.set()
        with self.lock:
            sales = self.running + self.finished
        for sale in sales:
            for load in sale.loads:
                load.end()

    # -- one lane

    def _lane(self, chance):
        try:
            while not self.over.is_set():
                self._sell(chance)
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = failure  # told by take_finished: a thread's own traceback would drown

    def _sell(self, chance):
        with self.lock:
            self.items += 1
            sale = Sale(f"item-{self.seed}-{self.items}")
        seconds = chance.uniform(*self.seconds)
        if not self._put_on_offer(sale) or not self._start(sale, seconds):
            return
        with self.lock:
            self.running.append(sale)
        while not self._closed(sale):
            # A bidder that finds no gateway at its start gives up; others take its place.
            load = Bidders(self.cluster.client(), sale.auction, self.bidders,
                           max(1, int(sale.due + OVERTIME - time.monotonic())), chance.randrange(1 << 30),
                           extra=["--pause", self.pause])
            sale.loads.append(load)
            load.wait(seconds + OVERTIME + 30)
        with self.lock:
            self.running.remove(sale)
            self.finished.append(sale)

    @staticmethod
    def _closed(sale):
        """The bidders were told so, or it is so late that it is somebody else's to find out why not."""
        closed = any(answer["verdict"] == "closed" for load in sale.loads for answer in load.answers()[-5:])
        return closed or time.monotonic() > sale.due + OVERTIME

    def _put_on_offer(self, sale):
        """An item of that id may have been added although we were not told: asking again changes nothing then."""
        return self._insist("items", "add", f"Thing {sale.item}", "--id", sale.item, "--start", "10.00", "--increment", "0.50")

    def _start(self, sale, seconds):
        if not self._insist("start", sale.item, "--for", f"{int(seconds * 1000)}ms"):
            return False
        # No end to patience here: the auction runs, and is ours to follow.
        while True:
            row = self._ask("auctions")
            found = next((r for r in row or [] if r["id"] == sale.item), None)
            if found:
                sale.auction, sale.group = found["id"], str(found["group"])
                sale.due = time.monotonic() + seconds
                return True
            self.over.wait(0.2)

    def _insist(self, *command):
        """Until it is done, or refused as done already; False if the trade is over before."""
        tried = False
        while not self.over.is_set():
            try:
                self.cluster.client().ask(*command)
                return True
            except ClientError as error:
                if error.code == EXIT_REJECTED and "free slot" in str(error):
                    tried = False
                elif error.code == EXIT_REJECTED and tried:
                    return True  # an earlier attempt, whose outcome we did not hear, did it
                elif error.code in (EXIT_NO_QUORUM, EXIT_UNKNOWN, EXIT_NOT_FOUND):
                    tried = True
                else:
                    raise
            except (subprocess.TimeoutExpired, ValueError):
                tried = True
            self.over.wait(0.2)
        return False

    def _ask(self, *command):
        return self.cluster.client().try_ask(*command)
