"""What CloudNativePG's objects name, and what the operator would never say: N12 to N14, S07, S12, T08, W21."""

from typing import Any

import pytest
from cloudnativepg_sets import shared
from test_contracts_cloudnativepg import found, told


def the_one(objects: dict[str, Any]) -> Any:
    violations = found(objects)
    assert len({violation.cause or violation for violation in violations}) == 1, f"one cause, one story: {violations}"
    return violations[0]


def at(objects: dict[str, Any], name: str) -> dict[str, Any]:
    return objects[name]["spec"]


@pytest.mark.parametrize(
    "name",
    ["Database docs", "DatabaseRole wiki", "Pooler docs-pooler", "ScheduledBackup nightly"],
)
def test_an_object_in_another_namespace_than_its_cluster_is_found(name: str) -> None:
    objects = shared()
    objects[name]["metadata"]["namespace"] = "docs"
    (violation,) = (v for v in found(objects) if v.contract == "W21")
    assert not violation.undecided, "there is a Cluster of that name, and none where the operator looks for it"
    assert "databases" in violation.because


def test_a_slip_in_the_name_of_a_cluster_is_found() -> None:
    objects = shared()
    at(objects, "ScheduledBackup nightly")["cluster"]["name"] = "sharde"
    violation = the_one(objects)
    assert (violation.contract, violation.nearest, violation.undecided) == ("W21", "Cluster shared", False)


def test_a_database_without_any_cluster_in_the_set_is_undecided() -> None:
    database = {"Database docs": shared()["Database docs"]}
    assert [(v.contract, v.undecided) for v in found(database)] == [("W21", True)], "it may be applied elsewhere"


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("Database docs", {"owner": "dosc"}),
        ("Database docs", {"schemas": [{"name": "docs", "owner": "dosc"}]}),
        ("DatabaseRole wiki", {"inRoles": ["docs_reder"]}),
        ("Cluster shared", {"tablespaces": [{"name": "big", "owner": {"name": "dosc"}}]}),
    ],
)
def test_a_role_that_nobody_makes_is_found(where: str, change: dict[str, Any]) -> None:
    objects = shared()
    at(objects, where).update(change)
    violation = the_one(objects)
    assert (violation.contract, violation.undecided) == ("N12", False), "nothing makes it, and nothing says so"
    assert violation.nearest in {"docs", "docs_reader"}


@pytest.mark.parametrize("role", ["pg_read_all_data", "postgres", "shared", "wiki"])
def test_a_role_that_is_there_anyway_may_own(role: str) -> None:
    objects = shared()
    at(objects, "Database docs")["owner"] = role
    assert found(objects) == [], "PostgreSQL's own, the superuser, initdb's owner, a DatabaseRole"


def test_a_role_is_undecided_where_more_may_have_been_restored() -> None:
    objects = shared()
    at(objects, "Cluster shared")["bootstrap"] = {"recovery": {"source": "origin"}}
    at(objects, "Database docs")["owner"] = "restored"
    assert [v.undecided for v in found(objects) if v.contract == "N12"] == [True]


@pytest.mark.parametrize("name", ["docs", "wiki"])
def test_a_role_or_a_database_that_is_described_twice_is_found(name: str) -> None:
    objects = shared()
    role = {**at(objects, "DatabaseRole wiki"), "name": name, "passwordSecret": {"name": f"{name}-role"}}
    objects["DatabaseRole again"] = {**objects["DatabaseRole wiki"], "spec": role}
    objects["DatabaseRole again"]["metadata"] = {"name": "again", "namespace": "databases"}
    assert the_one(objects).contract == "N13", "the inline role wins, or the first DatabaseRole"
    objects = shared()
    at(objects, "Database docs" if name == "wiki" else "Database wiki")["name"] = name
    assert "N13" in told(objects), "only one of the two objects is applied"


