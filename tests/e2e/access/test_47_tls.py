"""TLS: nobody comes in without it, clients know the server by its certificate, and a renewed one needs no restart."""

import psycopg
import pytest

from tests.e2e.access.encrypted import Encrypted


def test_a_client_without_tls_is_refused(encrypted: Encrypted) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf rejects connection.*no encryption"):
        encrypted.connect(sslmode="disable")


def test_a_client_that_checks_the_server_gets_in_and_one_that_expects_another_does_not(encrypted: Encrypted) -> None:
    with encrypted.connect() as connection:
        asked = "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        version = connection.execute(asked).fetchone()
    assert version in {("TLSv1.2",), ("TLSv1.3",)}, f"no older protocol may be spoken, found {version}"
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        encrypted.connect(host="postgres.elsewhere")


def test_each_role_enters_its_own_database_and_no_other(encrypted: Encrypted) -> None:
    for role in ("app", "owner", "reader"):
        encrypted.connect(role).close()
        with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
            encrypted.connect(role, dbname="postgres")


def test_the_app_checks_the_server_by_the_same_variables_as_any_client(encrypted: Encrypted) -> None:
    shown = encrypted.live.kubectl("exec", "deployment/observer", "--", "printenv", "PGSSLMODE", "PGSSLROOTCERT")
    assert shown.split() == ["verify-full", "/etc/postgresql-ca/ca.crt"], f"found {shown}"
    sql = (
        "SELECT bool_and(ssl), count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
        "WHERE application_name = 'observer'"
    )
    assert encrypted.live.rows(sql) == "t|t", "the app's connections are encrypted"


def test_a_renewed_certificate_is_shown_without_a_restart(encrypted: Encrypted) -> None:
    before, server = encrypted.certificate(), encrypted.server()
    kept = encrypted.connect()
    encrypted.observer.trial.change({"database": {"tls": {"days": 31}}})
    encrypted.observer.trial.up()
    assert encrypted.certificate() != before, "once `up` has ended the server shows the renewed certificate"
    assert encrypted.server() == server, "it is read again by the server that runs"
    assert kept.execute("SELECT 1").fetchone() == (1,), "who was connected notices nothing"
    kept.close()
    encrypted.connect().close()
