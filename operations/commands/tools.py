"""`patronictl` and `etcdctl` as they are, in a pod that has them."""

import sys
from collections.abc import Sequence

from operations.live import Live
from operations.refusals import CantTell
from operations.state import Pod
from operations.target import CONFIGURATION

_WITHIN = 3600
"""Seconds: `patronictl list --watch 2` goes on until Ctrl-C."""


def patronictl(live: Live, words: Sequence[str]) -> int:
    """Run it in the pod of a member, with the member's certificate; its exit code. Raises CantTell."""
    pods = [member.pod for member in live.read().members]
    return _run(live, pods, "patroni", ["patronictl", "-c", CONFIGURATION, *(words or ["list"])])


def etcdctl(live: Live, words: Sequence[str]) -> int:
    """Run it in a pod of etcd as etcd's root, on all its members unless `--endpoints` is given. Raises CantTell."""
    pods = [member.pod for member in live.read().etcd]
    words = words or ["endpoint", "health"]
    # Given twice, both lists would be taken.
    own = any(word.partition("=")[0] in ("--endpoints", "--cluster") for word in words)
    command = live.target.etcdctl()
    return _run(live, pods, "etcd", [*(command[:1] if own else command), *words])


def _run(live: Live, pods: Sequence[Pod | None], container: str, command: Sequence[str]) -> int:
    running = next((pod for pod in pods if pod and pod.running), None)
    if running is None:
        raise CantTell(f"no pod with a running container {container}; `make ha-status` says more")
    done = live.namespace.run(
        running.name,
        container,
        command,
        within=_WITHIN,
        stdin=sys.stdin.fileno(),
        out=lambda text: print(text, end="", flush=True),
        err=lambda text: print(text, end="", file=sys.stderr, flush=True),
    )
    return 1 if done.code is None else done.code
