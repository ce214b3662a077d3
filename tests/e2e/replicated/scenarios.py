"""What is done to a replicated database while a client writes through it.

Each takes the database whole and leaves it whole. tests/e2e asserts on what they return, `make bench` repeats them.
"""

import time
from collections.abc import Callable
from pathlib import Path

from tests.e2e.live import Live, wait_for
from tests.e2e.replicated import bounded, faults
from tests.e2e.replicated.database import (
    AS_SUPERUSER,
    WRITING_AGAIN_WITHIN,
    Replicated,
    Seen,
    until_written,
    written_through,
)
from tests.e2e.replicated.members import Members


def deletion(database: Replicated) -> Seen:
    """The primary's pod is deleted, as a drain does."""
    leader = database.members.leader
    with written_through(database) as seen:
        database.live.kubectl("delete", "pod", leader, "--wait=false")
    return seen


def switchover(database: Replicated) -> Seen:
    """The operator hands the primary's role to the synchronous standby."""
    leader, candidate = database.members.leader, database.members.synchronous
    words = ("patronictl", "-c", "/etc/patroni/patroni.yml", "switchover", "--force")
    with written_through(database) as seen:
        run = ("exec", leader, "-c", "patroni", "--", *words, "--primary", leader, "--candidate", candidate)
        database.live.kubectl(*run)
    assert database.members.leader == candidate, "the switchover did not do what it was told"
    return seen


def kill_in_place(database: Replicated) -> Seen:
    """Every process of the primary gets SIGKILL; the kubelet starts the container again in its place.

    At once: a second time within ten minutes it would wait 10 s, then 20 s, and so on (kubernetes.io, «Pod Lifecycle»,
    «Container restarts»), and ttl would run out meanwhile. So it is a primary that has not been killed before.
    """
    leader = _never_killed(database)
    with written_through(database) as seen:
        faults.kill(database.live, leader)
    return seen


def _never_killed(database: Replicated) -> str:
    """The primary; pods of earlier ones are made anew where their containers were started again."""
    for _ in database.members.pods:
        leader = database.members.leader
        if faults.restarts(database.live, leader) == 0:
            return leader
        database.live.kubectl("delete", "pod", leader)
        database.members.healed()
    return database.members.leader


def kill_and_keep_away(database: Replicated) -> Seen:
    """The primary is killed and its pod taken away, and no other pod may start until writes are accepted again."""
    leader = database.members.leader
    with written_through(database) as seen, faults.no_new_pods(database.live):
        faults.kill_and_remove(database.live, leader)
        seen.began = time.monotonic()
        until_written(database, WRITING_AGAIN_WITHIN)
    return seen


def freeze(database: Replicated) -> Seen:
    """The primary stands still, and wakes up when another one has taken over."""
    leader = database.members.leader
    with written_through(database) as seen, faults.frozen(database.live, leader):
        until_written(database, WRITING_AGAIN_WITHIN)
        time.sleep(2)
    assert database.members.leader != leader, "the frozen one can't have stayed primary"
    return seen


def cut_off(database: Replicated) -> Seen:
    """The primary reaches neither etcd nor the other members; clients still reach it."""
    members = database.members
    leader = members.leader
    others = [pod for pod in members.pods if pod != leader]
    with written_through(database) as seen, faults.cut_off(database.live, leader, [*members.etcd, *others]):
        wait_for("another primary", lambda: _leads_elsewhere(members, leader), WRITING_AGAIN_WITHIN)
        until_written(database, WRITING_AGAIN_WITHIN)
    return seen


def _leads_elsewhere(members: Members, leader: str) -> bool:
    return any(found != leader for found in members.by_role("leader"))


def one_etcd(database: Replicated) -> Seen:
    """One member of etcd is killed and its pod taken away."""
    with written_through(database) as seen:
        faults.kill_and_remove(database.live, database.members.etcd[0], "etcd")
    return seen


