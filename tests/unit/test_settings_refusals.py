"""Settings that read well but can't work are refused before anything is made."""

import plans
import pytest

from components.settings import load
from components.settings.mistakes import SettingsRefused

SMALL = {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "1", "memory": "64Mi"}}


def app(**fields):
    return {"apps": {"observer": fields}}


def volume(**fields):
    return app(volumes={"data": fields})


def bare(name, **fields):
    base = {"image": "a:1", "port": 8080, "probes": {"health": "/", "ready": "/"}, "user": 1, "resources": SMALL}
    return {"apps": {name: {**base, **fields}}}


REFUSED = {
    "two replicas on claims of one node without oneNode": (app(oneNode=False, replicas=2), "oneNode: true"),
    "one replica rolls too": (app(oneNode=False), "oneNode: true"),
    "ReadWriteOncePod never rolls": (volume(accessMode="ReadWriteOncePod"), "waiting for ever"),
    "expose without allowFrom": (app(expose={"host": "a.example.org"}), "together with `allowFrom`"),
    "monitoring without allowFrom": (app(monitoring={}), "together with `allowFrom`"),
    "a variable from two sources": (app(variables={"DB_HOST": "x"}), "DB_HOST (variables and connection)"),
    "a secret that is also a variable": (app(variables={"KIS_APP_KEY": "x"}), "KIS_APP_KEY (variables and secrets)"),
    "a variable that the pod sets": (app(variables={"TZ": "UTC"}), "TZ (variables and the pod itself)"),
    "a volume named tmp": (app(volumes={"tmp": {"path": "/x", "scratch": "1Mi"}}), "any name but `tmp`"),
    "a volume at /tmp": (app(volumes={"x": {"path": "/tmp", "scratch": "1Mi"}}), "any path but /tmp"),  # noqa: S108
    "two volumes at one path": (
        app(volumes={"x": {"path": "/opt/platform/runtime/observer/data", "scratch": "1Mi"}}),
        "one volume for each path",
    ),
    "a volume of two kinds": (volume(scratch="1Mi"), "exactly one of claim, files, scratch"),
    "a claim without a size": (volume(size=None), "`claim` together with `size`"),
    "a secret from two sources": (
        app(secrets={"KIS_APP_KEY": {"generate": 40}}),
        "exactly one of config, external, generate",
    ),
    "a short generated secret": (app(secrets={"NEW": {"generate": 8}}), "a number from 32 on"),
    "requests above limits": (app(resources={"requests": {"memory": "2Gi"}}), "requests up to the limits"),
    "a port that needs root": (app(port=80), "from 1024 on"),
    "user root": (app(user=0), "from 1 on"),
    "a moving tag": (app(image="a/b:latest"), "a tag other than latest"),
    "no tag": (app(image="a/b"), "a tag other than latest"),
    "an app named like the database": (bare("postgres"), "not named like the database"),
    "an app named like its headless Service": (bare("postgres-headless"), "not named like the database"),
    "a name too long for its migration": (bare("a" * 54, migration={"command": ["x"]}), "at most 53 characters"),
    "an app's name beyond a label": (bare("a" * 64), "at most 63 characters"),
    "a claim for two workloads": (volume(claim="observer-db-pvc"), "a claim for each workload"),
    "egress to everybody": (app(allowTo=[{"ports": [443]}]), "one of cidr, namespace, pods"),
    "a peer of both kinds": (app(allowFrom=[{"cidr": "10.0.0.0/8", "namespace": "x"}]), "can't be both"),
    "butNot outside cidr": (
        app(allowFrom=[{"cidr": "10.0.0.0/8", "butNot": ["11.0.0.0/8"]}]),
        "`butNot` networks inside 10.0.0.0/8",
    ),
    "butNot of the whole cidr": (app(allowFrom=[{"cidr": "10.0.0.0/8", "butNot": ["10.0.0.0/8"]}]), "inside"),
    "another tag than version": ({"database": {"version": 16}}, "an image of the version stated"),
    "a version that is gone": ({"database": {"version": 12}}, "from 14 on"),
    "an unknown image without a user": ({"database": {"image": "my/pg:15"}}, "`user`, the numeric user"),
    "two roles of one name": ({"database": {"roles": {"app": "observer_owner"}}}, "seven different names"),
    "the app as superuser": ({"database": {"roles": {"app": "postgres"}}}, "seven different names"),
    "a database that PostgreSQL reserves": ({"database": {"name": "template1"}}, "does not reserve"),
    "a keyword of pg_hba.conf": ({"database": {"name": "replication"}}, "does not reserve"),
    "a database without room": ({"database": {"storage": {"size": "100Mi"}}}, "at least 1Gi"),
    "a shared data directory": ({"database": {"storage": {"accessMode": "ReadWriteMany"}}}, "two servers"),
    "a server without memory": (
        {"database": {"resources": {"requests": {"memory": "64Mi"}, "limits": {"memory": "128Mi"}}}},
        "at least 256Mi",
    ),
    "a StatefulSet's name without room for a hash": ({"database": {"service": "p" * 53}}, "at most 52 characters"),
    "kube-system": ({"namespace": {"name": "kube-system"}}, "of the stack's own"),
    "default": ({"namespace": {"name": "default"}}, "of the stack's own"),
    "labels that select pods": ({"labels": {"app.kubernetes.io/name": "x"}}, "labels of your own"),
    "labels that let pods to the database": ({"labels": {"postgres-apps/database": "postgres"}}, "labels of your own"),
    "a label that turns the restricted standard off": (
        {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}},
        "labels of your own",
    ),
    "a label that is none": ({"labels": {"team": "a b"}}, "letters, digits"),
    "defaults above limits": (
        {
            "namespace": {
                "containerDefaults": {
                    "requests": {"cpu": "2", "memory": "1Gi"},
                    "limits": {"cpu": "1", "memory": "1Gi"},
                }
            }
        },
        "requests up to the limits",
    ),
    "no digest where digests are asked for": ({"images": {"requireDigest": True}}, "images with @sha256"),
    "a host that is none": (
        app(expose={"host": "A_b"}, allowFrom=[{"namespace": "x"}]),
        "a DNS name such as observer.example.org",
    ),
    "an unknown severity": (
        app(
            allowFrom=[{"namespace": "x"}],
            monitoring={"alerts": {"A": {"expression": "1", "summary": "s", "severity": "bad"}}},
        ),
        "info, warning, critical",
    ),
    "a parameter that the program decides": ({"database": {"parameters": {"port": 5433}}}, "NetworkPolicies"),
    "max_connections as a parameter": ({"database": {"parameters": {"max_connections": 5}}}, "`maxConnections`"),
    "the way of passwords": ({"database": {"parameters": {"password_encryption": "md5"}}}, "scram-sha-256"),
    "a place of the program's own": ({"database": {"parameters": {"data_directory": "/x"}}}, "mounts and finds"),
    "shared_buffers beyond the memory": ({"database": {"parameters": {"shared_buffers": "2GB"}}}, "at most 409MB"),
    "shared_buffers of 8 kB blocks beyond it": (
        {"database": {"parameters": {"shared_buffers": 65536}}},
        "at most 409MB",
    ),
    "shared_buffers that are none": ({"database": {"parameters": {"shared_buffers": "much"}}}, "such as 512MB"),
    "a parameter of two lines": ({"database": {"parameters": {"search_path": "a\nport = 1"}}}, "on one line"),
    "a parameter with a section below": ({"database": {"parameters": {"work_mem": {"a": 1}}}}, "a text"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    patch, words = REFUSED[case]
    given = load.from_file("dev")
    with pytest.raises(SettingsRefused) as error:
        load.decode(load.Configuration("dev", plans.layered(given.patch, patch), given.secrets))
    assert words in str(error.value), f"{case}: the message says what is allowed"


TAKEN = {
    "ReadWriteMany needs no single node": app(
        oneNode=False, volumes={name: {"accessMode": "ReadWriteMany"} for name in ("data", "logs", "universe")}
    ),
    "shared_buffers that fit": {"database": {"parameters": {"shared_buffers": "400MB"}}},
    "extensions have parameters": {"database": {"parameters": {"pg_stat_statements.max": 1000}}},
    "an own image with its user": {"database": {"image": "my/pg:15", "user": 26}},
    "a long name without a migration": bare("a" * 63),
    "a long name with one": bare("a" * 53, migration={"command": ["x"]}),
    "a long name of a volume": app(volumes={"v" * 63: {"path": "/v", "files": {"a": "b"}}}),
    "a long name of a ConfigMap": app(config="c" * 253),
    "a long Service of the database": {"database": {"service": "p" * 52}},
    "no app at all": {"apps": {"observer": None}},
}


@pytest.mark.parametrize("case", TAKEN)
def test_taken_and_rendered_with_names_that_fit(case):
    plan = plans.plan("dev", TAKEN[case])
    for manifest in plan.manifests:
        template = manifest.body.get("spec", {}).get("template", {}).get("metadata", {})
        labels = [*manifest.body["metadata"]["labels"].values(), *template.get("labels", {}).values()]
        assert all(len(value) <= 63 for value in labels), f"{manifest.reference}: a label's value has 63 at most"
        keys = [key.rpartition("/")[2] for key in template.get("annotations", {})]
        assert all(len(key) <= 63 for key in keys), f"{manifest.reference}: so has an annotation's name"
        limit = 52 if manifest.kind in {"StatefulSet", "Job"} else 63
        if manifest.kind in {"Deployment", "StatefulSet", "Job", "Service"}:
            assert len(manifest.name) <= limit, f"{manifest.reference}: its pods carry the name in a label"


@pytest.mark.parametrize(
    ("patch", "clash"),
    [
        (app(config="postgres-config"), "ConfigMap/postgres-config"),
        (app(secret="postgres-app"), "Secret/postgres-app"),
        (bare("observer-migration"), "ServiceAccount/observer-migration"),
        (bare("default-deny", allowFrom=[{"namespace": "x"}]), "NetworkPolicy/default-deny"),
        (app(config="postgres-apps-identity"), "ConfigMap/postgres-apps-identity"),
    ],
)
def test_names_that_meet_are_refused_with_both_owners(patch, clash):
    with pytest.raises(SettingsRefused) as error:
        plans.plan("dev", patch)
    assert clash in str(error.value), "the second would overwrite the first"
    assert " and by " in str(error.value), "who makes them"
