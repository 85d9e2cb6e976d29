"""`make soak`, in short, and that its judgement fires."""

import unittest

from harness import ClusterTest
from soak import OPTIONS, Soak, judge


class ShortSoak(ClusterTest):
    LANE = "patient"
    OPTIONS = OPTIONS
    SECONDS = 30
    # So short a run is nearly all warm-up: the real bounds are for `make soak`.
    SLACK = 3

    def test_nothing_grows(self):
        """auctions, deaths, joins, drains and restarts in turn: memory, files, logs and connections stay bounded"""
        soak = Soak(self.cluster, 1, lambda text: print(text, flush=True), row_seconds=5, slack=self.SLACK)
        clean = soak.run(self.SECONDS, mishap_every=4)
        for line in soak.report():
            self.say(line)
        self.assertTrue(clean, (soak.grown, soak.account.violations))
        self.assertGreaterEqual(soak.mishaps, 4)


class Judgement(unittest.TestCase):
    ROW = {"memory": 15.0, "files": 70, "threads": 4, "connections": 19, "log": 68.0, "directory": 500, "archive": 1.0}

    def rows(self, **growth):
        """Of ten minutes; each named column grows by so much in each row."""
        return [{name: value + growth.get(name, 0) * i for name, value in self.ROW.items()}
                | {"time": 10 * (i + 1), "sales": 8 * i, "bids": 100 * i} for i in range(60)]

    def test_fires(self):
        """what grows is found, column by column, and what stays or only warms up is not"""
        self.assertEqual(judge(self.rows())[0], [])
        for name, growth in (("memory", 0.2), ("files", 1), ("threads", 0.5), ("connections", 0.5), ("log", 1), ("directory", 900)):
            with self.subTest(name):
                self.assertEqual([words.split()[0].rstrip(":") for words in judge(self.rows(**{name: growth}))[0]], [name])
        warming = self.rows()
        for row in warming[:15]:
            row["memory"] = 5.0
        self.assertEqual(judge(warming)[0], [])
        self.assertNotEqual(judge(self.rows()[:2])[0], [], "a run that is too short proves nothing")
