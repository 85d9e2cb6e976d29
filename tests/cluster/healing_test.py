"""Dead members are replaced from the pool, without stopping the auction; who comes back is idle; the directory keeps seven
voters.
"""

import time

import faults
from harness import DIRECTORY, ClusterTest
from processes import wait_until

REPLACE_AFTER = 1  # seconds


class Healing(ClusterTest):
    LANE = "patient"
    NODES = 6
    OPTIONS = ("--hold-down", "60000", "--replace-after", REPLACE_AFTER, "--retain-closed", "2")

    def progress(self, auction):
        """(voters, learners) as its leader has them; None without one."""
        rows = [row for row in self.client.members(auction).values() if row["role"] == "leader"]
        return (sorted(rows[0]["voters"]), sorted(rows[0]["learners"])) if rows else None

    def watch_replacement(self, auction, dead, timeout=20):
        """Until the group consists of four that live; returns the steps that the status showed on the way."""
        seen = []

        def replaced():
            now = self.progress(auction)
            if now and (not seen or seen[-1] != now):
                seen.append(now)
                self.say(f"voters {' '.join(now[0])}" + (f", learners {' '.join(now[1])}" if now[1] else ""))
            replaced.problem = f"it stands at {now}"
            return now and dead.name not in now[0] and len(now[0]) == 4 and not now[1]
        wait_until(f"{dead.name} is replaced in {auction}", replaced, timeout, 0.01)
        return seen

    def used(self, node):
        row = next(row for row in self.client.ask("status")["nodes"] if row["node"] == node.name)
        return row["used"]

    def replace(self, choose):
        auction = self.auction()
        load = self.load(auction, count=2, extra=["--pause", "200ms"])
        before = self.member_names(auction)
        dead = choose(auction)
        for node in self.outsiders(auction):
            faults.inject(node, sync_delay=150)  # so slow that one can see it happen
        self.kill(dead)
        steps = self.watch_replacement(auction, dead)
        faults.heal(self.cluster)
        added = set(steps[-1][0]) - before
        self.assertEqual(len(added), 1)
        new = self.cluster.node(added.pop())
        self.assertEqual(self.member_names(auction), before - {dead.name} | {new.name})
        self.assertTrue(any(new.name in learners for _, learners in steps) or
                        any(new.name in voters and dead.name in voters for voters, _ in steps), "the status shows it under way")
        self.bids(load, 30)
        self.restart(dead)
        wait_until(f"{dead.name} is idle", lambda: self.used(dead) == 0, 10)
        self.assertNotIn(dead.name, self.member_names(auction))
        second = self.auction("a vase")
        self.assertIn(dead.name, self.member_names(second), "a node that came back is in the pool")
        self.assert_nothing_lost(auction, load)

    def test_passive(self):
        """a follower that is killed for good is replaced from the pool while bids flow, and comes back as an idle node"""
        self.replace(lambda auction: self.followers(auction)[0])

    def test_active(self):
        """an active auctioneer that is killed for good is replaced from the pool, and comes back as an idle node"""
        self.replace(self.leader)

    def test_one_after_another(self):
        """three members killed for good, one after another, are replaced by nodes that join, and no bid is lost"""
        auction = self.auction()
        load = self.load(auction)
        for _ in range(3):
            dead = self.chosen(auction)
            self.kill(dead)
            added = self.cluster.add_node()
            self.cluster.wait_serving([added])
            self.watch_replacement(auction, dead)
            self.bids(load, 20)
        self.assert_nothing_lost(auction, load)

    def chosen(self, auction):
        return self.followers(auction)[-1]

    def test_drained(self):
        """a node that is drained hands its seats to others, and has none when it is drained"""
        auction = self.auction()
        load = self.load(auction)
        node = self.leader(auction)
        self.client.ask("drain", node.name)
        self.watch_replacement(auction, node)
        self.assertEqual(self.used(node), 0)
        self.bids(load, 20)
        self.client.ask("undrain", node.name)
        self.assertIn(node.name, self.member_names(self.auction("a vase")))
        self.assert_nothing_lost(auction, load)


