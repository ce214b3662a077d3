"""P08 looks into PostgreSQL's own configuration, and into URLs: what is named there has to be mounted too."""

import copy

import plans
import pytest

from components.manifest import shown
from contracts import judge

PATCH = {"database": {"tls": {}}, "apps": {"observer": {"connection": {"presets": ["db", "libpq", "url"]}}}}


def bodies():
    return [copy.deepcopy(shown(made.body)) for made in plans.plan("dev", PATCH).manifests]


def replaced(found, place, before, after):
    kind, name, key = place
    one = next(body for body in found if (body["kind"], body["metadata"]["name"]) == (kind, name))
    entries = one.get("data") or one["stringData"]
    assert before in entries[key], f"the test would break nothing: {entries[key]}"
    entries[key] = entries[key].replace(before, after)


@pytest.mark.parametrize(
    ("place", "before", "after"),
    [
        (("ConfigMap", "postgres-config", "postgresql.conf"), "postgresql-tls/tls.crt", "postgresql-tls/tsl.crt"),
        (("ConfigMap", "postgres-config", "postgresql.conf"), "postgresql-tls/tls.key", "postgresql-tls/key.pem"),
        (("ConfigMap", "postgres-config", "postgresql.conf"), "/pg_hba.conf", "/hba.conf"),
        (("ConfigMap", "observer-config", "PGSSLROOTCERT"), "ca.crt", "root.crt"),
        (("Secret", "observer-secrets", "DATABASE_URL"), "ca.crt", "root.crt"),
    ],
)
def test_a_file_that_is_not_mounted_is_found_and_no_url_is_repeated(place, before, after):
    found = bodies()
    assert judge(found).holds, "as it is rendered, every file is there"
    replaced(found, place, before, after)
    report = judge(found)
    told = [violation for violation in report.broken if violation.contract == "P08"]
    assert told, f"{place[2]} names a file that nobody mounts, and the server or the client would not start"
    assert not any("<generated" in violation.found for violation in told), "a URL may have a password in it"
