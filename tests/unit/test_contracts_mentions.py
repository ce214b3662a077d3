"""Wherever a container is told of its database: names in any style, options, connection strings, mounted files."""

from typing import Any

import pytest
from contract_sets import Body, app, policy, postgres, service
from test_contracts_connection import found, the_one


def container(body: Body) -> dict[str, Any]:
    return body["spec"]["template"]["spec"]["containers"][0]


def with_arguments(*words: str) -> Body:
    body = app()
    container(body)["args"] = list(words)
    return body


def with_file(key: str, content: str) -> list[Body]:
    body = app()
    container(body)["volumeMounts"] = [{"name": "files", "mountPath": "/etc/shop"}]
    body["spec"]["template"]["spec"]["volumes"] = [{"name": "files", "configMap": {"name": "shop-files"}}]
    metadata = {"name": "shop-files", "namespace": "shop"}
    return [body, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {key: content}}]


@pytest.mark.parametrize(
    "name", ["DB_HOST", "dbHost", "db.host", "SHOP__database__HOST", "WIKI_DB_ENDPOINT", "POSTGRES_ADDR", "PGHOST"]
)
def test_a_host_is_one_in_the_style_of_any_framework(name: str) -> None:
    assert the_one("N01", app(**{name: "postgre"}), postgres(), service()).nearest == "postgres"
    assert found(app(**{name: "postgres"}), postgres(), service()) == [], "and this one is right"


@pytest.mark.parametrize(
    ("value", "contract"),
    [("postgre:5432", "N01"), ("postgres:5433", "N02"), ("postgres:5432", None), ("fe80::1", None)],
)
def test_a_host_may_bring_its_port(value: str, contract: str | None) -> None:
    found_in = {violation.contract for violation in found(app(DB_ADDR=value), postgres(), service())}
    assert found_in == ({contract} if contract else set())


def test_a_port_of_its_own_is_the_one_that_counts() -> None:
    for order in (("DB_HOST", "DB_PORT"), ("DB_PORT", "DB_HOST")):
        values = {"DB_HOST": "postgres:6000", "DB_PORT": "5432"}
        client = app(**{name: values[name] for name in order})
        assert found(client, postgres(), service()) == [], f"whichever comes first: {order}"


@pytest.mark.parametrize(
    ("value", "contract"),
    [
        ("host=postgre port=5432 dbname=shop user=shop", "N01"),
        ("host=postgres port=5433 dbname=shop", "N02"),
        ("host=postgres dbname='shpo'", "N03"),
        ("Host=postgres;Database=shop;Username=shpo;Password=s3cr3twrong", "N04"),
        ("Host=postgres;Port=5432;Database=shop;Username=shop;Password=s3cr3twrong;", "N05"),
        ("host=postgres dbname=shop user=shop password=right", None),
        ("host=redis port=6379", None),
        ("host=nobody & dbname=shop", None),
        ("set host=nobody and user=x", None),
        ("host=${HOST} dbname=shop", None),
    ],
)
def test_a_connection_string_of_libpq_or_npgsql_is_read_like_a_url(value: str, contract: str | None) -> None:
    violations = found(app(DSN=value), postgres(), service())
    assert [violation.contract for violation in violations] == ([contract] if contract else [])
    assert all("s3cr3t" not in str(violation) for violation in violations), "names only"


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["--db-host=postgre"], "args[0]"),
        (["serve", "--db-host", "postgre"], "args[2]"),
        (["-Ddb.host=postgre"], "args[0]"),
        (["--database-url=postgresql://shop:$(DB_PASSWORD)@postgre:5432/shop"], "args[0]"),
        (["--dsn", "postgresql://shop@postgre/shop"], "args[1]"),
        (["migrate", "postgresql://shop@postgre/shop"], "args[1]"),
    ],
)
def test_an_option_or_an_argument_names_a_host_as_a_variable_does(words: list[str], path: str) -> None:
    violation = the_one("N01", with_arguments(*words), postgres(), service())
    assert violation.path == f"spec.template.spec.containers[shop].{path}"
    right = [word.replace("postgre", "postgres").replace("postgress", "postgres") for word in words]
    assert found(with_arguments(*right), postgres(), service()) == []


@pytest.mark.parametrize(
    ("key", "content", "broken"),
    [
        ("app.yaml", "database:\n  url: postgresql://shop@postgre:5432/shop\n", True),
        ("settings", "URL = 'postgres://shop@postgre/shop'\n", True),
        ("app.yaml", "database:\n  url: postgresql://shop@postgres:5432/shop\n", False),
        ("app.yaml", "# url: postgresql://shop@postgre:5432/shop\n", False),
        ("app.yaml", "a: b  # such as postgresql://shop@postgre:5432/shop\n", False),
        ("README.md", "postgresql://shop@postgre:5432/shop\n", False),
        ("app.ini", "; postgresql://shop@postgre:5432/shop\nurl = postgresql://{user}@${HOST}/shop\n", False),
    ],
)
def test_a_url_in_a_mounted_file_leads_to_a_server(key: str, content: str, broken: bool) -> None:
    objects = [*with_file(key, content), postgres(), service()]
    assert [(v.contract, str(v.object), v.path) for v in found(*objects)] == (
        [("N01", "ConfigMap shop/shop-files", f"data[{key}]")] if broken else []
    )
    container(objects[0])["volumeMounts"] = []
    assert found(*objects) == [], "a file that nobody mounts is read by nobody"


def test_a_service_of_the_set_in_a_namespace_that_nobody_knows_is_undecided() -> None:
    violation = the_one("N01", app(DB_HOST="postgres.prod"), postgres(), service())
    assert violation.undecided, "it may be there; the set has no namespace prod"
    assert found(app(DB_HOST="db.example"), postgres(), service()) == [], "a name of the world"


def test_a_pod_that_is_told_twice_is_cut_off_once() -> None:
    objects = [*with_file("app.yaml", "url: postgresql://shop@postgres/shop\n"), postgres(), service()]
    container(objects[0])["env"] = [{"name": "DB_HOST", "value": "postgres"}]
    deny = policy("deny", {"app": "shop"}, policyTypes=["Egress"])
    assert sorted(v.contract for v in found(*objects, deny)) == ["N06", "N07"], "by its variable and by its file"
