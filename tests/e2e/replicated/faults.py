"""What goes wrong with pods: their processes killed or frozen, their network cut, their replacements kept away.

Pods' processes are this machine's own: found by the container's id in their control group.
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.live import Live


def container_id(live: Live, pod: str, container: str) -> str:
    """The id of a running container, as the runtime has it."""
    statuses = live.one("pod", pod)["status"]["containerStatuses"]
    return next(status["containerID"] for status in statuses if status["name"] == container).rpartition("/")[2]


def restarts(live: Live, pod: str, container: str = "patroni") -> int:
    """How often a container was started again in its pod."""
    statuses = live.one("pod", pod)["status"]["containerStatuses"]
    return next(status["restartCount"] for status in statuses if status["name"] == container)


def processes(live: Live, pod: str, container: str) -> list[int]:
    """The process ids, on this machine, of all that runs in a container."""
    wanted, found = container_id(live, pod, container), []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (process / "cgroup").read_text():
                found.append(int(process.name))
        except OSError:
            continue  # gone meanwhile
    assert found, f"nothing runs for the container {container} of {pod}"
    return found


def _signal(pids: list[int], which: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, which)
        except ProcessLookupError:
            continue


def kill(live: Live, pod: str, container: str = "patroni") -> None:
    """SIGKILL for all of a container; the kubelet starts it anew in the same pod."""
    _signal(processes(live, pod, container), signal.SIGKILL)


def kill_and_remove(live: Live, pod: str, container: str = "patroni") -> None:
    """SIGKILL for all of a container, and the pod's object taken away at once, as of a node that is declared lost."""
    pids = processes(live, pod, container)
    live.kubectl("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false")
    _signal(pids, signal.SIGKILL)


@contextmanager
def no_new_pods(live: Live) -> Iterator[None]:
    """Whatever is to be started meanwhile waits: the only node takes no new pod."""
    live.kubectl("cordon", _node(live))
    try:
        yield
    finally:
        take_pods_again(live)


def take_pods_again(live: Live) -> None:
    """End what `no_new_pods` began, also where its own end was killed."""
    live.kubectl("uncordon", _node(live))


def _node(live: Live) -> str:
    return live.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")


@contextmanager
def frozen(live: Live, pod: str, container: str = "patroni") -> Iterator[None]:
    """SIGSTOP for all of a container, and SIGCONT at the end to those that are still there."""
    pids = processes(live, pod, container)
    for _ in range(2):  # the second time for what was just being started
        _signal(pids, signal.SIGSTOP)
        pids = processes(live, pod, container)
    try:
        yield
    finally:
        _signal(pids, signal.SIGCONT)


def _addresses(live: Live, pod: str) -> list[str]:
    """Where a pod is reached: itself, and behind the Service of its own that a member has."""
    service = live.ask("get", "service", pod, "--ignore-not-found", "-o", "jsonpath={.spec.clusterIP}").text
    return [live.one("pod", pod)["status"]["podIP"], *([service] if service else [])]


@contextmanager
def cut_off(live: Live, pod: str, others: list[str]) -> Iterator[None]:
    """No packet goes between `pod` and the pods of `others`, either way; everything else does."""
    addresses = [address for other in others for address in _addresses(live, other)]
    rules = [(chain, way, ip) for ip in addresses for chain, way in (("INPUT", "-s"), ("OUTPUT", "-d"))]
    # Held open: the process that it was found by may end meanwhile, as PostgreSQL does when it is demoted.
    with Path(f"/proc/{processes(live, pod, 'patroni')[0]}/ns/net").open() as network:

        def change(action: str) -> None:
            inside = ["nsenter", f"--net=/proc/{os.getpid()}/fd/{network.fileno()}"]
            for chain, way, ip in rules:
                words = [*inside, "iptables", action, chain, way, ip, "-j", "DROP"]
                done = subprocess.run(words, capture_output=True, text=True, check=False)
                assert done.returncode == 0, f"iptables in the network of {pod}: {done.stderr}"

        change("-I")
        try:
            yield
        finally:
            change("-D")