def test_a_database_of_that_name_in_another_cluster_is_another_one() -> None:
    objects = shared()
    other = {"metadata": {"name": "other", "namespace": "databases"}, "spec": {"instances": 3}}
    objects["Cluster other"] = {**objects["Cluster shared"], **other}
    more = {"metadata": {"name": "more", "namespace": "databases"}, "spec": {"name": "docs", "owner": "app"}}
    objects["Database more"] = {**objects["Database docs"], **more}
    at(objects, "Database more")["cluster"] = {"name": "other"}
    assert found(objects) == []


def test_a_secret_for_another_role_is_found_and_says_what_it_stops() -> None:
    objects = shared()
    objects["Secret docs-reader"]["stringData"]["username"] = "docs-reader"
    violation = the_one(objects)
    assert violation.contract == "S12"
    assert "every role" in violation.because, "the operator stops at the first one that differs"
    assert "<generated" not in str(violation)


def test_the_user_in_a_template_counts_and_one_that_is_fetched_does_not() -> None:
    for user, expected in (("docs", set()), ("docz", {"S12"}), ("{{ .user }}", set())):
        objects = shared()
        secret = objects.pop("Secret docs-role")
        template = {"type": secret["type"], "data": {"username": user, "password": "{{ .password }}"}}
        objects["ExternalSecret docs-role"] = {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {"name": "docs-role", "namespace": "databases"},
            "spec": {
                "secretStoreRef": {"kind": "ClusterSecretStore", "name": "vault"},
                "target": {"template": template},
                "data": [{"secretKey": "password", "remoteRef": {"key": "docs"}}],
            },
        }
        assert told(objects) == expected, f"a template that says {user}"


@pytest.mark.parametrize(
    ("where", "path", "value"),
    [
        ("Cluster shared", ("bootstrap", "initdb", "secret", "name"), "shared-ownr"),
        ("Cluster shared", ("managed", "roles", 0, "passwordSecret", "name"), "docs-roles"),
        ("DatabaseRole wiki", ("passwordSecret", "name"), "wiki-rolle"),
        ("ObjectStore store", ("configuration", "s3Credentials", "accessKeyId", "name"), "store-kesy"),
        ("ObjectStore store", ("configuration", "s3Credentials", "secretAccessKey", "key"), "secrte"),
    ],
)
def test_a_secret_or_a_key_that_is_not_there_is_found(where: str, path: tuple, value: str) -> None:
    objects = shared()
    holder: Any = at(objects, where)
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert "S07" in told(objects), "the operator waits for it, or goes on without a password"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"serverCASecret": "authority"}, "ca.key"),
        ({"serverCASecret": "authority", "serverTLSSecret": "leaf"}, ""),
        ({"clientCASecret": "authority"}, "ca.key"),
    ],
)
def test_who_signs_needs_the_key_of_the_authority(given: dict[str, str], wanted: str) -> None:
    objects = shared()
    at(objects, "Cluster shared")["certificates"] = given
    keys = {"authority": ("ca.crt",), "leaf": ("tls.crt", "tls.key")}
    for name, values in keys.items():
        data = {key: "<certificate x>" for key in values}
        metadata = {"name": name, "namespace": "databases"}
        objects[f"Secret {name}"] = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}
    lacks = [violation.found for violation in found(objects) if violation.contract == "S07"]
    assert [wanted in text for text in lacks] == ([True] if wanted else []), "docs/src/certificates.md"


def test_the_superusers_secret_is_there_only_where_it_is_asked_for() -> None:
    objects = shared()
    container = objects["Deployment docs"]["spec"]["template"]["spec"]["containers"][0]
    objects["Deployment docs"]["metadata"]["namespace"] = "databases"
    objects["Secret docs-postgresql"]["metadata"]["namespace"] = "databases"
    container["envFrom"] = [{"secretRef": {"name": "shared-superuser"}}]
    assert "S01" in told(objects), "without enableSuperuserAccess the operator deletes it"
    at(objects, "Cluster shared")["enableSuperuserAccess"] = True
    assert "S01" not in told(objects)


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("ScheduledBackup nightly", {"pluginConfiguration": {"name": "barman-cloud.cloudnativepg.io"}}),
        ("ScheduledBackup nightly", {"method": "barmanObjectStore"}),
        ("ScheduledBackup nightly", {"method": "volumeSnapshot"}),
        ("Cluster shared", {"plugins": []}),
    ],
)
def test_a_backup_by_a_way_that_its_cluster_does_not_have_is_found(where: str, change: dict[str, Any]) -> None:
    objects = shared()
    at(objects, where).update(change)
    assert the_one(objects).contract == "W21", "every backup fails, each night"


