"""Backups that can't work are refused with what would, and before anything is made."""

import datetime

import pytest
import shared_backups as given
from pydantic import ValidationError
from shared_backups import SERVICE, backup, in_store, recovery

from components.settings.backup import check_recovery
from components.settings.schedule import gaps


def refused(make, *values, **keys) -> str:
    """How `make` refuses what it is given."""
    with pytest.raises((ValidationError, ValueError)) as error:
        make(*values, **keys)
    return str(error.value)


@pytest.mark.parametrize(
    ("schedule", "shortest", "longest"),
    [
        ("0 0 2 * * *", 24, 24),
        ("@daily", 24, 24),
        ("@weekly", 168, 168),
        ("0 30 */6 * * *", 6, 6),
        ("0 0 2/6 * * *", 6, 6),
        ("0 0 2,14 * * ?", 12, 12),
        ("0 0 2 * * MON-FRI", 24, 72),
        ("0 0 2 1,15 * *", 14 * 24, 17 * 24),
        ("0 0 2 1 * mon", 24, 7 * 24),
        ("0 0 2 */2 * *", 24, 48),
        ("0 0 0 29 2 *", 1461 * 24, 1461 * 24),
        ("@every 12h", 12, 12),
    ],
)
def test_a_schedule_is_read_as_the_operator_reads_it(schedule, shortest, longest):
    assert gaps(schedule) == (shortest * 3600, longest * 3600), "robfig/cron gives these, and the alerts follow them"
    assert backup(schedule=schedule).schedule == schedule


@pytest.mark.parametrize(
    ("schedule", "told"),
    [
        ("0 3 * * *", "`0 0 3 * * *`"),
        ("*/5 3 * * 1-5", "`0 */5 3 * * 1-5`"),
        ("0 3 * *", "six fields (second minute hour day month weekday)"),
        ("@dayly", "@daily"),
        ("0 0 24 * * *", "0 to 23 for the hour"),
        ("0 0 3 * * 7", "0 to 6 or sun to sat for the day of the week"),
        ("0 0 3 0 * *", "1 to 31 for the day of the month"),
        ("0 0 5-3 * * *", "a rising range"),
        ("0 0 */0 * * *", "a step from 1 on"),
        ("0 0 3 30 2 *", "found never in 5 years"),
        ("0 0 3 23 11 */7", "found once in 5 years"),
        ("* 0 3 * * *", "at least 10 minutes"),
        ("0 * 3 * * *", "at least 10 minutes"),
        ("@every 5m", "at least 10 minutes"),
    ],
)
def test_a_schedule_that_is_meant_otherwise_is_refused_with_what_is_allowed(schedule, told):
    assert told in refused(backup, schedule=schedule), f"{schedule} would run at another time than its writer thinks"


@pytest.mark.parametrize("retention", ["30", "30D", "0d", "1y", "-1d"])
def test_a_retention_that_the_object_store_would_refuse_is_refused_here(retention):
    assert "should match pattern" in refused(backup, retention=retention), "the CRD's pattern"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"endpoint": "minio:9000"}, "`https://minio:9000`, or `http://minio:9000`"),
        ({"endpoint": "https://minio:9000/bucket"}, "nothing behind it"),
        ({"endpoint": "s3://minio"}, "https:// or http://"),
        ({"bucket": "s3://backups"}, "without s3://"),
        ({"bucket": "Backups"}, "lower-case"),
        ({"path": "/databases/"}, "without slashes at its ends"),
        ({"credentials": None}, "exactly one of `credentials` and `inheritFromIAMRole"),
        ({"inheritFromIAMRole": True}, "exactly one of `credentials` and `inheritFromIAMRole"),
        ({"serviceAccountAnnotations": {"a": "b"}}, "with `inheritFromIAMRole: true`"),
        ({"allowTo": []}, "at least 1"),
        ({"allowTo": [{"cidr": "10.0.0.0/8", "ports": [443]}]}, "the store's port 9000"),
        ({"authority": "no PEM"}, "certificates in PEM"),
        ({"endpoint": None, "authority": "-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----"}, "https://"),
    ],
)
def test_a_store_that_could_not_be_reached_is_refused(changed, told):
    assert told in refused(in_store, **changed), f"{changed} would be found out by the first backup, at night"


def test_a_region_beside_a_role_is_refused_because_nothing_reads_it():
    assert "`region` with `credentials`" in refused(backup, s3=given.AWS | {"region": "eu-west-1"})


