"""People who talk while nodes die: everybody hears the same lines in the same order, and what was acknowledged stands once."""

import json

from crowd import Crowd
from harness import ClusterTest
from processes import wait_until


class Talk(ClusterTest):
    OPTIONS = ("--hold-down", "300", "--replace-after", "600")  # a higher uid takes the lead soon after it is back

    def setUp(self):
        super().setUp()
        self.client.ask("say", "lobby", "the lobby is open", "--as", "the-host")

    def free_of_pace(self, room):
        """Talkers are to talk as fast as they are answered."""
        self.client.ask("room", "rules", room, "--burst", 1000, "--pace", "0s", "--keep", 1000, "--as", "the-host")

    def talkers(self, room, count=4, seconds=10):
        crowd = Crowd(self.client, "talkers", room, "--talkers", count, "--pause", "10ms", "--listen", "--timeout", 30,
                      seconds=seconds)
        self.loads.append(crowd)
        wait_until("they talk", lambda: len(self.said(crowd)) >= 3 * count, 10)
        return crowd

    @staticmethod
    def said(crowd):
        return [row for row in crowd.rows() if row["event"] == "said"]

    def go_on(self, crowd, count=20):
        before = len(self.said(crowd))
        wait_until(f"{count} more texts are acknowledged", lambda: len(self.said(crowd)) >= before + count, 15)

    def assert_heard_by_all(self, crowd, room):
        """Each text once, at the place that its author was told, in one order for everybody, gapless; returns the lines."""
        crowd.wait(60)
        rows = crowd.rows()
        said = self.said(crowd)
        self.assertTrue(all(row["acknowledged"] for row in said), [row for row in said if not row["acknowledged"]][:3])
        lines = {}
        for talker in sorted({row["talker"] for row in said}):
            heard = [row for row in rows if row["event"] == "heard" and row["talker"] == talker]
            numbers = [row["number"] for row in heard]
            self.assertEqual(numbers, list(range(numbers[0], numbers[0] + len(numbers))), f"{talker} misses or doubles a line")
            for row in heard:
                line = (row["kind"], row["who"], row["text"])
                self.assertEqual(lines.setdefault(row["number"], line), line, f"{talker} hears another line {row['number']}")
        for row in said:
            self.assertEqual(lines[row["line"]], ("said", row["talker"], row["text"]))
        texts = [text for _, (kind, _, text) in sorted(lines.items()) if kind == "said"]
        self.assertEqual(len(texts), len(set(texts)), "a text stands twice")
        for talker in {row["talker"] for row in said}:
            own = [int(text.split()[1]) for text in texts if text.startswith(talker + " ")]
            self.assertEqual(own, sorted(own), f"{talker}'s texts are reordered")
        self.say(f"{len(said)} texts acknowledged, {len(lines)} lines, the same for everybody; "
                 f"{max(row['sends'] for row in said)} sends at most")
        code, out, message = self.client.run("verify", "lobby" if room.startswith("lobby") else room)
        self.assertEqual(code, 0, out + message)
        return lines

    def test_leader_dies(self):
        """the lobby's leader is killed in mid-conversation three times: nothing is lost, doubled or reordered for anybody"""
        self.free_of_pace("lobby")
        crowd = self.talkers("lobby")
        for _ in range(3):
            dead = self.leader("lobby")
            self.kill(dead)
            self.go_on(crowd)
            self.restart(dead)
            wait_until(f"{dead.name} leads again, as the highest does", lambda: self.client.leader("lobby") == dead.name, 15)
            self.go_on(crowd)
        lines = self.assert_heard_by_all(crowd, "lobby")
        serving = [line for line in lines.values() if line[0] == "serving"]
        self.assertGreaterEqual(len(serving), 6, "each change of the leader is a line of its own")

    def test_higher_joins(self):
        """a node with a higher uid joins while people talk: it takes over by hand-over, the former says so, and all hear of it"""
        self.free_of_pace("lobby")
        crowd = self.talkers("lobby", seconds=8)
        former = self.leader("lobby")
        newcomer = self.cluster.add_node(["--priority", 99])
        self.cluster.wait_serving([newcomer])
        wait_until(f"{newcomer.name} leads the lobby", lambda: self.client.leader("lobby") == newcomer.name, 20)
        self.go_on(crowd)
        lines = self.assert_heard_by_all(crowd, "lobby")
        self.assertTrue([line for line in lines.values() if line[0] == "serving"])
        self.assertRegex(former.log.read_text(), rf"\(lobby\).* handing_over: hands over to n{newcomer.uid}")

    def test_auctioneers_calls(self):
        """an auction's room has the bids, both calls and the sale in one order with what people say, its leader killed or not"""
        item = self.client.add_item("a lamp", "10.00", "0.50", "--seller", "the-host")
        auction = self.client.start_auction(item, 10)["id"]
        self.client.ask("say", auction, "welcome", "--as", "the-host")
        self.free_of_pace(auction)
        crowd = self.talkers(auction, count=3, seconds=13)
        bids = self.load(auction, count=2)
        self.kill(self.leader(auction))
        self.bids(bids, 10)
        bids.wait(40)
        lines = [line for _, line in sorted(self.assert_heard_by_all(crowd, auction).items())]
        calls = [text for kind, _, text in lines if kind == "going"]
        self.assertEqual([call.split(" at")[0].split(",")[0] for call in calls], ["going once", "going twice"])
        sold = [i for i, (kind, _, _) in enumerate(lines) if kind == "closed"]
        self.assertEqual(len(sold), 1)
        self.assertGreater(sold[0], max(i for i, (kind, _, _) in enumerate(lines) if kind in ("bid", "going")))
        self.say(f"{calls}, {lines[sold[0]][2]}")
        history = self.client.ask("history", auction)
        told = [text for kind, _, text in lines if kind == "bid"]
        self.assertEqual(told, [f"{bid['amount']} by {bid['bidder']} (bid {bid['ordinal']})" for bid in history][-len(told):])

    def test_all_die(self):
        """what was said is there after every node was killed at once and started again, and a name is still its owner's"""
        self.free_of_pace("lobby")
        crowd = self.talkers("lobby", count=3, seconds=2)
        self.assert_heard_by_all(crowd, "lobby")
        said = [row["text"] for row in sorted(self.said(crowd), key=lambda row: row["line"])]
        self.kill(*self.cluster.nodes)
        self.restart(*self.cluster.nodes)
        code, out, message = self.client.run("-o", "jsonl", "chat", "lobby", "--history", 1000, "--as", "a-reader")
        self.assertEqual(code, 0, message)
        kept = [line["text"] for line in map(json.loads, out.splitlines()) if line.get("kind") == "said"]
        self.assertEqual(kept[-len(said):], said)