def test_the_store_of_a_cluster_is_there() -> None:
    objects = shared()
    at(objects, "Cluster shared")["plugins"][0]["parameters"]["barmanObjectName"] = "stroe"
    violation = the_one(objects)
    assert (violation.contract, violation.nearest) == ("W21", "ObjectStore store")
    at(objects, "Cluster shared")["plugins"][0]["enabled"] = False
    assert {v.path for v in found(objects)} == {"spec.pluginConfiguration.name"}, "a plugin that is off names nothing"


@pytest.mark.parametrize("kind", ["ImageCatalog", "ClusterImageCatalog"])
def test_a_catalogue_has_the_major_version_that_is_asked_for(kind: str) -> None:
    objects = shared()
    reference = {"apiGroup": "postgresql.cnpg.io", "kind": kind, "name": "debian", "major": 17}
    at(objects, "Cluster shared")["imageCatalogRef"] = reference
    images = [{"major": 17, "image": "ghcr.io/cloudnative-pg/postgresql:17.6"}]
    metadata = {"name": "debian"} | ({"namespace": "databases"} if kind == "ImageCatalog" else {})
    catalogue = {"apiVersion": "postgresql.cnpg.io/v1", "kind": kind, "metadata": metadata, "spec": {"images": images}}
    assert found({**objects, "catalogue": catalogue}) == []
    images[0]["major"] = 16
    violation = the_one({**objects, "catalogue": catalogue})
    assert (violation.contract, violation.path) == ("W21", "spec.imageCatalogRef.major")
    missing = {v.contract for v in found(objects)}
    assert missing == ({"W21"} if kind == "ImageCatalog" else set()), "one of the whole cluster is in no set"


def test_stores_of_secrets_are_asked_for_where_they_would_be() -> None:
    def fetched(kind: str, name: str) -> dict[str, Any]:
        return {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {"name": "wiki-role", "namespace": "databases"},
            "spec": {"secretStoreRef": {"kind": kind, "name": name}, "data": [{"secretKey": "username"}]},
        }

    store = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": {"name": "vault", "namespace": "databases"},
        "spec": {"provider": {"vault": {"auth": {"tokenSecretRef": {"name": "store-keys", "key": "id"}}}}},
    }
    held = {"ExternalSecret": fetched("SecretStore", "vault"), "Secret": shared()["Secret store-keys"], "store": store}
    assert found(held) == []
    assert [v.undecided for v in found({"ExternalSecret": fetched("SecretStore", "vault")})] == [True]
    assert found({"ExternalSecret": fetched("ClusterSecretStore", "vault")}) == [], "that is the cluster's business"
    slip = the_one({**held, "ExternalSecret": fetched("SecretStore", "valut")})
    assert (slip.contract, slip.nearest, slip.undecided) == ("W21", "SecretStore vault", False)
    store["spec"]["provider"]["vault"]["auth"]["tokenSecretRef"]["key"] = "token"
    assert the_one(held).contract == "S07", "the store reads a key that its Secret does not have"


def test_two_clusters_do_not_archive_to_one_place() -> None:
    objects = shared()
    spec = {"instances": 3, "plugins": at(objects, "Cluster shared")["plugins"]}
    metadata = {"name": "second", "namespace": "databases"}
    objects["Cluster second"] = {**objects["Cluster shared"], "metadata": metadata, "spec": spec}
    assert the_one(objects).contract == "T08", "«Expected empty archive»"
    second = {"isWALArchiver": True, "name": spec["plugins"][0]["name"], "parameters": {"barmanObjectName": "store"}}
    spec["plugins"] = [second]
    assert found(objects) == [], "without a serverName it is the Cluster's own name"


