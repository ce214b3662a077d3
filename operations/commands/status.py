"""`status`: what is so, what is wrong, what to do."""

from operations.findings import findings
from operations.live import Live
from operations.show import console, show


def status(live: Live) -> int:
    """Print it. 0: healthy, 1: something is wrong. Raises CantTell."""
    cluster = live.read()
    found = findings(cluster)
    show(console(), cluster, found)
    return 1 if any(finding.wrong for finding in found) else 0
