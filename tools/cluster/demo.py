"""`make demo`: five nodes, one auction, two kills, and the account at the end.

What it does is in `run`, in order. Its last line is a contract: see `the_account`.
"""

import contextlib
import pathlib
import signal
import sys
import time

from bidders import Bidders
from client import DIRECTORY, DIRECTORY_GROUP
from checks import compare, failover_milliseconds
from local_cluster import LocalCluster
from processes import Failure, wait_until
from screen import Screen
from story import Election, Notes, tell

NODES = 5
AUCTION_SECONDS = 15
KILL_AUCTIONEER_AFTER = 4.0   # seconds of bidding
KILL_MANAGER_AFTER = 8.0
BIDDERS = 3


class Demo:
    def __init__(self, directory):
        self.screen = Screen()
        self.directory = pathlib.Path(directory)
        self.cluster = None
        self.bidders = None
        self.auction = None
        self.failover = None

    # -- the acts

    def run(self):
        """True if the account is as it should be."""
        self.five_nodes()
        self.an_auction()
        self.bidding(until=KILL_AUCTIONEER_AFTER)
        self.kill_the_auctioneer()
        self.bidding(until=KILL_MANAGER_AFTER)
        self.kill_the_manager()
        self.bidding(until=None)
        self.the_close()
        return self.the_account()

    def five_nodes(self):
        say, paint = self.screen.say, self.screen.paint
        self.screen.title("Gavel: five nodes, one auction, two of its leaders killed")
        self.cluster = LocalCluster(self.directory, tied=True, options=[
            "--log-format", "json", "--log-level", "info",
            # Node 1 founds the cluster and stays its idle node manager until it is killed, although uids above it are near.
            "--hold-down", "60000"])
        self.cluster.start(NODES, options_of=lambda number: ["--priority", number])
        self.cluster.wait_joined()
        self.notes = Notes(self.cluster)
        say(f"{paint(str(NODES), 'bold')} nodes found each other by beacon and share one directory: "
            f"{' '.join(node.name for node in self.cluster.nodes)}", time.monotonic())

    def an_auction(self):
        client = self.cluster.client()
        item = client.add_item("a painted clock", start="10.00", increment="0.50")
        started = client.start_auction(item, AUCTION_SECONDS)
        self.began = time.monotonic()
        self.auction, self.group = started["id"], str(started["group"])
        auctioneer = client.wait_for_leader(self.auction, 5)
        manager = client.wait_for_leader(DIRECTORY, 5)
        followers = sorted(set(client.members(self.auction)) - {auctioneer})
        paint = self.screen.paint
        self.screen.say(f"auction {paint(self.auction, 'bold')} runs for {AUCTION_SECONDS} s: active auctioneer "
                        f"{paint(auctioneer, 'bold')}, followers {' '.join(followers)}; idle node manager "
                        f"{paint(manager, 'bold')}", time.monotonic())
        self.bidders = Bidders(client, self.auction, BIDDERS, AUCTION_SECONDS + 5)

    def bidding(self, until):
        """Shows the bids that come in until so many seconds of the auction have passed, or it has closed."""
        shown = 0.0
        while until is None or time.monotonic() - self.began < until:
            answer = self.bidders.last()
            if self.bidders.ended():
                return
            if answer and time.monotonic() - shown > (0.1 if self.screen.terminal else 1.5):
                shown = time.monotonic()
                text = (f"{answer['bidder']:<8} bids {answer['amount']:>9}   "
                        f"{self.bidders.accepted():6d} accepted so far")
                if self.screen.terminal:
                    self.screen.tick("           " + text)
                else:
                    self.screen.say(text, shown)
            time.sleep(0.02)

    def leaders(self):
        """(active auctioneer, idle node manager), which are different nodes here."""
        client = self.cluster.client()
        auctioneer, manager = client.wait_for_leader(self.auction, 5), client.wait_for_leader(DIRECTORY, 5)
        if auctioneer == manager:
            raise Failure(f"{manager} is active auctioneer and idle node manager in one: the demo kills them apart")
        return self.cluster.node(auctioneer), self.cluster.node(manager)

    def kill_the_auctioneer(self):
        auctioneer, manager = self.leaders()
        wall, killed, dead = self.kill(auctioneer, "the active auctioneer")

        def acknowledged():
            return failover_milliseconds(self.bidders.answers(), killed, dead)
        self.failover = wait_until("a bid is acknowledged after the kill", acknowledged, 10)
        self.tell_election(self.group, wall, killed)
        self.screen.say(f"  {self.screen.paint(f'{self.failover:+6.0f} ms', 'dim')}  "
                        + self.screen.paint("the next bid is acknowledged", "green", "bold"), killed + self.failover / 1000)

    def kill_the_manager(self):
        auctioneer, manager = self.leaders()
        wall, killed, _ = self.kill(manager, "the idle node manager")
        self.tell_election(DIRECTORY_GROUP, wall, killed)
        before = self.bidders.accepted()
        wait_until("bids are accepted after the kill", lambda: self.bidders.accepted() > before, 10)
        self.screen.say("  the auction did not wait for it: bids went on all the while", time.monotonic())

    def kill(self, node, what):
        wall = time.time()
        killed, dead = node.process.kill()
        self.screen.say(self.screen.paint(f"SIGKILL to {node.name}, {what}", "red", "bold"), killed)
        return wall, killed, dead

    def tell_election(self, group, wall, killed):
        def election():
            return Election(self.notes.since(wall, group), self.cluster)
        wait_until(f"group {group} elects a leader", lambda: election().won, 10)
        with contextlib.suppress(Failure):  # a token may also come home by way of a direct question
            wait_until("the whole of the token's way is told", lambda: election().told, 0.5)
        tell(self.screen, election(), wall, killed)

    def the_close(self):
        client = self.cluster.client()
        result = wait_until("the auction is closed", lambda: client.result(self.auction), AUCTION_SECONDS + 10)
        paint = self.screen.paint
        self.screen.say(f"closed in the total order: {paint(str(result['winner']), 'bold')} wins at "
                        f"{paint(result['price'], 'bold')} after {result['bids']} accepted bids", time.monotonic())
        self.bidders.wait(10)

    def the_account(self):
        """The last line, and whether it is as it should be."""
        answers = self.bidders.answers()
        client = self.cluster.client()
        replicas = client.settled_replicas(self.auction, set(client.members(self.auction)))
        comparison = compare(answers, replicas)
        for problem in comparison.problems[:10]:
            print(f"demo: {problem}", file=sys.stderr)
        self.screen.say(f"asked {', '.join(sorted(r['node'] for r in replicas))} for their accepted bids: "
                        f"{len(replicas[0]['bids']) if replicas else 0} each, in the same order, digest "
                        f"{replicas[0]['digest'] if replicas else '-'}" if comparison.clean else
                        "the replicas and the acknowledgements differ", time.monotonic())
        clean = comparison.clean and comparison.acknowledged > 0 and self.failover is not None
        print(f"demo: acknowledged {comparison.acknowledged}, present on every replica {comparison.present}, "
              f"lost {comparison.lost}, doubled {comparison.doubled}, failover {self.failover or 0:.0f} ms", flush=True)
        return clean

    def clear_up(self):
        if self.bidders is not None:
            self.bidders.end()
        if self.cluster is not None:
            self.cluster.kill_all()


def run(directory):
    """Plays the demo in a new directory, which stays if something went wrong. True if nothing did."""
    demo = Demo(directory)

    def interrupted(_number, _frame):
        raise KeyboardInterrupt
    signal.signal(signal.SIGTERM, interrupted)
    try:
        clean = demo.run()
    except Failure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        clean = False
    finally:
        demo.clear_up()
    if clean:
        demo.cluster.remove()
    elif demo.directory.exists():
        print(f"demo: what the nodes printed is in {demo.directory}", file=sys.stderr)
    return clean