def all_etcd(database: Replicated, seconds: float = 40.0) -> Seen:
    """All of etcd is killed and kept away for longer than the primary's lock lives, twice over."""
    with written_through(database) as seen, faults.no_new_pods(database.live):
        for pod in database.members.etcd:
            faults.kill_and_remove(database.live, pod, "etcd")
        time.sleep(seconds)
    return seen


def one_router(database: Replicated) -> Seen:
    """Each HAProxy in turn is killed and its pod taken away, so that the writing client's was among them."""
    pods = [pod["metadata"]["name"] for pod in database.live.pods(f"{database.members.service}-router")]
    with written_through(database) as seen:
        for pod in pods:
            faults.kill_and_remove(database.live, pod, "haproxy")
            wait_for("both routers", lambda: _routers_ready(database, len(pods)), WRITING_AGAIN_WITHIN)
            time.sleep(1)
    return seen


def _routers_ready(database: Replicated, count: int) -> bool:
    found = database.live.one("deployment", f"{database.members.service}-router")["status"]
    return found.get("readyReplicas", 0) >= count


def all_members(database: Replicated) -> Seen:
    """Every member is killed at once and its pod taken away."""
    with written_through(database) as seen:
        for pod in database.members.pods:
            faults.kill_and_remove(database.live, pod)
    return seen


def claim_deleted(database: Replicated) -> Seen:
    """A standby's claim and pod are deleted: it comes back on an empty volume and copies all anew."""
    members = database.members
    standby = next(pod for pod in members.pods if pod not in (members.leader, members.synchronous))
    volumes = database.live.one("pod", standby)["spec"]["volumes"]
    claim = next(v["persistentVolumeClaim"]["claimName"] for v in volumes if "persistentVolumeClaim" in v)
    before = database.live.one("pvc", claim)["metadata"]["uid"]
    with written_through(database) as seen:
        database.live.kubectl("delete", "pvc", claim, "--wait=false")
        database.live.kubectl("delete", "pod", standby, "--wait=false")
        wait_for("a claim of its own", lambda: _uid(database.live, claim) not in ("", before), WRITING_AGAIN_WITHIN)
    return seen


def full_volume(database: Replicated, volumes: dict[str, Path]) -> Seen:
    """Not a byte is left for the primary; `volumes`: claim → where its files are. It gets room again at the end."""
    leader = database.members.leader
    (path,) = (path for claim, path in volumes.items() if claim.endswith(f"-{leader}"))
    with written_through(database) as seen, bounded.full(path):
        # A segment of WAL that is there already is written on; only a new one needs room.
        wait_for("another primary", lambda: _segments_ended(database, leader), WRITING_AGAIN_WITHIN)
        until_written(database, WRITING_AGAIN_WITHIN)
    assert database.members.leader != leader, "the full one can't have stayed primary"
    return seen


def _segments_ended(database: Replicated, leader: str) -> bool:
    if _leads_elsewhere(database.members, leader):
        return True
    run = ("exec", leader, "-c", "patroni", "--", "sh", "-c", AS_SUPERUSER, "psql", "postgres")
    database.live.ask(*run, "SELECT pg_switch_wal(), pg_sleep(0.2)", within=10)
    return False


def _uid(live: Live, claim: str) -> str:
    return live.ask("get", "pvc", claim, "-o", "jsonpath={.metadata.uid}").text


SCENARIOS: dict[str, Callable[[Replicated], Seen]] = {
    "primary's pod deleted": deletion,
    "switchover": switchover,
    "primary killed, restarted in place": kill_in_place,
    "primary killed and kept away": kill_and_keep_away,
    "primary frozen": freeze,
    "primary cut off from etcd and peers": cut_off,
    "one etcd member lost": one_etcd,
    "all of etcd lost and back": all_etcd,
    "each HAProxy lost in turn": one_router,
    "all members killed at once": all_members,
    "a standby's claim deleted": claim_deleted,
}
"""What is done, in words → the scenario."""
