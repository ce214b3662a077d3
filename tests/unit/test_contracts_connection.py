"""What an app reads of its database is what is there, and nothing cuts it off."""

import pytest
from contract_sets import Body, app, policy, postgres, service

from contracts import Violation
from contracts.catalogue import connection
from contracts.index import Index

DNS = {"to": [{"namespaceSelector": {}}], "ports": [{"protocol": "UDP", "port": 53}]}
TO_POSTGRES = {"to": [{"podSelector": {"matchLabels": {"app": "postgres"}}}], "ports": [{"port": 5432}]}


def found(*objects: Body) -> list[Violation]:
    index = Index(objects)
    return [violation for contract in connection.CONTRACTS for violation in contract.check(index)]


def the_one(contract: str, *objects: Body) -> Violation:
    violations = found(*objects)
    assert [violation.contract for violation in violations] == [contract], "one broken thing is one finding"
    return violations[0]


@pytest.mark.parametrize(
    "environment",
    [
        {"DB_HOST": "postgres", "DB_PORT": "5432", "DB_NAME": "shop", "DB_USER": "shop", "DB_PASSWORD": "right"},
        {"PGHOST": "postgres", "PGDATABASE": "shop", "PGUSER": "shop", "PGPASSWORD": "right"},
        {"DATABASE_URL": "postgresql://shop:right@postgres:5432/shop?sslmode=require"},
        {"SPRING_DATASOURCE_URL": "jdbc:postgresql://postgres:5432/shop"},
        {"POSTGRES_HOST": "postgres.shop", "POSTGRES_DB": "shop"},
        {"DB_HOST": "postgres.shop.svc.cluster.local"},
        {"DB_HOST": "postgres-0.postgres"},
        {"DB_HOST": "postgres-0.postgres.shop.svc"},
    ],
)
def test_an_app_that_names_its_database_rightly_is_left_alone_whatever_the_style(environment: dict[str, str]) -> None:
    assert found(app(**environment), postgres(), service()) == [], f"{environment} leads to the server"


@pytest.mark.parametrize(
    "host",
    [
        "db.example.org",
        "10.0.0.5",
        "localhost",
        "127.0.0.1",
        "mydb.abc.eu-west-1.rds.amazonaws.com",
        "/var/run/postgresql",
    ],
)
def test_a_host_outside_the_cluster_is_not_the_contracts_business(host: str) -> None:
    assert found(app(DB_HOST=host)) == [], f"{host} is no Service's name"


@pytest.mark.parametrize("name", ["HTTP_HOST", "HOSTNAME", "DB_HOSTS_ALLOWED", "GIT_SERVER", "SERVER_NAME"])
def test_a_variable_that_only_resembles_a_databases_host_is_left_alone(name: str) -> None:
    assert found(app(**{name: "nobody"})) == [], f"{name} is not a database's host"


def test_a_misspelt_host_is_found_with_the_nearest_service() -> None:
    violation = the_one("N01", app(DB_HOST="postgre"), postgres(), service())
    assert violation.nearest == "postgres", "one letter is missing"
    assert violation.path == "spec.template.spec.containers[shop].env[DB_HOST]", "that is where it stands"
    assert str(violation.object) == "Deployment shop/shop", "the app reads it"


def test_a_misspelt_host_inside_a_url_is_found_without_showing_the_url() -> None:
    violation = the_one("N01", app(DATABASE_URL="postgres://shop:s3cr3tvalue@postgre/shop"), postgres(), service())
    assert violation.found == "DATABASE_URL=postgre", "the host is enough; the URL holds a password"
    assert "s3cr3tvalue" not in str(violation), "no secret's value"


def test_a_short_name_does_not_reach_into_another_namespace() -> None:
    violation = the_one("N01", app(DB_HOST="postgres"), postgres("databases"), service(namespace="databases"))
    assert "postgres.databases.svc" in violation.fix, "the qualified name would reach it"


def test_a_qualified_name_reaches_into_another_namespace() -> None:
    objects = (postgres("databases"), service(namespace="databases"))
    assert found(app(DB_HOST="postgres.databases.svc"), *objects) == [], "that Service is there"
    assert the_one("N01", app(DB_HOST="postgre.databases.svc"), *objects).nearest == "postgres", "that one is not"


def test_a_namespace_that_the_set_has_nothing_of_is_undecided() -> None:
    violation = the_one("N01", app(DB_HOST="postgres.elsewhere.svc"))
    assert violation.undecided, "nothing is known of that namespace"


def test_a_port_that_the_service_lacks_is_found() -> None:
    violation = the_one("N02", app(DB_HOST="postgres", DB_PORT="5433"), postgres(), service())
    assert violation.nearest == "5432", "the Service has just that one"


def test_no_port_means_the_default_one() -> None:
    violation = the_one("N02", app(DB_HOST="postgres"), postgres(), service(port=6432))
    assert "5432" in violation.found, "drivers take 5432 where nothing is said"


def test_a_database_that_the_image_does_not_make_is_found() -> None:
    violation = the_one("N03", app(DB_HOST="postgres", DB_NAME="shpo"), postgres(), service())
    assert violation.nearest == "shop", "two letters are swapped"


