"""What `measure` measures of a member that is slow, and of a lead that is handed over."""

import statistics
import time

from processes import Failure, wait_until


def answers_per_second(bidders, seconds):
    """That the auction itself gave, accepted or not, in so many seconds from now on."""
    before, start = len(bidders.answers()), time.monotonic()
    time.sleep(seconds)
    return (len(bidders.answers()) - before) / (time.monotonic() - start)


def in_turns(bidders, begin, end, turns, seconds):
    """(answers a second without a fault, and with it), of each turn: what else the machine does meanwhile hits both alike."""
    found = []
    for _ in range(turns):
        end()
        wait_until("bids", lambda before=bidders.accepted(): bidders.accepted() > before + 20, 20)
        time.sleep(1)  # to catch up
        without = answers_per_second(bidders, seconds)
        begin()
        time.sleep(1)  # until all know that it is gone
        found.append((without, answers_per_second(bidders, seconds)))
    end()
    return found


def handover_delay(cluster, auction, bidders, node, hold_down):
    """How much longer than usual, in milliseconds, the slowest bid took while `node`, the highest of the auction, which was killed
    and has come back, took over the lead. Only what comes after it is caught up counts."""
    node.process.kill()
    client = cluster.client()
    client.wait_for_leader(auction, other_than=[node.name])
    wait_until("bids", lambda before=bidders.accepted(): bidders.accepted() > before + 50, 20)
    cluster.launch(node)
    cluster.wait_serving([node])

    def behind():
        behind.problem = client.behind([node.name], [auction])
        return not behind.problem
    wait_until(f"{node.name} is caught up", behind, 20, 0.02)
    calm = time.monotonic()
    client.wait_for_leader(auction, timeout=hold_down + 15, other_than=[other.name for other in cluster.nodes
                                                                       if other is not node])
    over = time.monotonic()
    time.sleep(0.5)
    took = [(a["acked"] - a["sent"]) * 1000 for a in bidders.answers() if calm <= a["acked"] and a["sent"] <= over]
    refused = [a for a in bidders.answers() if a["sent"] >= calm and not a["acknowledged"]]
    if not took or refused:
        raise Failure(f"{len(took)} bids were answered while the lead was handed over, and {len(refused)} were not taken: "
                      f"{refused[:3]}")
    return max(took) - statistics.median(took)
