"""The Observer on a replicated database, as it stands after its first `up`."""

from tests.e2e.replicated.database import Replicated
from tests.e2e.stacks import Observer


def test_one_word_changed_and_the_app_works_as_before(replicated: Observer, database: Replicated) -> None:
    config = replicated.live.one("configmap", "observer-config")["data"]
    assert config["DB_HOST"] == "postgres-router", "the app was told where the router is, and nothing else changed"
    assert len(database.members.listed()) == 3


def test_a_second_up_changes_nothing(replicated: Observer, database: Replicated) -> None:
    for ended in (
        replicated.trial.up("--expect-no-changes", code=None),
        replicated.trial.refresh("--preview-only", "--expect-no-changes", code=None),
    ):
        assert ended.code == 0, f"the controllers' own fields are none of the program's: {ended.text}"
