"""An auction whose nodes are lost for good is brought back from a backup, while the house goes on."""

import datetime
import json
import shutil
import threading

from client import EXIT_NOT_FOUND, EXIT_REJECTED
from harness import ClusterTest
from local_cluster import LocalCluster
from processes import Process, wait_until


class Restore(ClusterTest):
    LANE = "patient"
    NODES = 7  # three may go, and the directory lives
    OPTIONS = ("--hold-down", "1000", "--replace-after", "1")

    def gavel(self, *arguments, code=0, timeout=60):
        got, output, message = self.client.run(*arguments, timeout=timeout)
        self.say(f"gavel {' '.join(map(str, arguments))}: exit code {got}: {(message or output).strip().splitlines()[-1:]}")
        self.assertEqual(got, code, message)
        return output + message

    def lose(self, auction, returns=0):
        """All members but one are killed, the leader among them, and the data of all but `returns` of those destroyed.
        Who is left, and who is gone."""
        left = self.followers(auction)[0]
        gone = [node for node in self.cluster.live() if node.name in self.member_names(auction) and node is not left]
        self.kill(*gone)
        for node in gone[returns:]:
            shutil.rmtree(node.data)
        self.say(f"the data of {LocalCluster.named(gone[returns:])} are destroyed")
        return left, gone

    def watcher(self, auction):
        """What somebody is told who watches the auction to its end."""
        process = Process.start_piped(self.client.command("-o", "jsonl", "watch", auction, "-f", "--no-chat"), tied=True)
        self.addCleanup(process.popen.stdout.close)
        self.addCleanup(process.kill)
        events = []

        def read():
            for line in process.popen.stdout:
                events.append(json.loads(line))
        threading.Thread(target=read, daemon=True).start()
        return events

    def aside(self, node, name):
        """What a node had of the group that was given up."""
        return wait_until(f"{node.name} sets {name} aside",
                          lambda: [path for path in node.data.glob("archive/*") if path.name == name], 15)[0]

    def test_restore(self):
        """an auction that lost three of its four members for good goes on from a backup, and ends with every bid in it"""
        item = self.client.add_item("a lamp", "10.00", "0.50")
        auction = self.client.start_auction(item, 30)["id"]
        self.client.wait_for_leader(auction)
        load = self.load(auction)
        self.bids(load, 50)
        load.end()
        kept = self.client.ask("history", auction)
        file = self.directory / "house.gavel"
        self.gavel("backup", "--to", file)
        highest = int(float(kept[-1]["amount"].split()[0]))
        self.gavel("bid", auction, f"{highest + 10}.00", "--as", "late")
        self.gavel("bid", "nothing", "10.00", code=EXIT_NOT_FOUND)

        # What is used wrongly changes nothing.
        self.assertIn("leads it", self.gavel("restore", file, auction, code=EXIT_REJECTED))
        self.gavel("restore", file, "lot-99", code=EXIT_NOT_FOUND)
        self.gavel("restore", file, "--force", code=2)
        self.assertIn(f"gavel restore {file} AUCTION", self.gavel("restore", file))
        damaged = self.directory / "damaged.gavel"
        whole = bytearray(file.read_bytes())
        whole[len(whole) // 2] ^= 1
        damaged.write_bytes(whole)
        self.gavel("restore", damaged, auction, code=1)

        bidders = self.load(auction, client=self.client, seed=2)  # they go on by themselves, and so does a watcher
        told = self.watcher(auction)
        wait_until("the watcher is told of bids", lambda: len(told) > len(kept), 10)
        left, gone = self.lose(auction, returns=1)
        self.gavel("restore", file, auction, "--to", "n99", code=EXIT_NOT_FOUND)

        def restored():  # as soon as nobody believes in its leader any more
            code, output, restored.problem = self.client.run("restore", file, auction, "-o", "json")
            return json.loads(output) if code == 0 else None
        row = wait_until(f"{auction} is restored", restored, 20, 0.2)
        self.say(f"restored on {row['node']}: {row['bids']} bids, up to slot {row['slot']}")
        self.assertEqual((row["bids"], row["over"]), (len(kept), False))
        accepted = bidders.accepted()
        wait_until("the bidders bid on in the new group", lambda: bidders.accepted() > accepted + 20, 30, 0.1)
        bidders.end()
        history = self.client.ask("history", auction)
        self.assertEqual(history[:len(kept)], kept)
        self.assertNotIn("late", {bid["bidder"] for bid in history})
        wait_until("the auction has four members again",
                   lambda: len([r for r in self.client.members(auction).values() if len(r["voters"]) == 4]) == 4, 20, 0.1)
        name = f"{auction}.group-{row['former']}.gavel"
        self.assertIn("late", self.gavel("history", "--file", self.aside(left, name)))
        self.restart(gone[0])  # with what it had of the former group
        self.aside(gone[0], name)
        self.assertEqual(self.client.run("verify", auction)[0], 0)
        result = wait_until("it is closed", lambda: self.client.result(auction), 60, 0.2)
        history = self.client.ask("history", auction)
        self.assertEqual(result["bids"], len(history))
        wait_until("the watcher is told of the close", lambda: told[-1]["event"] == "closed", 10)
        again = [event["event"] for event in told].index("restored")
        self.assertEqual([event["amount"] for event in told[again + 1:-1]],
                         [bid["amount"] for bid in history[told[again]["bids"]:]])
        self.assertIn("final", self.gavel("restore", file, auction, code=EXIT_REJECTED))

    def test_overdue(self):
        """an auction that is restored after its end closes at once, with the bids of the backup"""
        item = self.client.add_item("a vase", "10.00", "0.50")
        auction = self.client.start_auction(item, 6)["id"]
        self.client.wait_for_leader(auction)
        self.gavel("bid", auction, "12.00", "--as", "ann")
        file = self.directory / "vase.gavel"
        self.gavel("backup", auction, "--to", file)
        self.gavel("bid", auction, "20.00", "--as", "bob")
        self.lose(auction)
        end = next(row["end"] for row in self.client.auctions() if row["id"] == auction)
        wait_until("its end has passed", lambda: datetime.datetime.now(datetime.timezone.utc).isoformat() > end, 10, 0.1)

        def restored():
            code, output, restored.problem = self.client.run("restore", file, auction)
            return output if code == 0 else None
        self.say(wait_until(f"{auction} is restored", restored, 20, 0.2))
        result = wait_until("it is closed", lambda: self.client.result(auction), 20, 0.2)
        self.assertEqual((result["winner"], result["bids"]), ("ann", 1))
