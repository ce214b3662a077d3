"""settle.py: the shared configuration goes in, standbys restart before the primary, one at a time, whatever happens."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from patroni_cluster import RESTART, Patroni, document, merge

from components.postgres.replicated.scripts.https import Refused
from components.postgres.replicated.scripts.member import Member, trouble
from components.postgres.replicated.scripts.patch import changes, paths
from components.postgres.replicated.scripts.settle import Cluster, Patch, Reload, Restart, Wait, run

NAMES = ["pg-0", "pg-1", "pg-2"]
RUNNING = {"max_connections": "100", "max_worker_processes": "8", "shared_buffers": "128", "work_mem": "4"}
URL = "https://pg-0:8008"


def settled(patroni: Patroni, wanted: dict[str, Any], seconds: float = 300) -> tuple[str, list[str]]:
    said: list[str] = []
    cluster = Cluster(patroni, list(patroni.servers), wanted, patroni.clock)
    return run(cluster, seconds, said.append, patroni.sleep), said


def restarted(patroni: Patroni) -> list[str]:
    return [entry.removeprefix("POST ").removesuffix("/restart") for entry in patroni.log if entry.endswith("/restart")]


values = st.fixed_dictionaries({name: st.sampled_from(["50", "128", "200"]) for name in RUNNING})
clusters = st.builds(
    lambda names, leader: Patroni(names, leader, RUNNING), st.permutations(NAMES), st.sampled_from(NAMES)
)


def check(patroni: Patroni, values: dict[str, str], *, runs: int = 1) -> None:
    for server in patroni.servers.values():
        assert all(server.running[name] == values[name] for name in RESTART), f"{server.name} runs with other values"
    order, leader = restarted(patroni), patroni.leader().name
    assert order.count(leader) <= 1, "one interruption for the clients"
    assert all(order.count(name) <= 2 * runs for name in NAMES), "twice, for a value that the primary had to lower"
    raises = any(int(values[name]) > int(RUNNING[name]) for name in RESTART) or values["shared_buffers"] != "128"
    if raises and leader in order:
        assert set(order[: order.index(leader)]) == set(NAMES) - {leader}, "what fails, fails on a standby first"


@settings(max_examples=20)
@given(clusters, values)
def test_any_change_ends_with_all_members_as_wanted_the_primary_restarted_once_and_after_the_standbys(
    patroni: Patroni, values: dict[str, str]
) -> None:
    said, _ = settled(patroni, document(**values))
    assert said.startswith("settled: "), "it ends"
    check(patroni, values)


@settings(max_examples=20)
@given(clusters, values, st.integers(0, 25))
def test_a_run_that_was_killed_anywhere_is_finished_by_the_next_one(
    patroni: Patroni, values: dict[str, str], steps: int
) -> None:
    killed = Cluster(patroni, list(patroni.servers), document(**values), patroni.clock)
    for _ in range(steps):
        step = killed.step()
        if isinstance(step, Patch | Reload | Restart):
            killed.act(step, 60)
    settled(patroni, document(**values))
    check(patroni, values)


@settings(max_examples=20)
@given(clusters, values)
def test_two_runs_at_once_restart_no_two_members_together(patroni: Patroni, values: dict[str, str]) -> None:
    both = [Cluster(patroni, list(patroni.servers), document(**values), patroni.clock) for _ in range(2)]
    for _ in range(40):
        for cluster, step in [(cluster, cluster.step()) for cluster in both]:
            if isinstance(step, Patch | Reload | Restart):
                try:
                    cluster.act(step, 60)
                except OSError as error:
                    assert "503" in str(error), "the slower one is told that nothing is to be done"
    check(patroni, values, runs=2)


def test_nothing_is_sent_where_all_is_as_wanted() -> None:
    patroni = Patroni(NAMES, "pg-1", RUNNING)
    assert settled(patroni, document(**RUNNING))[0] == "settled: pg-1 leads, the others stream, no restart is due"
    assert patroni.log == [], "a second run changes nothing"


def test_a_parameter_that_needs_no_restart_gets_none() -> None:
    patroni = Patroni(NAMES, "pg-0", RUNNING)
    settled(patroni, document(**RUNNING | {"work_mem": "8"}))
    assert patroni.log == ["PATCH pg-0/config"], "PostgreSQL rereads work_mem"


def test_a_lowered_max_connections_goes_to_the_primary_first() -> None:
    patroni = Patroni(NAMES, "pg-1", RUNNING)
    settled(patroni, document(**RUNNING | {"max_connections": "50"}))
    assert restarted(patroni) == ["pg-1", "pg-0", "pg-2"], "a standby can't have less than its primary"


def test_a_paused_cluster_gets_the_configuration_and_stays_paused_and_as_it_runs() -> None:
    patroni = Patroni(NAMES, "pg-0", RUNNING)
    patroni.etcd = patroni.etcd | {"pause": True, "standby_cluster": {"host": "old"}}
    for server in patroni.servers.values():
        server.seen = server.applied = patroni.etcd
    text, _ = settled(patroni, document(**RUNNING | {"max_connections": "200"}))
    assert "paused" in text and "resume" in text, "who paused it is told what to do afterwards"
    assert restarted(patroni) == [], "maintenance is somebody's hand on the cluster"
    assert patroni.etcd["pause"] is True and patroni.etcd["standby_cluster"] == {"host": "old"}, "both are kept"


def test_the_configuration_goes_in_while_a_member_is_down_because_it_may_be_what_lets_it_start() -> None:
    patroni = Patroni(NAMES, "pg-0", RUNNING)
    patroni.servers["https://pg-2:8008"].down = True
    with pytest.raises(Refused, match=r"not as wanted after 30 s; waiting: pg-2 does not answer: Connection refused"):
        settled(patroni, document(**RUNNING | {"max_connections": "200"}), 30)
    assert patroni.log == ["PATCH pg-0/config"], "nothing is restarted in a cluster that already lacks one"


def test_a_member_that_does_not_start_again_ends_the_run_before_the_primary_is_touched() -> None:
    patroni = Patroni(NAMES, "pg-1", RUNNING)
    patroni.starts = False
    with pytest.raises(Refused, match="pg-0 did not start with shared_buffers; the others were left as they are"):
        settled(patroni, document(**RUNNING | {"shared_buffers": "200"}))
    assert restarted(patroni) == ["pg-0"], "the others run on"


def test_a_renewed_certificate_is_reread_and_a_member_whose_volume_lags_is_told_again_every_ten_seconds() -> None:
    patroni = Patroni(NAMES, "pg-0", RUNNING)
    late = patroni.servers["https://pg-1:8008"]
    late.outdated = ("Patroni", "PostgreSQL")
    with pytest.raises(Refused, match=r"pg-1 still shows its former certificate \(Patroni, PostgreSQL\)"):
        settled(patroni, document(**RUNNING), 35)
    assert patroni.log == ["POST pg-1/reload"] * 4, "at 0, 10, 20 and 30 s"


def test_a_member_that_wants_restarts_without_end_gets_two() -> None:
    patroni = Patroni(NAMES, "pg-0", RUNNING)
    stubborn = patroni.servers["https://pg-2:8008"]
    patroni.restart = lambda server: None  # pyright: ignore[reportAttributeAccessIssue] (as after ALTER SYSTEM)
    stubborn.running["shared_buffers"] = "64"
    with pytest.raises(Refused, match="pg-2 still wants a restart after 2, for shared_buffers"):
        settled(patroni, document(**RUNNING))
    assert stubborn.name == "pg-2" and len(patroni.log) == 2, "restarts that change nothing end"


def test_what_somebody_else_wrote_meanwhile_is_written_anew_and_waited_for_again() -> None:
    patroni = Patroni(NAMES, "pg-0", RUNNING)
    cluster = Cluster(patroni, list(patroni.servers), document(**RUNNING), patroni.clock)
    while isinstance(cluster.step(), Wait):
        pass
    merge(patroni.etcd, {"postgresql": {"parameters": {"max_connections": "50"}}})
    step = cluster.step()
    assert isinstance(step, Patch) and step.changes == {"postgresql": {"parameters": {"max_connections": "100"}}}
    cluster.act(step, 60)
    assert isinstance(cluster.step(), Wait), "who had applied the former document has not applied this one"


def test_a_write_that_meets_another_one_is_tried_again() -> None:
    patroni = Patroni(NAMES, "pg-0", RUNNING)
    send, refusals = patroni.send, [ConnectionError("PATCH /config: 409")]

    def conflict(*call: Any, **options: Any) -> str:
        if refusals:
            raise refusals.pop()
        return send(*call, **options)

    patroni.send = conflict
    _, said = settled(patroni, document(**RUNNING | {"work_mem": "8"}))
    assert said[:2] == [
        "waiting: pg-0: PATCH /config: 409",
        "configuration changed through pg-0: postgresql.parameters.work_mem",
    ], "Patroni writes only over what it has read"


def test_a_patch_holds_what_differs_and_its_names_hold_no_value() -> None:
    found = {"ttl": "20", "pause": True, "old": 1, "postgresql": {"pg_hba": ["local all all ldap"], "use_slots": True}}
    wanted = {"ttl": 20, "postgresql": {"pg_hba": ["local all all ldap ldapbindpasswd=x"], "use_slots": True}}
    patch = changes(found, wanted)
    assert patch == {"old": None, "postgresql": {"pg_hba": ["local all all ldap ldapbindpasswd=x"]}}, (
        "no more than that"
    )
    assert paths(patch) == ["old", "postgresql.pg_hba"], "a line of pg_hba may hold a password"


STREAMS = {"state": "running", "role": "replica", "replication_state": "streaming", "sync_standby": True}
LEADS = {"state": "running", "role": "primary"}


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (LEADS, STREAMS, ""),
        (LEADS, {}, "b does not answer: refused"),
        (LEADS, STREAMS | {"state": "starting"}, "b is not running: starting"),
        (
            LEADS,
            STREAMS | {"replication_state": "in archive recovery"},
            "b runs, but does not stream: in archive recovery",
        ),
        (LEADS, STREAMS | {"sync_standby": False}, "no standby is synchronous yet"),
        (LEADS, STREAMS | {"cluster_unlocked": True}, "no single leader: a"),
        (LEADS, LEADS, "no single leader: a, b"),
        (STREAMS, STREAMS, "no single leader: none"),
        (
            LEADS | {"failsafe_mode_is_active": True},
            STREAMS,
            "a does not reach etcd; the cluster carries on in failsafe mode",
        ),
    ],
)
def test_what_is_wrong_with_a_cluster_is_said_in_words(first: Any, second: Any, words: str) -> None:
    members = [Member("https://a:8008", first, None), Member("https://b:8008", second, None, (), "refused")]
    assert trouble(members, synchronous=True) == words, "what somebody reads at 3 a.m."
