"""Faults in the midst of a running cluster: nodes that hear nothing of each other, slow disks, lost and late messages.

A node has all of its faults from one message, `SetFaults`, and takes it only if it was started with --allow-faults, as those
of a LocalCluster are. Which ones it has stands in cluster.json, so that `slow` after `partition` keeps the partition.
A node that starts again has none.
"""

import dataclasses

from processes import Failure
from zmtp import Gateway, Refused

SET_FAULTS, OPERATED = 78, 79
MILLISECOND = 1000  # durations are microseconds on the wire
SLOW = 100          # milliseconds


@dataclasses.dataclass
class Faults:
    blocked: list = dataclasses.field(default_factory=list)  # numbers of the nodes that it does not hear
    drop: int = 0        # percent of what comes from other nodes
    delay: int = 0       # milliseconds, of what comes from other nodes
    sync_delay: int = 0  # milliseconds, of each sync of the disk

    def __bool__(self):
        return self != Faults()


def inject(node, **changes):
    """These faults from now on, beside those that the node has."""
    faults = dataclasses.replace(node.faults, **changes)
    if faults == node.faults:
        return
    tell(node, faults)
    node.faults = faults
    node.cluster.save()


def tell(node, faults):
    if not node.alive():
        raise Failure(f"{node.name} does not run: `restart {node.number}` starts it again, without faults")
    if node.process.stopped():
        raise Failure(f"{node.name} is stopped and takes no fault: `cont {node.number}` lets it go on")
    blocked = [int(node.cluster.node(number).uid, 16) for number in faults.blocked]
    try:
        with Gateway(node.address(), node.cluster.name, "faults") as gateway:
            _, done, message = gateway.ask(SET_FAULTS, OPERATED, blocked, faults.drop, faults.delay * MILLISECOND,
                                           faults.sync_delay * MILLISECOND)
    except (OSError, Refused, ValueError) as error:
        raise Failure(f"{node.name} takes no faults: {error}") from error
    if not done:
        raise Failure(f"{node.name} takes no faults: {message.decode(errors='replace')}")


def partition(cluster, sides, one_way=False):
    """`sides`: two lists of nodes, which hear nothing of each other from now on; one way: the second hears nothing of the first,
    which goes on hearing the second. Everybody else hears both."""
    first, second = sides
    if not first or not second:
        raise Failure("a partition has two sides: A=1,2 B=3,4,5")
    both = [node.name for node in first if node in second]
    if both:
        raise Failure(f"{', '.join(both)} cannot be on both sides")
    for node, others in [*((node, second) for node in first if not one_way), *((node, first) for node in second)]:
        if node.alive():
            inject(node, blocked=sorted({*node.faults.blocked, *(other.number for other in others)}))


def heal(cluster):
    """No faults any more, in the nodes that live; the names of those that had some."""
    healed = []
    for node in cluster.live():
        if node.faults:
            inject(node, **dataclasses.asdict(Faults()))
            healed.append(node.name)
    return healed
