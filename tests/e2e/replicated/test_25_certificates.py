"""Renewed certificates: all who show one show the new one, and nobody who uses the database notices."""

import ssl

from tests.e2e.live import wait_for
from tests.e2e.replicated.database import Replicated, written_through
from tests.e2e.stacks import Observer

RENEWED_WITHIN = 180.0
"""Seconds after the `up`; the kubelet brings a changed Secret into a running pod within a minute or two."""

_PORTS = {"patroni": 8008, "etcd": 2379}


def shown(database: Replicated) -> dict[str, str]:
    """The certificate that each pod shows now: Patroni's API, etcd's to its clients."""
    pods = {**dict.fromkeys(database.members.pods, "patroni"), **dict.fromkeys(database.members.etcd, "etcd")}
    address = {pod: database.live.one("pod", pod)["status"]["podIP"] for pod in pods}
    return {pod: ssl.get_server_certificate((address[pod], _PORTS[what])) for pod, what in pods.items()}


def running(database: Replicated) -> dict[str, tuple[str, list[int]]]:
    """Which pods these are, and how often their containers were started again."""
    pods = [database.live.one("pod", pod) for pod in (*database.members.pods, *database.members.etcd)]
    return {
        pod["metadata"]["name"]: (
            pod["metadata"]["uid"],
            [status["restartCount"] for status in pod["status"]["containerStatuses"]],
        )
        for pod in pods
    }


def test_renewed_certificates_are_shown_by_all_and_nobody_is_restarted(
    replicated: Observer, database: Replicated
) -> None:
    before, pods = shown(database), running(database)

    def renewed() -> list[str]:
        """Who shows another one than before."""
        return [pod for pod, certificate in shown(database).items() if certificate != before[pod]]

    replicated.trial.change({"database": {"replicated": {"certificates": {"days": 300}}}})
    with written_through(database) as seen:
        replicated.trial.up()
        wait_for("new certificates of all", lambda: len(renewed()) == len(before), RENEWED_WITHIN)
    assert running(database) == pods, "they are read again, by the processes that there are"
    assert seen.failed == [], f"no client may notice: {seen}"
    assert seen.lost == [], f"{seen}"
