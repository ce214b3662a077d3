"""What a drain of nodes does, and a claim that somebody deleted."""

from tests.e2e.replicated.database import Replicated, written_through
from tests.e2e.replicated.scenarios import claim_deleted
from tests.e2e.stacks import Observer


def test_a_drain_goes_one_member_at_a_time(replicated: Observer, database: Replicated) -> None:
    with written_through(database) as seen:
        for several in (database.members.pods, database.members.etcd):
            first, second, _ = several
            assert (gone := database.live.evict(first)).ok, f"one may go: {gone.text}"
            assert "disruption budget" in (kept := database.live.evict(second)).text, f"never two at once: {kept.text}"
            database.members.healed()
    assert (seen.lost, seen.two_primaries) == ([], []), f"{seen}"


def test_a_claim_that_was_deleted_by_hand_grows_like_the_others(replicated: Observer, database: Replicated) -> None:
    seen = claim_deleted(database)
    assert (seen.lost, seen.two_primaries) == ([], []), f"{seen}"
    replicated.trial.change({"database": {"storage": {"size": "3Gi"}}})
    replicated.trial.up()
    claims = [replicated.live.one("pvc", f"observer-db-pvc-{pod}") for pod in database.members.pods]
    sizes = {claim["metadata"]["name"]: claim["spec"]["resources"]["requests"]["storage"] for claim in claims}
    assert set(sizes.values()) == {"3Gi"}, f"its StatefulSet made one of them anew, and owns its fields: {sizes}"
    ended = replicated.trial.up("--expect-no-changes", code=None)
    assert ended.code == 0, f"that is all that there was to do: {ended.text}"
