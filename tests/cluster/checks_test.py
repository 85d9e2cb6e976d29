"""The comparison that all other tests end with: each of its complaints fires on a history that deserves it."""

import copy
import unittest

import harness  # noqa: F401 (finds the tools)
from checks import compare, failover_milliseconds


def answer(number, verdict="accepted", **other):
    return {"session": 7, "number": number, "bidder": "ann", "amount": f"{10 + number}.00 EUR", "slot": 20 + number,
            "verdict": verdict, "acknowledged": True, "unknown": False, "sent": number, "acked": number + 0.5} | other


def bid(number, **other):
    return {"session": 7, "number": number, "bidder": "ann", "amount": f"{10 + number}.00 EUR", "minor": 1000 + 100 * number,
            "slot": 20 + number, "ordinal": number} | other


def replica(node, bids, **other):
    return {"node": node, "applied": 30, "digest": "d", "trouble": None, "bids": copy.deepcopy(bids)} | other


class Checks(unittest.TestCase):
    def compare(self, answers, *replicas, most_unacknowledged=0):
        return compare(answers, replicas, most_unacknowledged)

    def test_checks_fire(self):
        """the comparison accepts a true history, and fires on each kind of a false one"""
        told, held = [answer(1), answer(2), answer(3, "too low")], [bid(1), bid(2)]
        self.assertTrue(self.compare(told, replica("n1", held), replica("n2", held)).clean)
        self.assertEqual(str(self.compare(told, replica("n1", held))),
                         "acknowledged 2, present on every replica 2, lost 0, doubled 0")

        lost = self.compare(told, replica("n1", held), replica("n2", held[:1]))
        self.assertEqual((lost.clean, lost.lost, lost.present), (False, 1, 1))
        doubled = self.compare(told, replica("n1", held + [bid(2, minor=1300)]))
        self.assertEqual((doubled.clean, doubled.doubled, doubled.present), (False, 1, 1))
        for name, wrong in {
                "another amount": self.compare(told, replica("n1", [bid(1), bid(2, amount="99.00 EUR")])),
                "another bidder": self.compare(told, replica("n1", [bid(1), bid(2, bidder="eve")])),
                "another slot": self.compare(told, replica("n1", [bid(1), bid(2, slot=29)])),
                "a refused bid counts": self.compare(told, replica("n1", held + [bid(3)]), most_unacknowledged=9),
                "a bid from nowhere": self.compare(told, replica("n1", held + [bid(4)])),
                "a falling price": self.compare(told, replica("n1", [bid(1), bid(2, minor=1)])),
                "another order": self.compare(told, replica("n1", held), replica("n2", held[::-1])),
                "another digest": self.compare(told, replica("n1", held), replica("n2", held, digest="e")),
                "another position": self.compare(told, replica("n1", held), replica("n2", held, applied=29)),
                "a broken chain": self.compare(told, replica("n1", held, trouble="the chain is broken at bid 1")),
                "one bid acknowledged twice": self.compare([*told, answer(1)], replica("n1", held)),
                "no replica": self.compare(told)}.items():
            with self.subTest(name):
                self.assertFalse(wrong.clean)
                self.assertNotEqual(wrong.problems, [])
        self.assertTrue(self.compare(told, replica("n1", held + [bid(4)]), most_unacknowledged=1).clean,
                        "a bid in flight when its bidder ended may stand")

    def test_failover(self):
        """a failover ends with the first acknowledged bid that was sent after the death, whatever was under way before"""
        told = [answer(1, sent=0.9, acked=1.1), answer(2, sent=1.2, acked=1.3), answer(3, "too low", sent=1.15, acked=1.2)]
        self.assertAlmostEqual(failover_milliseconds(told, killed=1.0, dead=1.05), 300)
        self.assertIsNone(failover_milliseconds(told, killed=2.0, dead=2.0))
