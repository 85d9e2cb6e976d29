"""What an operator does: drain, transfer-leader, members, remove, verify, backup and restore."""

import time

from client import EXIT_NOT_FOUND, EXIT_REJECTED
from harness import DIRECTORY, ClusterTest
from local_cluster import LocalCluster
from processes import wait_until


class Operations(ClusterTest):
    OPTIONS = ("--hold-down", "1000", "--replace-after", "1")

    def gavel(self, *arguments, code=0, timeout=60):
        got, output, message = self.client.run(*arguments, timeout=timeout)
        self.say(f"gavel {' '.join(map(str, arguments))}: exit code {got}: {(message or output).strip().splitlines()[-1:]}")
        self.assertEqual(got, code, message)
        return output + message

    def test_transfer(self):
        """transfer-leader gives the lead to a lower node, which keeps it although others rank higher; no bid is refused"""
        auction = self.auction()
        self.client.wait_for_leader(auction, 10, other_than=["n1", "n2", "n3", "n4"])
        load = self.load(auction)
        self.gavel("transfer-leader", auction, "n3")
        self.assertEqual(self.leader(auction).name, "n3")
        self.gavel("transfer-leader", DIRECTORY, "n4")
        self.assertEqual(self.manager().name, "n4")
        self.bids(load, 100)
        time.sleep(2.5)  # longer than the hold-down: nobody takes it back
        self.assertEqual((self.leader(auction).name, self.manager().name), ("n3", "n4"))
        self.gavel("transfer-leader", auction, "n1", code=EXIT_REJECTED)  # no member of it
        self.gavel("transfer-leader", auction, "n9", code=EXIT_NOT_FOUND)
        self.gavel("transfer-leader", "lot-99", "n3", code=EXIT_NOT_FOUND)
        self.assertEqual([answer for answer in load.answers() if not answer["acknowledged"]], [])
        self.assert_nothing_lost(auction, load)

    def test_drain(self):
        """drain moves every seat to other nodes, undrain brings the node back into the pool, and no bid is refused"""
        auction = self.auction()
        load = self.load(auction)
        node = self.leader(auction)
        self.gavel("drain", node.name)
        self.assertNotIn(node.name, self.member_names(auction))
        self.assertNotEqual(self.leader(auction).name, node.name)
        row = next(row for row in self.client.ask("servers") if row["node"] == node.name)
        self.assertEqual((row["used"], row["draining"]), (0, True))
        another = self.cluster.node(sorted(self.member_names(auction))[0])
        self.gavel("drain", another.name, code=EXIT_REJECTED)  # nobody is free to take its seat
        self.assertIn(another.name, self.member_names(auction))
        self.gavel("undrain", another.name)
        self.gavel("undrain", node.name)
        self.bids(load, 20)
        self.assertEqual([answer for answer in load.answers() if not answer["acknowledged"]], [])
        self.assert_nothing_lost(auction, load)

    def test_members_and_remove(self):
        """members shows who belongs; remove refuses a node that is up or irreplaceable, and strikes off a dead one"""
        auction = self.auction()
        load = self.load(auction)
        rows = self.client.ask("members", auction)
        self.assertEqual({row["node"] for row in rows}, self.member_names(auction))
        self.assertEqual([row["role"] for row in rows].count("leader"), 1)
        self.assertIn("up", self.gavel("remove", "n1", code=EXIT_REJECTED).lower())
        self.gavel("remove", "n9", code=EXIT_NOT_FOUND)
        spare, dead = self.outsiders(auction)[0], self.followers(auction)[0]
        self.kill(spare)
        wait_until(f"{spare.name} is removed",
                   lambda: self.client.run("remove", spare.name)[0] == 0, 15, 0.2)  # when it is not up any more
        self.kill(dead)
        time.sleep(2)
        self.assertIn("shrink", self.gavel("remove", dead.name, code=EXIT_REJECTED).lower())
        self.assertIn(dead.name, self.member_names(auction))
        self.gavel("remove", dead.name, "--shrink")
        names = sorted(node.name for node in self.cluster.live())
        self.client.wait_for_voters(auction, names)
        self.client.wait_for_voters(DIRECTORY, names)
        self.bids(load, 20)
        self.assert_nothing_lost(auction, load)

    def test_verify(self):
        """verify finds the replicas equal at one slot, of an auction and of the directory, while bids flow"""
        auction = self.auction()
        load = self.load(auction)
        for group, count in ((auction, 4), (DIRECTORY, 5)):
            rows = self.client.ask("verify", group)
            self.assertEqual([row["verdict"] for row in rows], ["agrees"] * count)
            self.assertEqual((len({row["digest"] for row in rows}), len({row["slot"] for row in rows})), (1, 1))
        self.gavel("verify", "lot-99", code=EXIT_NOT_FOUND)
        self.kill(self.followers(auction)[0])
        rows = self.client.ask("verify", auction)
        self.assertEqual(len([row for row in rows if row["verdict"] == "agrees"]), 3)
        self.assert_nothing_lost(auction, load)

    def test_backup_and_restore(self):
        """a backup of the house founds a new cluster: its bids and results are all there, and its running auction goes on"""
        ended = self.client.start_auction(self.client.add_item("a vase"), 2)["id"]
        self.gavel("bid", ended, "11.00", "--as", "ann")
        offered = self.client.add_item("a clock")
        wait_until(f"{ended} is closed", lambda: self.client.result(ended), 15)
        item = self.client.add_item("a lamp", "10.00", "0.50")
        auction = self.client.start_auction(item, 16)["id"]
        self.client.wait_for_leader(auction)
        load = self.load(auction)
        self.bids(load, 100)
        load.end()
        bids = self.client.ask("history", auction)
        file = self.directory / "house.gavel"
        self.gavel("backup", "--to", file)
        self.assertIn(auction, self.gavel("restore", file))
        self.cluster.kill_all()
        self.say("all nodes are killed and never come back")

        other = LocalCluster(self.directory / "restored", tied=True, options=self.OPTIONS)
        self.addCleanup(other.kill_all)
        other.start_from(file, 5)
        client = other.client()
        wait_until("the auctions are there", lambda: len(client.try_ask("auctions") or []) == 2, 15, 0.1)
        self.say(f"restored: {[(row['id'], row['state']) for row in client.auctions()]}")
        self.assertEqual(client.result(ended)["winner"], "ann")
        self.assertIn(offered, {row["id"] for row in client.ask("items", "list") if row["state"] == "on offer"})
        client.wait_for_leader(auction)
        self.assertEqual(client.ask("history", auction), bids)
        # The bidders of before, and a new one.
        amount = f"{int(float(bids[-1]['amount'].split()[0])) + 10}.00"
        code, _, message = client.run("bid", auction, amount, "--as", "eve")
        self.assertEqual(code, 0, message)
        names = [node.name for node in other.nodes]
        # Whoever is left out when the fifth of five is seated follows on, unlisted: only what the leader says counts.
        wait_until("the auction has four members again",
                   lambda: any(r["role"] == "leader" and len(r["voters"]) == 4 for r in client.members(auction).values()), 20, 0.1)
        result = wait_until("it is closed", lambda: client.result(auction), 40, 0.2)
        self.say(f"{result['winner']} won for {result['price']} after {result['bids']} bids")
        self.assertEqual((result["winner"], result["bids"]), ("eve", len(bids) + 1))
        client.wait_for_voters(DIRECTORY, names)
        self.assertEqual(client.run("verify", DIRECTORY)[0], 0)
