"""What a drain of nodes does, and a lost claim."""

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


def test_a_standby_whose_claim_is_deleted_copies_all_anew(replicated: Observer, database: Replicated) -> None:
    seen = claim_deleted(database)
    assert (seen.lost, seen.two_primaries) == ([], []), f"{seen}"
    assert seen.writes_out <= 5.0, f"the primary had nothing to do with it: {seen}"
