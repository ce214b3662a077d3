"""What can't work, or would lose data, is refused with the whole list, and nothing is touched."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.e2e.stacks import WITHOUT_CLAIM, Observer, app
from tests.e2e.trial import Ended, differing

COMMANDS = {
    "preview": ["preview"],
    "up": ["up", "--yes", "--skip-preview"],
}

BROKEN = {
    "databse": {"size": "1Gi"},
    "database": {"image": "localhost/postgres:latest", "resources": {"limits": {"memory": "64Mi"}}},
    **app(replicas="two", port=80, variables={"LOG_LEVEL": True}),
}
SIX_PLACES = (
    "databse",
    "database.image",
    "database.resources",
    "apps.observer.replicas",
    "apps.observer.port",
    "apps.observer.variables.LOG_LEVEL",
)


def refused(observer: Observer, patch: Mapping[str, Any], words: list[str]) -> Ended:
    """How a command ended with `patch` in the stack's file; fails unless it was refused and nothing was touched."""
    trial, live = observer.trial, observer.live
    objects, state = live.versions(), trial.state()
    with trial.having(patch):
        ended = trial.pulumi(*words)
    assert ended.code != 0, f"`pulumi {words[0]}` must be refused, it ended with 0:\n{ended.text}"
    moved = differing(objects, live.versions())
    assert not moved, f"a refused `pulumi {words[0]}` must touch nothing, it touched {moved}:\n{ended.text}"
    written = differing(state, trial.state())
    assert not written, f"a refused `pulumi {words[0]}` must leave the state as it was, not {written}:\n{ended.text}"
    return ended


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_a_stack_file_with_mistakes_is_refused_with_all_of_them(observer: Observer, words: list[str]) -> None:
    ended = refused(observer, BROKEN, words)
    missing = [place for place in SIX_PLACES if f" · {place}" not in ended.text]
    assert not missing, f"every mistake is reported at once, with its path; not {missing}:\n{ended.text}"
    assert ended.text.count("Pulumi.observer-e2e.yaml") >= len(SIX_PLACES), f"each names its file:\n{ended.text}"
    assert "did you mean `database`?" in ended.text, f"a typing mistake is answered by the nearest key:\n{ended.text}"
    assert "Traceback" not in ended.text, f"a mistake in a file is no crash of the program:\n{ended.text}"


LOSES_DATA = {
    "a shrunk claim": (
        app(volumes={"data": {"size": "512Mi"}}),
        "the claim observer-data-pvc would shrink from 1Gi to 512Mi, which Kubernetes can't. Set it back to 1Gi",
    ),
    "a renamed claim": (
        {"database": {"storage": {"claim": "another-pvc"}}},
        "the database would move from the claim observer-db-pvc to another-pvc, an empty one. Set it back",
    ),
    "a claim that is taken out": (
        app(volumes={"universe": WITHOUT_CLAIM}),
        "the claim observer-universe-pvc would be deleted with its data. Keep it under its name",
    ),
    "another storage class": (
        {"database": {"storage": {"storageClass": "fast"}}},
        "the claim observer-db-pvc would change its storage class from the default to fast",
    ),
    "another access mode": (
        app(volumes={"logs": {"accessMode": "ReadWriteMany"}}),
        "the claim observer-logs-pvc would change its access mode from ReadWriteOnce to ReadWriteMany",
    ),
    "a renamed server": (
        {"database": {"service": "pg"}},
        "the database's service would go from postgres to pg: a second server, with new passwords, would wait",
    ),
    "a renamed database": (
        {"database": {"name": "other"}},
        "the database's name would go from observer to other: an empty one would be made beside it",
    ),
    "another major version": (
        {"database": {"version": 16, "image": "localhost/postgres:16-bookworm"}},
        "PostgreSQL would go from 15 to 16, and 16 can't read the data directory of 15. Make a second stack",
    ),
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(("patch", "way"), LOSES_DATA.values(), ids=LOSES_DATA)
def test_an_edit_that_would_lose_data_is_refused_with_the_way_to_do_it(
    observer: Observer, patch: dict[str, Any], way: str, words: list[str]
) -> None:
    ended = refused(observer, patch, words)
    assert way in " ".join(ended.text.split()), f"rule 10: the refusal must say what to do instead:\n{ended.text}"


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_what_is_edited_beside_a_refused_change_is_not_applied_either(observer: Observer, words: list[str]) -> None:
    beside = {"variables": {"LOG_LEVEL": "DEBUG"}, "volumes": {"data": {"size": "512Mi"}}}
    patch = {
        "namespace": {"quota": {"pods": "40"}},
        "database": {"parameters": {"work_mem": "5MB"}},
        **app(**beside),
    }
    ended = refused(observer, patch, words)
    assert "would shrink" in " ".join(ended.text.split()), (
        f"the claim is the reason, not what stands beside:\n{ended.text}"
    )
