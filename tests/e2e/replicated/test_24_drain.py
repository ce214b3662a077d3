"""What a drain of nodes does, and a renewed certificate."""

import json
import ssl

from tests.e2e.live import Answer, wait_for
from tests.e2e.replicated.database import Replicated, written_through
from tests.e2e.stacks import Observer


def evict(database: Replicated, pod: str) -> Answer:
    """Ask for the eviction of a pod, as `kubectl drain` does."""
    namespace = database.live.namespace
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": namespace}}
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction"
    return database.live.ask("create", "--raw", path, "-f", "-", stdin=json.dumps(body))


def test_a_drain_goes_one_member_at_a_time(replicated: Observer, database: Replicated) -> None:
    with written_through(database) as seen:
        for several in (database.members.pods, database.members.etcd):
            first, second, _ = several
            assert (gone := evict(database, first)).ok, f"one may go: {gone.text}"
            assert "disruption budget" in (kept := evict(database, second)).text, f"never two at once: {kept.text}"
            database.members.healed()
    assert (seen.lost, seen.two_primaries) == ([], []), f"{seen}"


def test_a_renewed_certificate_is_shown_by_all_and_nobody_is_restarted(
    replicated: Observer, database: Replicated
) -> None:
    live, pods = replicated.live, (*database.members.pods, *database.members.etcd)

    def shown() -> dict[str, str]:
        ip = {pod: live.one("pod", pod)["status"]["podIP"] for pod in pods}
        ports = {pod: 2379 if "etcd" in pod else 8008 for pod in pods}
        return {pod: ssl.get_server_certificate((ip[pod], ports[pod])) for pod in pods}

    before, uids = shown(), {pod: live.one("pod", pod)["metadata"]["uid"] for pod in pods}
    replicated.trial.change({"database": {"replicated": {"certificates": {"days": 300}}}})
    with written_through(database) as seen:
        replicated.trial.up()
        # The kubelet brings a changed Secret into a running pod within a minute or two.
        renewed = wait_for("new certificates", lambda: _all_differ(before, shown()), 180)
    assert renewed
    assert seen.writes_out == 0.0, f"nobody may notice: {seen}"
    assert {pod: live.one("pod", pod)["metadata"]["uid"] for pod in pods} == uids, "reread, not restarted"


def _all_differ(before: dict[str, str], now: dict[str, str]) -> bool:
    return all(before[pod] != now[pod] for pod in before)
