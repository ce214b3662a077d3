"""`topology: replicated` or `shared` instead of `standalone`: one word, and no line of any app changes with it."""

import functools
from collections.abc import Iterator
from typing import Any

import plans
import pytest
from plans import layered

from components import changes, gate, identity
from components.compose import Plan
from components.connection import SECRET_KEYS
from components.manifest import Manifest, shown

_DIGEST = "@sha256:" + "a" * 64
IN_PROD: dict[str, Any] = {
    "namespace": {"quota": dict.fromkeys(("requests.cpu", "limits.cpu", "persistentvolumeclaims"), "20")},
    "images": {"withoutDigest": dict.fromkeys(("ghcr.io/zalando/spilo-17", "haproxy"), "moved by nobody")},
    "database": {
        "replicated": {
            "etcd": {"image": f"gcr.io/etcd-development/etcd:v3.6.7{_DIGEST}"},
            "exporter": {"image": f"quay.io/prometheuscommunity/postgres-exporter:v0.18.1{_DIGEST}"},
        },
        "shared": {"image": f"ghcr.io/cloudnative-pg/postgresql:15.15-system-trixie{_DIGEST}"},
    },
}
"""What prod asks of every image, and room for more pods."""

WORDS = {"replicated": plans.REPLICATED, "shared": plans.SHARED}
STACKS = pytest.mark.parametrize(
    ("stack", "word"), [(stack, word) for stack in ("dev", "prod", "everything") for word in WORDS]
)
FROM_CONNECTION = {"host", "port", "sslmode", "url", "jdbc_url"}
"""The fields that another topology may fill otherwise."""


@functools.cache
def both(stack: str, word: str) -> tuple[Plan, Plan]:
    """The plan of a stack as it is, and with another topology."""
    given = IN_PROD if stack == "prod" else {}
    return plans.plan(stack, given), plans.plan(stack, layered(given, WORDS[word]))


def of_apps(plan: Plan) -> dict[tuple[str, str], Manifest]:
    """The objects of all apps, a Job's by its name without the digest."""
    found = [manifest for part in plan.parts if part.kind == "App" for manifest in part.manifests]
    return {(m.kind, m.name.rpartition("-")[0] if m.kind == "Job" else m.name): m for m in found}


def differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths at which two values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            yield from differences(before.get(key), after.get(key), (*path, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, (*path, one.get("name", str(number)) if isinstance(one, dict) else ""))
    elif before != after:
        yield path


@STACKS
def test_the_apps_settings_are_the_same(stack, word):
    patch = layered(IN_PROD if stack == "prod" else {}, WORDS[word])
    before, after = plans.system(stack), plans.system(stack, patch)
    assert before.apps == after.apps, "one word was changed, and it is the database's"


@STACKS
def test_the_apps_have_the_same_objects(stack, word):
    before, after = both(stack, word)
    assert of_apps(before).keys() == of_apps(after).keys()
    assert [m.kind for m in of_apps(before).values()] == [m.kind for m in of_apps(after).values()]


@STACKS
def test_in_the_apps_objects_only_the_connection_differs_and_what_follows_from_it(stack, word):
    before, after = map(of_apps, both(stack, word))
    system = plans.system(stack, IN_PROD if stack == "prod" else {})
    fields = {v: field for app in system.apps.values() for v, field in app.connection.fields.items()}
    seen = set()
    for reference, manifest in before.items():
        for path in differences(shown(manifest.body), shown(after[reference].body)):
            seen.add(path[-1])
            where = f"{reference} {'.'.join(path)}"
            match path:
                case ("data" | "stringData", variable):
                    assert fields[variable] in FROM_CONNECTION, f"{where}: no part of where the database is"
                case ("metadata", "name"):
                    assert manifest.kind == "Job", f"{where}: a Job is named after its definition"
                case ("spec", "template", "metadata", "annotations", key):
                    assert key.startswith("checksum/"), f"{where}: rule 7, and nothing else"
                case ("spec", "template", "spec", "initContainers" | "containers", _, "env", variable, "value"):
                    assert variable in {"PGHOST", "PGPORT"}, f"{where}: psql finds it elsewhere"
                case _:
                    raise AssertionError(f"{where} differs")
    changed = {"DB_HOST", "PGSSLMODE"} | ({"DB_PORT"} if word == "replicated" else set())
    assert changed <= seen, "the app is told where the database is now"
    assert word == "replicated" or "DB_PORT" not in seen, "the operator's Services have PostgreSQL's own port"


PLACES = {"replicated": ("postgres-router", 5000, 5001), "shared": ("postgres-rw", 5432, 5432)}
"""Word → where one writes, and the port where one reads."""


OF_TOPOLOGY = {"monitor"}
"""Roles that no app has: the operator of a shared Cluster has its own exporter's."""


@STACKS
def test_the_apps_are_let_through_by_the_same_label(stack, word):
    before, after = both(stack, word)
    for role, connection in before.connections.items():
        if role in OF_TOPOLOGY:
            continue
        other = after.connections[role]
        assert other.client_labels == connection.client_labels, "no app's pod gets another label"
        assert (other.host, other.port, other.sslmode) == (*PLACES[word][:2], "require")
        assert (other.database, other.user, other.secret) == (connection.database, connection.user, connection.secret)
        assert other.password == connection.password, "the password's name is the role's, whatever serves it"


@STACKS
def test_the_credentials_have_the_same_keys(stack, word):
    before, after = both(stack, word)
    assert set(before.connections) - OF_TOPOLOGY <= set(after.connections), "no role is missing"
    for connection in after.connections.values():
        secret = plans.one(after, "Secret", connection.secret)
        assert tuple(secret.body["stringData"]) == SECRET_KEYS, f"{connection.secret}: every topology has these keys"
        assert secret.body["type"] == "servicebinding.io/postgresql"


@pytest.mark.parametrize(("stack", "word"), [("dev", "replicated"), ("prod", "replicated"), ("everything", "shared")])
def test_reads_have_an_address_of_their_own(stack, word):
    three = {"database": {"shared": {"instances": 3}}} if word == "shared" else {}
    before, _ = both(stack, word)
    given = IN_PROD if stack == "prod" else {}
    for role, connection in plans.plan(stack, layered(layered(given, WORDS[word]), three)).connections.items():
        twin = connection.read_only
        assert role not in before.connections or not before.connections[role].read_only, "a single server has none"
        assert twin is not None, f"{role}: standbys answer reads"
        host = "postgres-ro" if word == "shared" else connection.host
        assert (twin.host, twin.port, twin.read_only) == (host, PLACES[word][2], None)
        assert (twin.secret, twin.password, twin.sslmode) == (connection.secret, connection.password, "require")


def test_a_cluster_of_one_has_no_address_to_read_from():
    for connection in both("dev", "shared")[1].connections.values():
        assert connection.read_only is None, "nobody answers at the operator's Service of the standbys"


@STACKS
def test_every_contract_holds_with_either_word(stack, word):
    for patch in ({}, WORDS[word]):
        system = plans.system(stack, layered(IN_PROD if stack == "prod" else {}, patch))
        report = gate.judged(system, both(stack, word)[bool(patch)])
        assert report.broken == [], f"{system.database.topology}: {report.broken}"


@pytest.mark.parametrize("word", WORDS)
def test_the_word_is_refused_where_data_is_already_there(word):
    before, after = ([m for m in plan.manifests if m.name == identity.NAME] for plan in both("dev", word))
    found = changes.refusals(before[0].body["data"], after[0].body["data"])
    assert any(f"from standalone to {word}" in text for text in found), "rule 10: it begins with an empty database"
    lost = [text for text in found if "observer-db-pvc would be deleted" in text]
    assert lost or word == "shared", "the old claim is named; of a Cluster the operator's go by its name"
