"""What clients were told, compared with what every replica holds.

An acknowledged bid is named by its session and its number in it. It must stand exactly once on every replica, with the
amount, the bidder and the slot that its bidder was told; all replicas must hold the same bids in the same order.
"""

import collections
import dataclasses


@dataclasses.dataclass
class Comparison:
    acknowledged: int = 0
    present: int = 0        # of those, on every replica exactly once and as acknowledged
    lost: int = 0           # of those, missing on at least one replica
    doubled: int = 0        # bids, acknowledged or not, that stand more than once on at least one replica
    replicas: int = 0
    problems: list = dataclasses.field(default_factory=list)

    @property
    def clean(self):
        return not self.problems and self.present == self.acknowledged and self.lost == 0 and self.doubled == 0

    def __str__(self):
        return (f"acknowledged {self.acknowledged}, present on every replica {self.present}, "
                f"lost {self.lost}, doubled {self.doubled}")


def key(bid):
    return bid["session"], bid["number"]


def compare(answers, replicas, most_unacknowledged=None):
    """`answers`: what bidders were told (client.answer_of). `replicas`: for each, its node,
    applied slot, digest and bids in order; at least one. So many bids may stand there whose bidders were told nothing."""
    result = Comparison(replicas=len(replicas))
    say = result.problems.append
    if not replicas:
        say("no replica answered")
    accepted = collections.OrderedDict()
    for answer in answers:
        if answer["verdict"] != "accepted":
            continue
        if key(answer) in accepted:
            say(f"two acknowledgements for {key(answer)}")
        accepted[key(answer)] = answer
    # A refusal, and any other answer than "outcome unknown", says that the bid does not count.
    refused = {key(a): a["verdict"] for a in answers if a["verdict"] != "accepted" and not a["unknown"]}

    missing, wrong, doubled = set(), set(), set()
    for replica in replicas:
        where, bids = replica["node"], replica["bids"]
        if replica["trouble"]:
            say(f"{where}: {replica['trouble']}")
        counts = collections.Counter(key(bid) for bid in bids)
        doubled |= {k for k, count in counts.items() if count > 1}
        by_key = {key(bid): bid for bid in bids}
        for k, answer in accepted.items():
            bid = by_key.get(k)
            if bid is None:
                missing.add(k)
                continue
            for field in ("amount", "bidder", "slot"):
                if bid[field] != answer[field]:
                    wrong.add(k)
                    say(f"{where}: bid {k} has {field} {bid[field]}, but {answer[field]} was acknowledged")
        for k, verdict in refused.items():
            if k in by_key:
                say(f"{where}: bid {k} stands there, but its bidder was told '{verdict}'")
        untold = [k for k in by_key if k not in accepted]
        if most_unacknowledged is not None and len(untold) > most_unacknowledged:
            say(f"{where}: {len(untold)} bids that nobody was told of, at most {most_unacknowledged} can be: {untold[:5]}")
        for before, after in zip(bids, bids[1:]):
            if after["slot"] < before["slot"] or after["minor"] <= before["minor"]:
                say(f"{where}: bid {key(after)} of {after['amount']} in slot {after['slot']} follows {before['amount']} "
                    f"in slot {before['slot']}")
    for replica in replicas[1:]:
        first = replicas[0]
        if [key(b) for b in replica["bids"]] != [key(b) for b in first["bids"]]:
            say(f"{first['node']} and {replica['node']} hold different bids or another order of them "
                f"({len(first['bids'])} and {len(replica['bids'])})")
        if (replica["applied"], replica["digest"]) != (first["applied"], first["digest"]):
            say(f"{first['node']} is at slot {first['applied']} with digest {first['digest']}, "
                f"{replica['node']} at {replica['applied']} with {replica['digest']}")

    result.acknowledged = len(accepted)
    result.lost = len(missing)
    result.doubled = len(doubled)
    result.present = len(set(accepted) - missing - wrong - doubled)
    if missing:
        say(f"acknowledged, but missing on a replica: {sorted(missing)[:5]}")
    if doubled:
        say(f"more than once on a replica: {sorted(doubled)[:5]}")
    return result


def failover_milliseconds(answers, killed, dead):
    """From the kill (just before the signal) to the first acknowledgement of a bid that was sent when the process was
    surely dead, so that no order of the dead one can have been its; None if there was none. Times: time.monotonic()."""
    times = [answer["acked"] for answer in answers if answer["verdict"] == "accepted" and answer["sent"] >= dead]
    return (min(times) - killed) * 1000 if times else None
