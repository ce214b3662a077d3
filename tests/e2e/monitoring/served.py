"""Which metrics are asked for, and which are served."""

import re
from collections.abc import Iterable

from tests.e2e.live import Live, get, wait_for

_OF_OTHERS = ("kube_", "kubelet_", "container_", "certmanager_", "up")
"""Of the kubelet, kube-state-metrics, cert-manager and Prometheus itself."""


def asked(expressions: Iterable[str]) -> set[str]:
    """The metrics of databases that these queries read: here every one has its labels behind it."""
    names = {name for expression in expressions for name in re.findall(r"\b([a-z][a-z0-9_]*)\{", expression)}
    return {name for name in names if not name.startswith(_OF_OTHERS)}


def names(text: str) -> set[str]:
    """The metrics in Prometheus's text format."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return {re.split(r"[{ ]", line, maxsplit=1)[0] for line in lines}


def value(text: str, metric: str) -> float:
    """The one value of a metric. Raises LookupError where there is none."""
    for line in text.splitlines():
        if re.match(rf"{metric}[{{ ]", line):
            return float(line.rpartition(" ")[2])
    raise LookupError(f"no {metric} is served")


def address(live: Live, workload: str) -> str:
    """Of the one pod of a workload, as soon as it has one."""
    pod = wait_for(f"a pod of {workload}", lambda: [p for p in live.pods(workload) if p["status"].get("podIP")], 60.0)
    return pod[0]["status"]["podIP"]


SCRAPED_WITHIN = 10.0
"""Seconds for which Prometheus waits (prometheus.io/docs, «Configuration», scrape_timeout)."""


def scraped(host: str, port: int) -> str:
    """What is served there, as Prometheus asks for it."""
    answer = get(f"http://{host}:{port}/metrics", within=SCRAPED_WITHIN)
    assert answer.ok, f"nobody answers at port {port}: {answer.text}"
    return answer.text.partition(" ")[2]
