"""Every node of a cluster restarted, one after the other, while it goes on serving: SIGTERM, the end, a new start, and the
next one when this one is caught up in everything that it serves. Whoever is idle node manager comes last.
"""

import time

from client import DIRECTORY
from processes import Failure, wait_until

PATIENCE = 15  # seconds, for the end of a node and for its catching up


def rolling_restart(cluster, say=print, groups=None):
    """Raises Failure when a node does not end by itself and well, or does not come back. `groups`: see Client.behind."""
    rest = cluster.live()
    if len(rest) < 3:
        raise Failure("a rolling restart needs three nodes: with fewer, no majority is left while one restarts")
    behind = cluster.client().behind([node.name for node in rest], groups)
    if behind:
        raise Failure(f"{behind}: not now")
    while rest:
        manager = cluster.client().wait_for_leader(DIRECTORY)
        node = next((node for node in rest if node.name != manager), rest[0])
        rest.remove(node)
        restart(cluster, node, say, " (the idle node manager)" if node.name == manager else "", groups)


def restart(cluster, node, say, title="", groups=None):
    start = time.monotonic()
    # Not through the node itself, which is about to go.
    others = cluster.client([other for other in cluster.live() if other is not node])
    if not node.process.end(PATIENCE):
        raise Failure(f"{node.name} did not end within {PATIENCE} s of SIGTERM, and was killed")
    code, ended = node.process.exit_code(), time.monotonic()
    if code not in (0, None):  # None: another program started it, and has its exit code
        raise Failure(f"{node.name} ended with exit code {code}; the end of {node.log}:\n{node.log_tail()}")
    cluster.launch(node)
    cluster.wait_serving([node])

    def caught_up():
        caught_up.problem = others.behind([node.name], groups)
        return not caught_up.problem
    wait_until(f"{node.name} is caught up", caught_up, PATIENCE, 0.05)
    say(f"{node.name}{title}: ended after {ended - start:.2f} s, caught up {time.monotonic() - ended:.2f} s later")
