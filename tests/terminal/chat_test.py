#!/usr/bin/env python3
"""Three people talk in the lobby of a real cluster while the node that leads its group dies.   chat_test.py GAVEL"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest

GAVEL = sys.argv.pop(1)
os.environ["GAVEL_BIN"] = str(pathlib.Path(GAVEL).parent)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/cluster"))
sys.dont_write_bytecode = True

from local_cluster import LocalCluster  # noqa: E402
from terminal import Terminal  # noqa: E402

PEOPLE = ("ann", "ben", "cid")
PATIENCE = 60.0


class Chat(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.place = pathlib.Path(place.name)
        self.cluster = LocalCluster(self.place / "cluster", tied=True)
        self.cluster.start(5)
        self.addCleanup(self.cluster.stop)
        clean = {k: v for k, v in os.environ.items() if not k.startswith("GAVEL_") or k == "GAVEL_BIN"}
        os.environ.clear()
        os.environ.update(clean, GAVEL_CLUSTER=self.cluster.name, GAVEL_BEACON_PORT=str(self.cluster.beacon_port),
                          XDG_STATE_HOME=str(self.place / "test"))

    def gavel(self, *args: str, code: int = 0, state: str = "test", said: str = "") -> str:
        run = subprocess.run([GAVEL, *args], capture_output=True, text=True, timeout=60, input=said,
                             env={**os.environ, "XDG_STATE_HOME": str(self.place / state)})
        self.assertEqual(run.returncode, code, f"gavel {' '.join(args)}: {run.stdout}{run.stderr}")
        return run.stdout if code == 0 else run.stderr

    def at_terminal(self, name: str) -> Terminal:
        terminal = Terminal([GAVEL, "chat", "lobby", "--as", name], XDG_STATE_HOME=str(self.place / name))
        terminal.wait_for("lobby> ")
        return terminal

    def wait_until(self, what: str, holds, terminals: dict[str, Terminal]):
        deadline = time.monotonic() + PATIENCE
        while not all(holds(terminal) for terminal in terminals.values()):
            for terminal in terminals.values():
                terminal.read(0.02)
            if time.monotonic() > deadline:
                self.fail(f"{what}: " + "\n".join(f"{n}: {t.lines()}" for n, t in terminals.items()))

    @staticmethod
    def said(terminal: Terminal) -> list[str]:
        """"ann: text" of every line said, in the order in which they showed."""
        found = (re.fullmatch(r"\d\d:\d\d:\d\d (\w+: .*)", line) for line in terminal.lines())
        return [match[1] for match in found if match]

    def test_nobody_types_anything_twice_because_the_leader_died(self):
        self.gavel("room", "rules", "lobby", "--pace", "0s")
        room = json.loads(self.gavel("who", "lobby", "-o", "json"))
        leader = self.cluster.node(room["leader"])
        people = {name: self.at_terminal(name) for name in PEOPLE}
        self.assertEqual(json.loads(self.gavel("who", "lobby", "-o", "json"))["present"], 3)

        people["ben"].type("half a thou")
        typed = {name: [] for name in PEOPLE}
        for number in range(12):
            for name in ("ann", "cid"):
                typed[name].append(f"{name}: this is {number} of {name}")
                people[name].type(f"this is {number} of {name}\r")
            if number == 4:
                leader.process.kill()
            for terminal in people.values():
                terminal.read(0.02)
        everything = sum(map(len, typed.values()))
        self.wait_until("all hear all", lambda t: len(self.said(t)) >= everything, people)
        people["ben"].type("ght\r")
        typed["ben"].append("ben: half a thought")
        self.wait_until("all hear the half-typed line", lambda t: "ben: half a thought" in self.said(t), people)

        heard = self.said(people["ann"])
        for name in PEOPLE:
            self.assertEqual(self.said(people[name]), heard, f"{name} sees other lines than ann, or in another order")
            self.assertEqual([line for line in heard if line.startswith(name + ":")], typed[name])
        self.assertEqual(len(heard), everything + 1, "nothing is lost, nothing is doubled")
        after = f"serves the room now, after {leader.name}"
        for name, terminal in people.items():
            self.assertEqual(sum(line.endswith(after) for line in terminal.lines()), 1, terminal.lines())

        self.cluster.launch(leader)
        again = f"— {leader.name} serves the room now, after "
        self.wait_until("the highest leads again, and all see it said",
                        lambda t: any(line.startswith(again) for line in t.lines()), people)
        for terminal in people.values():
            terminal.type("\x04")
        for terminal in people.values():
            self.assertEqual(terminal.wait_for_end(), 0)
        self.wait_for_leader(leader.name)
        self.assertEqual(json.loads(self.gavel("who", "lobby", "-o", "json"))["present"], 0)
        self.assertIn("agree", self.gavel("verify", "lobby"))

    def wait_for_leader(self, name: str):
        deadline = time.monotonic() + PATIENCE
        while json.loads(self.gavel("who", "lobby", "-o", "json"))["leader"] != name:
            self.assertLess(time.monotonic(), deadline, f"{name} does not lead the lobby")
            time.sleep(0.1)

    def test_private_rooms_moderators_likes_and_what_a_watcher_sees(self):
        gavel = self.gavel
        self.assertIn("not open yet", gavel("who", "lobby", code=4))
        self.assertEqual(gavel("likes", "-o", "json").strip(), "[]")
        gavel("room", "open", "@friends", "--as", "ann", state="ann")
        self.assertIn("not invited", gavel("chat", "@friends", "--as", "eve", state="eve", code=7))
        self.assertIn("no private room", gavel("room", "open", "friends", code=2))

        ben = Terminal([GAVEL, "shell", "--as", "ben"], XDG_STATE_HOME=str(self.place / "ben"))
        ben.wait_for("gavel> ")
        gavel("room", "invite", "@friends", "ben", "--as", "ann", state="ann")
        ben.wait_for("ann invites you to @friends: chat @friends")
        ben.type("chat @friends\r")
        ben.wait_for("@friends: ann, ben are here")
        ben.type("say @friends hello\r")
        ben.wait_for("[@friends] ")
        ben.wait_for("ben: hello")
        gavel("room", "mute", "@friends", "ben", "--for", "1m", "--as", "ann", state="ann")
        ben.wait_for("— ann mutes ben for 60 s")
        ben.type("say @friends again\r")
        ben.wait_for("muted")
        ben.type("unchat @friends\r")
        ben.wait_for("you have left @friends")
        self.assertNotIn("ben", [m["name"] for m in json.loads(
            gavel("who", "@friends", "--as", "ann", "-o", "json", state="ann"))["members"]])

        gavel("items", "add", "A lamp", "--start", "20.00", "--id", "lot-7")
        self.assertIn("lot-7", gavel("like", "lot-77", code=4))
        self.assertEqual(json.loads(gavel("like", "lot-7.1", "3", "-o", "json"))["total"], 3)
        gavel("start", "lot-7", "--for", "60s")
        ben.type("watch lot-7\r")
        ben.wait_for("lot-7: 3 likes")
        gavel("say", "lot-7", "is it brass?", "--as", "ann", state="ann")
        ben.wait_for("ann: is it brass?")
        gavel("like", "lot-7", "2000000")
        ben.wait_for("lot-7: 2000003 likes")
        ben.type("chat lot-7\r")
        ben.wait_for("lot-7: ben is here")
        ben.type("say lot-7 it is\r")
        ben.wait_for("ben: it is")
        ben.type("unchat lot-7\r")
        ben.wait_for("you have left lot-7")
        gavel("say", "lot-7", "good", "--as", "ann", state="ann")
        ben.wait_for("ann: good")
        ben.type("exit\r")
        self.assertEqual(ben.wait_for_end(), 0)
        self.assertEqual(sum("ben: it is" in line for line in ben.lines()), 1, ben.lines())

    def test_a_pipe_says_its_lines_in_order_and_what_many_do_at_once_adds_up(self):
        texts = [f"text {number}" for number in range(8)]
        told = [json.loads(line) for line in
                self.gavel("chat", "lobby", "--as", "ann", "-o", "jsonl", said="\n".join(texts)).splitlines()]
        self.assertEqual([t["text"] for t in told if t["event"] == "chat" and t["kind"] == "said"], texts)
        late = self.gavel("chat", "lobby", "--as", "ben", "--history", "3", said="/who\n", state="ben")
        self.assertEqual(re.findall(r"ann: (.*)", late), texts[-3:])

        self.gavel("room", "rules", "lobby", "--pace", "0s", "--as", "ann")
        lines = [json.loads(line) for line in self.gavel("talkers", "lobby", "--talkers", "3", "--for", "1s", "--listen",
                                                         "-o", "jsonl").splitlines()]
        said = {t["line"]: t["text"] for t in lines if t["event"] == "said"}
        self.assertTrue(all(t["verdict"] == "done" for t in lines if t["event"] == "said"))
        for talker in (1, 2, 3):
            heard = [(t["number"], t["text"]) for t in lines
                     if t["event"] == "heard" and t["talker"] == f"talker-{talker}" and t["kind"] == "said"]
            self.assertEqual(heard, sorted(heard), "in order, none twice")
            self.assertTrue(set(heard) <= set(said.items()))
            own = [text for _, text in heard if text.startswith(f"talker-{talker} ")]
            self.assertEqual(own, [f"talker-{talker} {n}" for n in range(1, len(own) + 1)])

        self.gavel("items", "add", "A lamp", "--start", "20.00", "--id", "lot-7")
        for option in ([], ["--rate", "300"]):
            before = json.loads(self.gavel("likes", "lot-7", "-o", "json"))["total"]
            answers = [json.loads(line) for line in self.gavel("likers", "lot-7", "--for", "1s", "-o", "jsonl",
                                                               *option).splitlines()]
            self.assertTrue(all(a["counted"] for a in answers))
            after = json.loads(self.gavel("likes", "lot-7", "-o", "json"))["total"]
            self.assertEqual(after - before, sum(a["count"] for a in answers))
        self.gavel("backup", "--to", str(self.place / "house.gavel"))
        groups = {g["group"]: g for g in json.loads(
            self.gavel("verify", "--file", str(self.place / "house.gavel"), "-o", "json"))}
        self.assertEqual({name: g["verdict"] for name, g in groups.items()},
                         {"directory": "holds", "lobby": "holds", "likes": "holds"})
        self.assertEqual(groups["likes"]["what"], f"1 thing, {after} likes")


if __name__ == "__main__":
    unittest.main()
