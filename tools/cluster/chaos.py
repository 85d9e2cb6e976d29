"""Chaos: whatever can go wrong with a cluster goes wrong, at random, while auctions start, are bid in and end.

It goes in rounds. In the first part of a round faults come one after another, up to two nodes at a time, each for a moment;
in the second everything is healed, and every sale that ended is checked (account.py). A seed chooses the faults; when they
strike is up to the machine.
"""

import json
import pathlib
import random
import signal
import time

import faults
from account import Account
from checks import failover_milliseconds
from client import DIRECTORY, ClientError
from local_cluster import LocalCluster
from processes import Failure, wait_until
from recorder import Recorder
from trade import Trade

NODES = 5
MOST_NODES = 7
ROUND_SECONDS = 20     # of faults, between two moments of calm
AT_ONCE = 2            # nodes that something is wrong with, apart from the death of all
OPTIONS = ("--log-format", "json", "--hold-down", "1000", "--retain-closed", "120", "--replace-after", "3")


class Chaos:
    def __init__(self, cluster, seed=1, say=print, lanes=3, nodes_come_and_go=True):
        """`cluster` runs. It is left healed and whole, but with other nodes than it had if they come and go."""
        self.cluster, self.say, self.seed = cluster, say, seed
        self.chance = random.Random(seed)
        self.trade = Trade(cluster, lanes, seed=seed)
        self.account = Account(cluster)
        self.wrong = {}            # node -> (until, how it is put right)
        self.gone = []             # nodes that were killed for good and are still listed
        self.forgetful = None      # the node that lost its data in this round
        self.struck = 0
        self.acts = [(self.kill_leader, 4), (self.kill_any, 3), (self.kill_all, 1), (self.pause, 3), (self.terminate, 2),
                     (self.part, 3), (self.part_one_way, 1), (self.make_slow, 2), (self.make_lossy, 2), (self.drain, 2),
                     (self.transfer, 2)]
        if nodes_come_and_go:
            self.acts += [(self.replace_for_good, 1), (self.join, 1), (self.spoil, 1)]

    # -- the whole

    def run(self, seconds):
        """True if nothing was broken."""
        end = time.monotonic() + seconds
        try:
            while time.monotonic() < end:
                self.faults_until(min(end, time.monotonic() + ROUND_SECONDS))
                self.calm()
                self.check_finished()
            self.trade.stop()
            self.check_finished()
            self.account.check_house([f"item-{self.seed}-{i + 1}" for i in range(self.trade.items)])
        except (Failure, ClientError) as failure:
            self.account.blame("closed", f"the cluster could not be brought to rest: {failure}")
        finally:
            self.trade.abandon()
        return self.account.clean and self.account.acknowledged > 0

    def report(self):
        for line in self.account.lines():
            self.say(line)
        return (f"{self.account}, elections {elections(self.cluster)}, "
                f"worst failover {self.account.worst_failover():.0f} ms")

    def faults_until(self, end):
        while time.monotonic() < end:
            self.put_right(lambda until: until <= time.monotonic())
            if len(self.wrong) < AT_ONCE:
                acts, weights = zip(*self.acts)
                self.chance.choices(acts, weights)[0]()
                self.struck += 1
            time.sleep(self.chance.uniform(0.2, 1.5))

    def put_right(self, due=lambda until: True):
        for node, (until, right) in list(self.wrong.items()):
            if due(until):
                del self.wrong[node]
                right()

    def calm(self):
        """Everything is put right, and every node is where it should be."""
        self.put_right()
        faults.heal(self.cluster)
        names = [node.name for node in self.cluster.live()]
        running = [DIRECTORY, *(sale.auction for sale in self.trade.now_running())]

        def whole():
            whole.problem = self.cluster.client().behind(names, running)
            return not whole.problem
        wait_until("all nodes are where they should be", whole, 40, 0.3)
        self.forget_the_dead()
        self.forgetful = None

    def check_finished(self):
        sales = self.trade.take_finished()
        for sale in sales:
            self.account.check_sale(sale)
        self.say(f"calm after {self.struck} faults: {len(sales)} auctions checked, {self.account}")

    def forget_the_dead(self):
        """What was killed for good is taken out of the directory, as an operator would."""
        while self.gone:
            node = self.gone.pop()
            wait_until(f"{node.name} can be removed", lambda name=node.name: self.operate("remove", name), 20, 0.5)
            self.cluster.nodes.remove(node)
            self.cluster.save()

    # -- faults

    def victim(self, group=None):
        """A node that nothing is wrong with yet: the leader of that group, or any; None without one."""
        sound = [node for node in self.cluster.live() if node not in self.wrong]
        if group is None:
            return self.chance.choice(sound) if sound else None
        name = self.cluster.client(sound).leader(group) if sound else None
        return next((node for node in sound if node.name == name), None)

    def some_group(self):
        sales = self.trade.now_running()
        sale = self.chance.choice(sales) if sales and self.chance.random() < 0.7 else None
        return sale, sale.auction if sale else DIRECTORY

    def impair(self, node, seconds, right):
        self.wrong[node] = (time.monotonic() + seconds, right)

    def moment(self):
        """Mostly short; sometimes so long that the node is replaced."""
        return self.chance.uniform(4, 8) if self.chance.random() < 0.15 else self.chance.uniform(0.3, 3)

    def start_again(self, node):
        if not node.alive():
            self.cluster.launch(node)
            self.cluster.wait_serving([node])

    def kill_leader(self):
        sale, group = self.some_group()
        node = self.victim(group)
        if node is None:
            return
        alone = not self.wrong
        strike = node.process.kill()
        self.say(f"SIGKILL to {node.name}, which leads {group}")
        if sale and alone:
            self.time_failover(sale, *strike)
        self.impair(node, self.moment(), lambda: self.start_again(node))

    def time_failover(self, sale, before, dead):
        """Until the next bid is acknowledged: no other fault until then, so that the figure is that of this one alone."""
        def next_bid():
            return failover_milliseconds(sale.answers(), before, dead) or sale not in self.trade.now_running()
        took = wait_until(f"a bid is acknowledged in {sale.auction}, or it is closed", next_bid, 20, 0.01)
        if took is not True:
            self.account.failovers.append(took)

    def kill_any(self):
        node = self.victim()
        if node is None:
            return
        node.process.kill()
        self.say(f"SIGKILL to {node.name}")
        self.impair(node, self.moment(), lambda: self.start_again(node))

    def kill_all(self):
        self.put_right()
        self.cluster.kill_all()
        self.say("SIGKILL to all nodes at once")
        for node in self.cluster.nodes:
            if node not in self.gone:
                self.start_again(node)

    def pause(self):
        sale, group = self.some_group()
        leading = self.chance.random() < 0.5
        node = self.victim(group if leading else None)
        if node is None:
            return
        alone, before = not self.wrong, time.monotonic()
        node.process.send(signal.SIGSTOP)
        wait_until("it is stopped", node.process.stopped, 5, 0.001)
        stopped = time.monotonic()
        self.say(f"SIGSTOP to {node.name}{f', which leads {group}' if leading else ''}")
        if sale and leading and alone:
            self.time_failover(sale, before, stopped)
        self.impair(node, self.moment(), lambda: node.process.send(signal.SIGCONT))

    def terminate(self):
        node = self.victim()
        if node is None:
            return
        if not node.process.end(patience=10):
            raise Failure(f"{node.name} did not end of SIGTERM")
        self.say(f"SIGTERM to {node.name}")
        self.impair(node, self.chance.uniform(0, 1), lambda: self.start_again(node))

    def part(self, one_way=False):
        sound = [node for node in self.cluster.live() if node not in self.wrong]
        if len(sound) < 2 or self.wrong:
            return
        self.chance.shuffle(sound)
        cut = self.chance.randint(1, max(1, len(sound) // 2))
        faults.partition(self.cluster, (sound[:cut], sound[cut:]), one_way)
        self.say(f"{LocalCluster.named(sound[cut:])} {'hear nothing of' if one_way else 'and'} "
                 f"{LocalCluster.named(sound[:cut])}{'' if one_way else ' are parted'}")
        self.impair(sound[0], self.moment(), lambda: self.unblock())

    def part_one_way(self):
        self.part(one_way=True)

    def unblock(self):
        for node in self.cluster.live():
            if not node.process.stopped():
                faults.inject(node, blocked=[])

    def make_slow(self):
        self.inject_for_a_moment("is slow", delay=self.chance.choice([0, 20, 100]), sync_delay=self.chance.choice([50, 300]))

    def make_lossy(self):
        self.inject_for_a_moment("loses messages", drop=self.chance.choice([5, 30, 60]))

    def inject_for_a_moment(self, what, **fault):
        node = self.victim()
        if node is None:
            return
        faults.inject(node, **fault)
        self.say(f"{node.name} {what}: {fault}")
        healed = {name: 0 for name in fault}
        self.impair(node, self.moment(), lambda: node.alive() and faults.inject(node, **healed))

    # -- the operator's part

    def operate(self, *command):
        """True if it was done; it may well be refused, or fail in the midst of faults."""
        code, _, message = self.cluster.client().run(*command, timeout=60)
        if code in (1, 2):
            raise Failure(f"gavel {' '.join(command)}: exit code {code}: {message.strip()}")
        return code == 0

    def drain(self):
        node = self.victim()
        if node is None:
            return
        self.operate("drain", node.name, "--no-wait")  # it may be drained even if we were not told so
        self.say(f"{node.name} is drained")

        def undrain():
            wait_until(f"{node.name} is back in the pool", lambda: self.operate("undrain", node.name), 30, 0.3)
        self.impair(node, self.chance.uniform(1, 4), undrain)

    def transfer(self):
        _, group = self.some_group()
        members = [name for name, row in self.cluster.client().members(group).items() if row["role"] == "follower"]
        if members:
            name = self.chance.choice(members)
            done = self.operate("transfer-leader", group, name)
            self.say(f"transfer of {group} to {name}: {'begun' if done else 'refused'}")

    def join(self):
        if len(self.cluster.nodes) - len(self.gone) >= MOST_NODES:
            return
        node = self.cluster.add_node(["--priority", self.chance.randint(0, 100)])
        self.cluster.wait_serving([node])
        self.say(f"{node.name} joins")

    def one_may_forget(self):
        """One node a round may lose what it knew, in a quiet moment: a majority must be left of those who remember."""
        return not self.wrong and not self.gone and self.forgetful is None

    def spoil(self):
        """A node dies, its newest log file is damaged, and it comes back as another node."""
        node = self.victim()
        if not self.one_may_forget() or node is None:
            return
        node.process.kill()
        former = node.uid
        segment = max((node.data / "log").glob("segment-*"), key=lambda path: path.stat().st_mtime)
        content = bytearray(segment.read_bytes())
        used = len(content.rstrip(b"\0"))
        for _ in range(8):
            content[self.chance.randrange(used)] ^= 255
        segment.write_bytes(content)
        self.start_again(node)
        self.forgetful = node
        self.say(f"SIGKILL to {node.name}, and {segment.name} damaged: it comes back "
                 f"{'as it was' if node.uid == former else 'as another node'}")

    def replace_for_good(self):
        """A node dies and never comes back; another joins in its place. It is removed in the next calm."""
        if not self.one_may_forget():
            return
        node = self.victim()
        node.process.kill()
        self.gone.append(node)
        self.say(f"SIGKILL to {node.name}, for good")
        self.join()


def elections(cluster):
    """Won in all groups, by what the nodes noted (--log-format json), those of removed nodes too."""
    won = 0
    for log in pathlib.Path(cluster.directory).glob("n*.log"):
        for line in log.read_text(errors="replace").splitlines():
            if '"elected"' in line:
                try:
                    won += json.loads(line).get("kind") == "elected"
                except ValueError:
                    continue  # torn by a SIGKILL
    return won


def run(directory, minutes, seed, record=None):
    """`cluster chaos`: True if nothing was broken; else the directory stays. `record`: a file for all that the nodes say."""
    print(f"SEED={seed} MINUTES={minutes:g}", flush=True)
    start = time.monotonic()
    cluster = LocalCluster(directory, tied=True, options=OPTIONS)

    def say(text):
        print(f"{time.monotonic() - start:7.1f}s  {text}", flush=True)
    recorder = Recorder.of_a_run(cluster, record)
    clean = False
    try:
        cluster.start(NODES)
        cluster.wait_joined()
        chaos = Chaos(cluster, seed, say)
        clean = chaos.run(minutes * 60)
        print(f"chaos: {chaos.report()}", flush=True)
    finally:
        if recorder is not None:
            clean = recorder.close(lambda text: print(text, flush=True)) and clean
        cluster.kill_all()
        if clean:
            cluster.remove()
        else:
            print(f"what the nodes printed is in {directory}; the same faults again: make chaos SEED={seed}", flush=True)
    return clean