def test_a_cluster_is_not_restored_from_where_it_archives() -> None:
    objects = shared()
    spec = at(objects, "Cluster shared")
    name = spec["plugins"][0]["name"]
    origin = {"name": name, "parameters": {"barmanObjectName": "store", "serverName": "shared-1"}}
    spec["bootstrap"] = {"recovery": {"source": "origin"}}
    spec["externalClusters"] = [{"name": "origin", "plugin": origin}]
    objects = {key: body for key, body in objects.items() if not key.startswith("Secret shared-owner")}
    assert the_one(objects).contract == "T08", "the restore is refused"
    spec["plugins"][0]["parameters"]["serverName"] = "shared-2"
    assert found(objects) == [], "each generation has a name of its own"
    spec["plugins"][0]["parameters"]["serverName"] = "shared-1"
    objects["Cluster shared"]["metadata"]["annotations"] = {"cnpg.io/skipEmptyWalArchiveCheck": "enabled"}
    assert found(objects) == [], "somebody has said that he knows"


@pytest.mark.parametrize(
    ("direction", "number", "what"),
    [
        ("ingress", 0, "its own standbys reach"),
        ("ingress", 2, "the operator reach"),
        ("egress", 0, "reach Cluster databases/shared"),
        ("egress", 1, "the API server"),
        ("egress", 2, "DNS"),
    ],
)
def test_a_policy_that_takes_away_what_instances_need_is_found(direction: str, number: int, what: str) -> None:
    objects = shared()
    del at(objects, "NetworkPolicy shared")[direction][number]
    expected = [violation.expected for violation in found(objects) if violation.contract == "N14"]
    assert any(what in text for text in expected), f"{direction} {number} was for that"


def test_a_pod_that_joins_carries_no_role_of_an_instance() -> None:
    objects = shared()
    source = at(objects, "NetworkPolicy shared")["ingress"][0]["from"][0]["podSelector"]["matchLabels"]
    source["cnpg.io/podRole"] = "instance"
    violation = the_one({name: body for name, body in objects.items() if not name.startswith("Pooler")})
    assert violation.contract == "N14", (
        "the Job that copies the primary has cnpg.io/jobRole, and no second instance comes"
    )


def test_a_rule_for_the_own_namespace_only_leaves_the_operator_out() -> None:
    objects = shared()
    rule = at(objects, "NetworkPolicy shared")["ingress"][2]
    rule["from"] = [{"podSelector": {}}]
    assert the_one(objects).contract == "N14", "cnpg-system is another namespace"
    rule["from"] = [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "cloudnative-pg"}}}]
    assert found(objects) == [], "unless it runs here"


def test_a_secret_of_another_cluster_is_no_slip_of_ones_own() -> None:
    objects = shared()
    other = {"name": "sharedb", "password": {"name": "sharedb-app", "key": "password"}}
    del at(objects, "Cluster shared")["bootstrap"]
    at(objects, "Cluster shared")["externalClusters"] = [other]
    found_ = [violation for violation in found(objects) if violation.contract == "S07"]
    assert [violation.undecided for violation in found_] == [True], (
        "shared-app is made for shared, and sharedb is another"
    )


def test_clusters_without_a_server_name_archive_under_their_own() -> None:
    objects = shared()
    plugin = {**at(objects, "Cluster shared")["plugins"][0], "parameters": {"barmanObjectName": "store"}}
    at(objects, "Cluster shared")["plugins"] = [plugin]
    metadata = {"name": "second", "namespace": "databases"}
    second = {**objects["Cluster shared"], "metadata": metadata, "spec": {"instances": 3, "plugins": [plugin]}}
    assert found({**objects, "Cluster second": second}) == [], "shared and second are two archives"