def test_credentials_are_never_made_up_nor_mixed():
    made_up = {"accessKeyId": {"generate": 40}, "secretAccessKey": {"generate": 40}}
    assert "no store would know" in refused(in_store, credentials=made_up), "a store gives keys, it takes none"
    mixed = {"accessKeyId": {"config": "id"}, "secretAccessKey": {"secret": {"name": "minio", "key": "key"}}}
    assert "one kind of source" in refused(in_store, credentials=mixed), "one object brings both"


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "https://AKIAEXAMPLE:hunter2@minio"},
        {"authority": "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"},
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_in_words_that_don_t_repeat_it(changed):
    words = [error.get("ctx", {})["error"] for error in errors_of(changed)]
    assert all("found" in str(word) and "hunter2" not in str(word) for word in words), (
        "mistakes.py tells `found` as it is"
    )


def errors_of(changed):
    with pytest.raises(ValidationError) as error:
        in_store(**changed)
    return error.value.errors()


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [("https://a.b", 443), ("http://a", 80), ("http://a:9000", 9000), ("https://[::1]:9000", 9000), (None, 443)],
)
def test_the_port_of_a_store_is_its_endpoint_s(endpoint, port):
    assert in_store(endpoint=endpoint).s3.port == port


PAST = "2026-01-02T03:04:05+09:00"


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        (PAST, PAST),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05+00:00"),
        ("2026-01-02 03:04:05.250+09:00", "2026-01-02T03:04:05.250000+09:00"),
        (datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC), "2026-01-02T03:04:05+00:00"),
    ],
)
def test_a_moment_keeps_its_time_zone(moment, kept):
    target = recovery(generation=1, target={"time": moment}).target
    assert target is not None
    assert target.time == kept, "YAML reads a time without quotes as a timestamp, with them as a text"


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-01-02T03:04:05", "with its time zone"),
        ("2026-01-02", "a moment such as"),
        ("yesterday", "a moment such as"),
        ("2999-01-02T03:04:05Z", "a moment that has been"),
        (datetime.datetime(2026, 1, 2, 3, 4, 5), "with its time zone"),
    ],
)
def test_a_moment_that_recovery_could_not_reach_is_refused(moment, told):
    assert told in refused(recovery, generation=1, target={"time": moment})


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({}, "exactly one of generation, server"),
        ({"generation": 1, "server": "other-1"}, "exactly one of generation, server"),
        ({"generation": 1, "target": {}}, "exactly one of time, lsn, xid, name, immediate"),
        ({"generation": 1, "target": {"time": PAST, "lsn": "0/1"}}, "exactly one of"),
        ({"generation": 1, "target": {"name": "before"}}, "`backup` beside a target"),
        ({"generation": 1, "target": {"xid": 1000}}, "`backup` beside a target"),
        ({"generation": 1, "target": {"immediate": True}}, "`backup` beside a target"),
        ({"generation": 1, "backup": "20260102T030405", "target": {"immediate": True, "exclusive": True}}, "exclusive"),
        ({"generation": 1, "target": {"lsn": "16B374D848"}}, "should match pattern"),
        ({"generation": 1, "backup": "latest"}, "should match pattern"),
    ],
)
def test_a_recovery_that_the_operator_would_refuse_is_refused_here(keys, told):
    assert told in refused(recovery, **keys)


def test_a_recovery_never_reads_the_archive_that_it_writes():
    check_recovery(SERVICE, backup(generation=2), recovery(generation=1))
    check_recovery(SERVICE, backup(generation=2), recovery(server="another-2"))
    elsewhere = recovery(generation=1, s3=given.AWS)
    check_recovery(SERVICE, backup(), elsewhere)
    same = refused(check_recovery, SERVICE, backup(), recovery(generation=1))
    assert "above the one that is restored" in same, "PostgreSQL would write a second history over the first"
    by_name = refused(check_recovery, SERVICE, backup(), recovery(server=f"{SERVICE}-1"))
    assert "above the one that is restored" in by_name, "whatever name the archive is given by"
    newer = refused(check_recovery, SERVICE, backup(generation=2), recovery(generation=3))
    assert "has an archive already" in newer, "the plugin refuses to start in an archive that is not empty"
    assert "together with `backup`" in refused(check_recovery, SERVICE, None, recovery(generation=1))
