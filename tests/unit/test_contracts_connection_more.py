"""One password for a role, the port that is listened on, words for TLS, hosts of other things, DNS by name."""

import pytest
from contract_sets import Body, app, policy, postgres, service
from test_contracts_connection import TO_POSTGRES, found, the_one

LOCAL = {"kubernetes.io/metadata.name": "kube-system"}


def published(**entries: str) -> Body:
    """Credentials as servicebinding.io describes them."""
    right = {"host": "postgres", "port": "5432", "database": "shop", "username": "shop", "password": "right"}
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "shop-db", "namespace": "shop"},
        "type": "servicebinding.io/postgresql",
        "stringData": {**right, **entries},
    }


@pytest.mark.parametrize(
    ("contract", "entries", "path"),
    [
        ("N01", {"host": "postgre"}, "stringData[host]"),
        ("N02", {"port": "5433"}, "stringData[port]"),
        ("N03", {"database": "shpo"}, "stringData[database]"),
        ("N04", {"username": "shpo"}, "stringData[username]"),
        ("N05", {"password": "s3cr3twrong"}, "stringData[password]"),
        ("N01", {"uri": "postgresql://shop:right@postgre:5432/shop"}, "stringData[uri]"),
    ],
)
def test_published_credentials_are_right_before_anybody_reads_them(
    contract: str, entries: dict[str, str], path: str
) -> None:
    violation = the_one(contract, postgres(), service(), published(**entries))
    assert violation.path == path, "that is where it stands"
    assert "s3cr3t" not in str(violation), "no secret's value"
    assert found(postgres(), service(), published()) == [], "these are right"


def test_a_port_that_is_filled_in_later_is_no_5432() -> None:
    elsewhere = service(port=5000)
    assert found(app(DB_HOST="postgres", DB_PORT="${PORT}"), postgres(), elsewhere) == [], "it may be 5000"
    assert the_one("N02", app(DB_HOST="postgres"), postgres(), elsewhere), "without a word, drivers take 5432"


def test_a_full_name_in_any_variable_is_a_service_of_that_namespace() -> None:
    members = "https://pg-0.shop.svc.cluster.local:8008,https://pg-1.shop.svc.cluster.local:8008"
    there = [postgres(), service("pg-0"), service("pg-1")]
    assert found(app(MEMBERS=members), *there) == [], "both are there"
    violation = the_one("N11", app(MEMBERS=members.replace("pg-1", "pg-l")), *there)
    assert violation.found == "MEMBERS=pg-l.shop.svc.cluster.local", "the name alone, not the whole list"
    assert the_one("N11", app(MEMBERS=members), *there[:-1]), "a name that ends with .svc leaves no doubt"
    for other in ("$(POD_NAME).headless.shop.svc", "see pg-9.elsewhere.svc.cluster.local", "static.svc.example.org"):
        assert found(app(MEMBERS=other), *there) == [], f"{other} is not a name that this set can tell"


def router() -> Body:
    """A proxy before servers that nothing leads to directly; its pods say what is behind it."""
    found = postgres()
    container = found["spec"]["template"]["spec"]["containers"][0]
    container.update(image="haproxy:3.3", env=[])
    found["spec"]["template"]["metadata"]["annotations"] = {
        "contracts.postgres-apps/databases": "shop",
        "contracts.postgres-apps/roles": "shop postgres",
    }
    return found


@pytest.mark.parametrize(("contract", "entries"), [("N03", {"database": "shpo"}), ("N04", {"username": "shpo"})])
def test_a_router_answers_for_the_servers_behind_it(contract: str, entries: dict[str, str]) -> None:
    assert the_one(contract, router(), service(), published(**entries)), "what its pods declare is held against clients"
    assert found(router(), service(), published()) == [], "these are right"


def test_a_service_of_patroni_whose_pods_have_no_token_needs_a_selector() -> None:
    members = postgres()
    pod = members["spec"]["template"]["spec"]
    pod["containers"][0]["image"] = "ghcr.io/zalando/spilo-17:4.0-p3"
    alone = service()
    del alone["spec"]["selector"]
    assert found(app(DB_HOST="postgres"), alone, members) == [], "the leader may write the endpoints"
    pod["automountServiceAccountToken"] = False
    assert the_one("N10", app(DB_HOST="postgres"), alone, members), "without a token nobody writes them"


def test_two_clients_with_two_passwords_for_one_role_are_found() -> None:
    one, other = app(DB_HOST="postgres", DB_USER="shop_app", DB_PASSWORD="s3cr3t-one"), app()
    server = postgres()
    server["spec"]["template"]["metadata"]["annotations"] = {
        "contracts.postgres-apps/databases": "shop",
        "contracts.postgres-apps/roles": "shop_app",
    }
    other["metadata"]["name"] = "second"
    variables = {"PGHOST": "postgres", "PGUSER": "shop_app", "PGPASSWORD": "s3cr3t-two"}
    container = other["spec"]["template"]["spec"]["containers"][0]
    container["env"] = [{"name": name, "value": value} for name, value in variables.items()]
    violation = the_one("N05", one, other, server, service())
    assert "s3cr3t" not in str(violation), "names only"
    container["env"][2]["value"] = "s3cr3t-one"
    assert found(one, other, server, service()) == [], "they agree"
    container["env"][2]["value"] = "${DB_PASSWORD}"
    assert found(one, other, server, service()) == [], "what is filled in later may be the same"


