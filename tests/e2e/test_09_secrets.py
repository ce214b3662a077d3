"""Rule 4: no secret in clear text, in all that the tests before this one left behind."""

from base64 import b64encode
from collections.abc import Iterator

import pytest

from tests.e2e.stacks import SECRET_KEY, Observer

PLAIN = {
    "host",
    "port",
    "database",
    "username",
    "type",
    "provider",
    "POSTGRES_USER",
    "POSTGRES_DB",
    "DB_USER",
    "PGUSER",
}
"""Keys whose values are no secrets, but stand beside them."""

SHORTEST = 12
"""Characters: what is shorter is a name or a port, which stands in many places by right."""


@pytest.fixture(scope="module")
def secrets(observer: Observer) -> dict[str, str]:
    """Every secret value of the namespace by `<Secret> <key>`."""
    names = [each["metadata"]["name"] for each in observer.live.objects("secrets")]
    entries = {f"{name} {key}": value for name in names for key, value in observer.live.secret(name).items()}
    return {key: value for key, value in entries.items() if key.split()[1] not in PLAIN}


def leaks(where: str, text: str, secrets: dict[str, str]) -> Iterator[str]:
    """Where in `text` a secret's value stands, as it is or in base64."""
    for key, value in secrets.items():
        if value in text or b64encode(value.encode()).decode() in text:
            yield f"{key} in {where}"


def test_the_secrets_that_are_looked_for_are_the_real_ones(secrets: dict[str, str]) -> None:
    assert SECRET_KEY in secrets.values(), "the configured secret must have arrived in a Secret of the app"
    short = [key for key, value in secrets.items() if len(value) < SHORTEST]
    assert not short, f"rule 3: passwords are long; and a short one could not be looked for: {short}"
    assert len(secrets) >= 10, f"the database's and the app's secrets, found only {sorted(secrets)}"


def test_no_file_of_the_stack_holds_a_secret_in_clear_text(observer: Observer, secrets: dict[str, str]) -> None:
    place = observer.trial.place
    files = [file for file in place.rglob("*") if file.is_file() and ".venv" not in file.parts]
    assert any(file.parts[-2:] == ("postgres-apps", "observer-e2e.json") for file in files), (
        "the state must be looked at"
    )
    found = [leak for file in files for leak in leaks(str(file), file.read_text(errors="replace"), secrets)]
    assert not found, f"rule 4: state, its history and backups, and settings keep secrets encrypted: {found}"


def test_no_output_of_any_command_so_far_holds_a_secret(observer: Observer, secrets: dict[str, str]) -> None:
    assert observer.trial.said, "there must have been commands"
    found = [leak for said in observer.trial.said for leak in leaks(said[:80], said, secrets)]
    assert not found, f"rule 4: what pulumi prints is read by people and kept by CI: {found}"


def test_no_log_of_any_pod_holds_a_secret(observer: Observer, secrets: dict[str, str]) -> None:
    live = observer.live
    found = []
    for pod in live.objects("pods"):
        name = pod["metadata"]["name"]
        said = live.kubectl("logs", name, "--all-containers")
        if any(status["restartCount"] for status in pod["status"].get("containerStatuses", [])):
            said += live.kubectl("logs", name, "--all-containers", "--previous")
        found += leaks(f"the log of {name}", said, secrets)
    assert not found, f"rule 4: logs, PostgreSQL's above all, are no place for passwords: {found}"


def test_nothing_but_secrets_holds_a_secret(observer: Observer, secrets: dict[str, str]) -> None:
    kinds = "configmaps,pods,deployments,replicasets,statefulsets,jobs,services,events,persistentvolumeclaims"
    text = observer.live.kubectl("get", kinds, "-o", "yaml", "--show-managed-fields")
    found = list(leaks("an object that is no Secret", text, secrets))
    assert not found, f"rule 4: everybody who may look at pods may read these: {found}"


def test_the_database_keeps_verifiers_and_no_passwords(observer: Observer) -> None:
    stored = observer.live.rows("SELECT rolpassword FROM pg_authid WHERE rolpassword IS NOT NULL").splitlines()
    assert len(stored) == 4 and all(one.startswith("SCRAM-SHA-256$") for one in stored), "rule 3: SCRAM for each role"