def test_a_database_that_a_job_may_make_is_left_alone() -> None:
    job = {**app(), "kind": "Job", "apiVersion": "batch/v1", "metadata": {"name": "make", "namespace": "shop"}}
    objects = (app(DB_HOST="postgres", DB_NAME="other"), postgres(), service(), job)
    assert found(*objects) == [], "who knows what the Job makes"


def test_declared_databases_and_roles_are_all_there_are() -> None:
    server = postgres()
    server["spec"]["template"]["metadata"]["annotations"] = {
        "contracts.postgres-apps/databases": "shop",
        "contracts.postgres-apps/roles": "shop_app shop_owner",
    }
    wrong = the_one("N04", app(DB_HOST="postgres", DB_NAME="shop", DB_USER="shop_ap"), server, service())
    assert wrong.nearest == "shop_app", "one letter is missing"
    assert found(app(DB_HOST="postgres", DB_NAME="shop", DB_USER="shop_app"), server, service()) == [], "it is declared"
    always = app(DB_HOST="postgres", DB_NAME="template1", DB_USER="shop")
    assert found(always, server, service()) == [], "initdb makes that database and the image's POSTGRES_USER everywhere"


def test_two_passwords_for_the_superuser_are_found_and_not_shown() -> None:
    client = app(DB_HOST="postgres", DB_USER="shop", DB_PASSWORD="s3cr3twrong")
    violation = the_one("N05", client, postgres(POSTGRES_PASSWORD="s3cr3tright"), service())
    assert "s3cr3t" not in str(violation), "names only"


def test_default_deny_without_a_rule_cuts_the_connection_on_both_sides() -> None:
    deny = policy("deny", {}, policyTypes=["Ingress", "Egress"])
    out = policy("out", {"app": "shop"}, policyTypes=["Egress"], egress=[TO_POSTGRES, DNS])
    into = policy("into", {"app": "postgres"}, ingress=[{"from": [{"podSelector": {"matchLabels": {"app": "shop"}}}]}])
    objects = (app(DB_HOST="postgres"), postgres(), service(), deny)
    assert found(*objects, out, into) == [], "both ends are open"
    assert the_one("N06", *objects, out).object.name == "deny", "nothing lets it in"
    missing = [violation.contract for violation in found(*objects, into)]
    assert sorted(missing) == ["N06", "N07"], "nothing lets it out, nor ask DNS"


def test_a_rule_on_another_port_does_not_help() -> None:
    rule = {**TO_POSTGRES, "ports": [{"port": 5433}]}
    out = policy("out", {"app": "shop"}, policyTypes=["Egress"], egress=[rule, DNS])
    violation = the_one("N06", app(DB_HOST="postgres"), postgres(), service(), out)
    assert "5432" in violation.expected, "the server's own port counts, behind the Service"


def test_a_policy_counts_with_the_target_port_not_the_services() -> None:
    out = policy("out", {"app": "shop"}, policyTypes=["Egress"], egress=[TO_POSTGRES, DNS])
    objects = (app(DB_HOST="postgres", DB_PORT="6000"), postgres(), service(port=6000, target=5432), out)
    assert found(*objects) == [], "policies see the pod's port"


def test_an_egress_policy_without_dns_is_found_once() -> None:
    out = policy("out", {"app": "shop"}, policyTypes=["Egress"], egress=[TO_POSTGRES])
    violation = the_one("N07", app(DB_HOST="postgres", PGHOST="postgres"), postgres(), service(), out)
    assert violation.object.name == "out", "that is where the rule is missing"


def test_services_that_an_operator_will_make_are_not_missed() -> None:
    cluster = {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "metadata": {"name": "db", "namespace": "shop"},
        "spec": {"instances": 3},
    }
    assert found(app(DB_HOST="db-rw"), cluster) == [], "CloudNativePG makes db-rw"
    assert the_one("N01", app(DB_HOST="db-rx"), cluster).contract == "N01", "but no db-rx"


def test_a_router_answers_for_the_databases_and_roles_that_its_pods_declare() -> None:
    router = postgres(POSTGRES_USER="")
    template = router["spec"]["template"]
    template["spec"]["containers"][0] |= {"image": "docker.io/library/haproxy:3.2", "env": []}
    wrong = app(DB_HOST="postgres", DB_NAME="shpo", DB_USER="shop_app")
    assert found(wrong, router, service()) == [], "nobody says what is behind it"
    declared = {"databases": "shop", "roles": "shop_app"}
    template["metadata"]["annotations"] = {f"contracts.postgres-apps/{key}": value for key, value in declared.items()}
    assert the_one("N03", wrong, router, service()).nearest == "shop"
    right = app(DB_HOST="postgres", DB_NAME="shop", DB_USER="shop_app")
    assert found(right, router, service()) == [], "these are behind it"
    superuser = app(DB_HOST="postgres", DB_NAME="shop", DB_USER="root")
    assert the_one("N04", superuser, router, service()), "nobody says that role"
    template["spec"]["containers"][0]["env"] = [{"name": "POSTGRES_USER", "value": "root"}]
    assert found(superuser, router, service()) == [], "its own variable does, whatever its image"
    template["metadata"]["annotations"].pop("contracts.postgres-apps/roles")
    assert found(wrong, router, service()) == [], "half a declaration is none"