def test_the_user_beside_a_jdbc_url_belongs_to_it() -> None:
    url = {"SPRING_DATASOURCE_URL": "jdbc:postgresql://postgres:5432/shop"}
    violation = the_one("N04", app(**url, SPRING_DATASOURCE_USERNAME="shpo"), postgres(), service())
    assert "SPRING_DATASOURCE_USERNAME" in violation.found, "JDBC takes the user beside the URL"


def test_a_name_that_is_filled_in_later_is_not_judged() -> None:
    client = app(DB_HOST="postgres", DB_PORT="${PORT}", DB_NAME="<configured name>", DB_USER="{{ user }}")
    assert found(client, postgres(), service()) == [], "nobody knows yet what they will be"


def test_a_service_that_leads_where_nothing_listens_is_found() -> None:
    server = postgres()
    container = server["spec"]["template"]["spec"]["containers"][0]
    container["ports"] = [{"name": "sql", "containerPort": 5433}]
    violation = the_one("N08", app(DB_HOST="postgres"), server, service())
    assert violation.nearest == "5432", "PostgreSQL's own port"
    container["args"] = ["-p", "5433"]
    assert found(app(DB_HOST="postgres"), server, service()) == [], "it was told to listen there"
    container["args"] = ["-c", "port=5433"]
    assert found(app(DB_HOST="postgres"), server, service()) == [], "in the other way too"


def test_a_pooler_beside_the_server_has_a_port_of_its_own() -> None:
    server = postgres()
    pooler = {"name": "pgbouncer", "image": "edoburu/pgbouncer:1", "ports": [{"name": "pool", "containerPort": 6432}]}
    server["spec"]["template"]["spec"]["containers"].append(pooler)
    client = app(DB_HOST="postgres", DB_PORT="6432")
    assert found(client, server, service(port=6432, target="pool")) == [], "that is not the server's business"


@pytest.mark.parametrize(
    ("environment", "right"),
    [
        ({"PGSSLMODE": "preferred"}, "prefer"),
        ({"DATABASE_URL": "postgres://a:b@db.example.org/shop?sslmode=requires"}, "require"),
    ],
)
def test_a_word_for_tls_that_no_driver_takes_is_found(environment: dict[str, str], right: str) -> None:
    assert the_one("N09", app(**environment)).nearest == right, "the word that was meant"


@pytest.mark.parametrize("mode", ["disable", "prefer", "verify-full", "${SSLMODE}"])
def test_the_words_for_tls_are_left_alone(mode: str) -> None:
    assert found(app(PGSSLMODE=mode)) == [], f"{mode} is one"


def test_a_service_without_anybody_behind_it_is_undecided() -> None:
    alone = service()
    del alone["spec"]["selector"]
    assert the_one("N10", app(DB_HOST="postgres"), alone).undecided, "somebody may write its endpoints"
    endpoints = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {"name": "p", "namespace": "shop", "labels": {"kubernetes.io/service-name": "postgres"}},
    }
    assert found(app(DB_HOST="postgres"), alone, endpoints) == [], "here they are"


def test_a_slip_in_any_other_host_is_found() -> None:
    redis = service("redis-cache", port=6379)
    assert the_one("N11", app(REDIS_HOST="redis-cahe"), postgres(), redis).nearest == "redis-cache", (
        "one letter is missing"
    )
    assert found(app(REDIS_HOST="valkey"), postgres(), redis) == [], "nothing of that name: it may be anything"
    assert found(app(VIRTUAL_HOST="redis-cach", BIND_HOST="redis-cach"), postgres(), redis) == [], (
        "nobody connects to these"
    )


@pytest.mark.parametrize(
    ("peer", "reached"),
    [
        ({"namespaceSelector": {"matchLabels": LOCAL}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}, True),
        ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "node-local-dns"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"name": "kube-system"}}}, True),
        ({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-sytem"}}}, False),
        ({"namespaceSelector": {"matchLabels": LOCAL}, "podSelector": {"matchLabels": {"k8s-app": "kubedns"}}}, False),
    ],
)
def test_the_clusters_dns_is_known_by_its_namespace_and_label(peer: Body, reached: bool) -> None:
    rule = {"to": [peer], "ports": [{"protocol": "UDP", "port": 53}]}
    out = policy("out", {"app": "shop"}, policyTypes=["Egress"], egress=[TO_POSTGRES, rule])
    contracts = [violation.contract for violation in found(app(DB_HOST="postgres"), postgres(), service(), out)]
    assert contracts == ([] if reached else ["N07"]), f"{peer} {'is' if reached else 'is not'} the cluster's DNS"