class NobodyFree(ClusterTest):
    LANE = "patient"
    NODES = 4
    OPTIONS = ("--hold-down", "60000", "--replace-after", REPLACE_AFTER)

    def test_no_free_node(self):
        """with no free node a group does not shrink, goes on with the majority, and takes its member back"""
        auction = self.auction()
        load = self.load(auction)
        names = sorted(self.member_names(auction))
        dead = self.followers(auction)[0]
        self.kill(dead)
        wait_until(f"{dead.name} is lost", lambda: self.life(dead) == "lost", REPLACE_AFTER + 15, 0.1)
        self.bids(load, 50)
        self.assertEqual(sorted(self.member_names(auction)), names)
        rows = self.client.members(auction)
        self.assertEqual([sorted(row["voters"]) for row in rows.values()], [names] * 3)
        self.restart(dead)
        self.client.wait_for_voters(auction, names)
        self.bids(load, 20)
        wait_until("it is a follower again", lambda: dead.name in self.client.members(auction), 10)
        self.assert_nothing_lost(auction, load)

    def life(self, node):
        return next(row for row in self.client.ask("status")["nodes"] if row["node"] == node.name)["state"]


class OneSlot(ClusterTest):
    LANE = "patient"
    NODES = 6
    OPTIONS = ("--hold-down", "60000", "--slots", "1", "--retain-closed", "2")

    def start(self, title, seconds):
        item = self.client.add_item(title)
        return self.client.start_auction(item, seconds)["id"]

    def used(self):
        return [row["used"] for row in self.client.ask("status")["nodes"]]

    def test_one_node_one_auction(self):
        """with --slots 1 a node serves one auction, and returns to the pool when that one ends"""
        first = self.start("a lamp", 6)
        second = self.start("a vase", 9)
        of_first, of_second = self.member_names(first), self.member_names(second)
        self.say(f"{first} on {' '.join(sorted(of_first))}, {second} on {' '.join(sorted(of_second))}")
        self.assertEqual((len(of_first), len(of_second), of_first & of_second), (4, 2, set()))
        third = self.client.add_item("a clock")
        code, _, message = self.client.run("start", third, "--for", "5s")
        self.say(f"a third: exit code {code}: {message.strip()}")
        self.assertEqual(code, 3)
        self.assertIn("free slot", message.lower())
        load = self.load(second)
        wait_until(f"{first} is closed", lambda: self.client.result(first), 20)
        wait_until(f"{second} has four members", lambda: len(self.member_names(second)) == 4, 10, 0.05)
        self.assertTrue(of_second < self.member_names(second), "those that were free now are added")
        self.assertLessEqual(max(self.used()), 1)
        wait_until(f"{second} is closed", lambda: self.client.result(second), 20)
        wait_until("all nodes are in the pool again", lambda: sum(self.used()) == 0, 10, 0.1)
        load.wait(10)
        self.assertEqual(len(self.member_names(self.start("a clock", 2))), 4)


class BigDirectory(ClusterTest):
    LANE = "patient"
    NODES = 9
    OPTIONS = ("--hold-down", "60000", "--replace-after", REPLACE_AFTER)

    def parts(self):
        rows = [row for row in self.client.members(DIRECTORY).values() if row["role"] == "leader"]
        return (set(rows[0]["voters"]), set(rows[0]["learners"])) if rows else (set(), set())

    def settles(self, what, dead=()):
        def settled():
            voters, learners = self.parts()
            settled.problem = f"voters {sorted(voters)}, learners {sorted(learners)}"
            return len(voters) == 7 and not voters & set(dead) and len(voters | learners | set(dead)) == self.NODES
        start = time.monotonic()
        wait_until(what, settled, 30, 0.1)
        voters, learners = self.parts()
        self.say(f"after {time.monotonic() - start:.1f} s: voters {' '.join(sorted(voters))}, "
                 f"learners {' '.join(sorted(learners))}")
        return voters, learners

    def test_seven_voters(self):
        """of nine nodes seven are voters of the directory; a lost voter is replaced by a learner, and comes back as one"""
        voters, learners = self.settles("seven voters and two learners")
        dead = self.cluster.node(next(name for name in sorted(voters) if name != self.manager().name))
        item = self.client.add_item("a vase that must not be forgotten")
        self.kill(dead)
        now, _ = self.settles("a learner is a voter in its place", dead=[dead.name])
        self.assertEqual(len(now & learners), 1)
        self.restart(dead)
        after, learning = self.settles("it is back")
        self.assertEqual(after, now)
        self.assertIn(dead.name, learning)
        self.assertIn(item, {row["id"] for row in self.client.ask("items", "list")})
        self.client.start_auction(item, 60)
