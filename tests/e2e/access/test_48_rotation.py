"""Rotation: another password while clients connect all the time, in a stack whose data and secrets are protected."""

import psycopg
import pytest

from tests.e2e.access.clients import Clients
from tests.e2e.access.encrypted import Encrypted
from tests.e2e.access.rotating import rotate
from tests.e2e.traffic import Traffic

APP, TWIN = "observer_app", "observer_app_b"


def rotated(encrypted: Encrypted, before: str, after: str) -> str:
    """Rotate the app's password under load, and see that nobody noticed; what the command printed."""
    live, old, server = encrypted.live, encrypted.live.secret("postgres-app"), encrypted.server()
    assert old["username"] == before, "the turn before was whole"
    with Traffic(f"{encrypted.observer.url}/observations") as traffic, Clients(live, "observer") as clients:
        said = rotate(encrypted.observer.trial, "app")
    new = live.secret("postgres-app")
    assert new["username"] == after, "it is the other login's turn"
    assert new["password"] != old["password"], "with a password of its own"
    assert clients.failed == [], f"a client that connects anew must be let in at any moment: {clients.failed[:5]}"
    assert clients.kept(before) > 20, f"clients of the pods before wrote too: {clients.said[:5]}"
    assert clients.kept(after) > 20, f"clients of the pods after wrote too: {clients.said[-5:]}"
    assert not traffic.failed, f"no request of the app's own may fail: {traffic.says()}"
    with pytest.raises(psycopg.OperationalError, match=r"authentication failed|not permitted to log in"):
        encrypted.connect(user=old["username"], password=old["password"])
    assert encrypted.server() == server, "the server was not restarted for it"
    return said


OWN = ("public, pg_catalog", "61s", "it's")
"""Settings of the role: a list of names, one of its database, and a text with a quote."""


def test_nobody_who_connects_during_a_rotation_is_refused(encrypted: Encrypted) -> None:
    for setting in (f"SET search_path = {OWN[0]}", "SET application_name = 'it''s'", "CONNECTION LIMIT 90"):
        encrypted.live.rows(f"ALTER ROLE {APP} {setting}")
    encrypted.live.rows(f"ALTER ROLE {APP} IN DATABASE observer SET statement_timeout = '{OWN[1]}'")
    rotated(encrypted, APP, TWIN)
    with encrypted.connect() as connection:
        who = connection.execute("SELECT session_user, current_user").fetchone()
        own = connection.execute(
            "SELECT current_setting('search_path'), current_setting('statement_timeout'), "
            "current_setting('application_name')"
        ).fetchone()
    assert who == (TWIN, APP), "the second login acts as the role itself"
    assert own == OWN, "what was set for the role holds for whichever login"
    limit = encrypted.live.rows(f"SELECT rolconnlimit FROM pg_roles WHERE rolname = '{TWIN}'")
    assert limit == "90", "its limit of connections too"


def test_a_rotation_that_was_begun_is_gone_on_with_and_turns_come_back(encrypted: Encrypted) -> None:
    encrypted.observer.trial.change({"database": {"passwords": {"app": {"rotation": 2}}}})
    said = rotated(encrypted, TWIN, APP)
    assert "rotation 2 of app was begun" in said, f"the number of the file is not raised again:\n{said}"
    writers = encrypted.live.rows("SELECT DISTINCT pod FROM public.observation WHERE symbol = 'rotated'")
    assert writers == APP, "by whichever login: the rows are written as the role itself"


def test_after_it_nothing_is_left_to_do(encrypted: Encrypted) -> None:
    encrypted.observer.trial.preview("--expect-no-changes")
