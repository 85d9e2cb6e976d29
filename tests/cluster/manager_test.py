"""The manager's own death forgets nothing: items, auctions and assignments, also those that were just being made."""

from account import Account
from client import EXIT_REJECTED
from harness import DIRECTORY, ClusterTest
from processes import wait_until
from trade import Trade

ROUNDS = 6


class ManagerDeath(ClusterTest):
    OPTIONS = ("--hold-down", "60000", "--retain-closed", "60")

    def refuse_sold(self, sales):
        """A sold item is not sold again, whoever asks."""
        for sale in sales:
            code, _, message = self.client.run("start", sale.item, "--for", "2s")
            self.assertEqual(code, EXIT_REJECTED, f"{sale.item}: {message}")

    def test_while_auctions_start(self):
        """the manager is killed again and again while auctions start: no item is sold twice, forgotten or left in between"""
        trade = Trade(self.cluster, lanes=4, seconds=(1.5, 3), bidders=1, seed=1)
        self.addCleanup(trade.abandon)
        sold = []
        for _ in range(ROUNDS):
            more = self.wait_for_sales(trade, 3)
            sold += more
            dead = self.manager()
            self.kill(dead)
            successor = self.client.wait_for_leader(DIRECTORY, other_than=[dead.name])
            self.say(f"{successor} is the idle node manager now; {len(sold)} items are sold")
            self.refuse_sold(more)
            self.restart(dead)
        trade.stop()
        sold += trade.take_finished()
        account = Account(self.cluster)
        for sale in sold:
            account.check_sale(sale)
        account.check_house([f"item-1-{i + 1}" for i in range(trade.items)])
        for line in account.lines():
            self.say(line)
        self.say(str(account))
        self.assertEqual(account.violations, [])
        self.assertTrue(account.clean)

    def wait_for_sales(self, trade, count):
        found = []

        def enough():
            found.extend(trade.take_finished())
            return len(found) >= count
        wait_until(f"{count} more auctions are closed", enough, 30, 0.05)
        return found
