"""The stacks under test: every real one, found by its file, and variants with everything optional turned on."""

import functools
import json
from pathlib import Path
from typing import Any

import yaml

from components.compose import Plan, compose
from components.manifest import Manifest
from components.settings import load
from components.settings.system import System
from tests.examples import AUTHORITY, PROMETHEUS, S3

ROOT = Path(__file__).resolve().parent.parent.parent
STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
PREFIX = "postgres-apps:"


def file_config(stack: str) -> dict[str, Any]:
    """The `config` of the stack's file, with full keys."""
    return yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]


OBSERVERS = [stack for stack in STACKS if file_config(stack)[f"{PREFIX}system"] == "observer"]
"""The stacks of the Observer: an app, and a standalone database."""

EVERYTHING: dict[str, Any] = {
    "keep": True,
    "labels": {"team": "data"},
    "namespace": {
        "name": "observer-full",
        "quota": {"requests.cpu": "8", "count/jobs.batch": 20},
        "containerDefaults": {
            "requests": {"cpu": "50m", "memory": "64Mi"},
            "limits": {"cpu": "500m", "memory": "256Mi"},
        },
    },
    "pullSecrets": {"second": {"registry": "r.example.org", "username": 'a"b', "password": {"generate": 40}}},
    "database": {
        "storage": {"storageClass": "fast", "accessMode": "ReadWriteOncePod"},
        "parameters": {"jit": True, "log_min_duration_statement": 250, "random_page_cost": 1.0},
        "nodeSelector": {"disk": "ssd"},
        "monitoring": {
            **PROMETHEUS,
            "rules": True,
            "labels": {"release": "prometheus"},
            "thresholds": {"cpu": 90},
            "dashboard": {"namespace": "grafana"},
        },
        "schema": {"folder": "sql/bill-inquiry", "extensions": ["uuid-ossp"]},
    },
    "apps": {
        "observer": {
            "command": ["python3"],
            "args": ["-m", "observer"],
            "connection": {"presets": ["db", "libpq", "url", "jdbc"], "variables": {"MY_HOST": "host"}},
            "nodeSelector": {"disk": "ssd"},
            "volumes": {"cache": {"path": "/var/cache/observer", "scratch": "100Mi"}},
            "secrets": {"SESSION_KEY": {"generate": 64}},
            "allowFrom": [
                {"namespace": "ingress-nginx", "pods": {"app": "nginx"}},
                {"cidr": "10.0.0.0/8", "butNot": ["10.1.0.0/16"]},
                {"pods": {"app.kubernetes.io/name": "second"}},
            ],
            "expose": {
                "host": "observer.example.org",
                "className": "nginx",
                "tlsSecret": "observer-tls",
                "annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "8m"},
            },
            "monitoring": {
                "labels": {"release": "prometheus"},
                "alerts": {"ObserverDown": {"expression": "up == 0", "severity": "critical", "summary": "It is down."}},
            },
        },
        # The least that an app can be.
        "second": {
            "image": "example.org/second:1",
            "replicas": 0,
            "port": 8080,
            "probes": {"health": "/", "ready": "/"},
            "user": 1001,
            "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"cpu": "1", "memory": "64Mi"}},
        },
    },
}
"""A merge patch on dev: each optional part of the settings is given."""

REPLICATED: dict[str, Any] = {"database": {"topology": "replicated"}}
SHARED: dict[str, Any] = {"database": {"topology": "shared"}}
"""The one word that is another topology."""

TENANTS: dict[str, Any] = {
    "shop": {
        "namespace": "shop",
        "connection": {"presets": ["libpq", "url"]},
        "role": "app",
        "extensions": ["pg_trgm", "vector"],
        "schemas": ["sales", "stock"],
        "connections": 60,
        "pooler": {"instances": 3, "mode": "session"},
        "pods": {"app.kubernetes.io/name": "shop"},
    },
    # Two in one namespace, of which one is the least that a tenant can be.
    "reports-2": {
        "namespace": "office",
        "database": "reports",
        "connection": {"presets": ["db"]},
        "role": "reader",
        "config": "reports-places",
        "secret": "reports-words",
        "pods": {"app": "reports"},
    },
    "wiki": {"namespace": "office", "connection": {"presets": ["jdbc"]}},
}
"""Every way to be a tenant."""


def engine_config(stack: str) -> dict[str, str]:
    """The same as the engine hands it over: texts as they are, everything else as JSON."""
    return {key: v if isinstance(v, str) else json.dumps(v) for key, v in file_config(stack).items()}


def layered(patch: Any, more: Any) -> Any:
    """One merge patch on top of another, as one; a null stays, for it removes what the system's file has."""
    if not (isinstance(patch, dict) and isinstance(more, dict)):
        return more
    return patch | {key: layered(patch.get(key), value) for key, value in more.items()}


def with_operator(version: str) -> dict[str, Any]:
    """A shared Cluster with all that it can have, as an operator of this version is told."""
    shared = {
        "operator": version,
        "instances": 3,
        "synchronous": "strict",
        "spread": "required",
        "poolerImage": "ghcr.io/cloudnative-pg/pgbouncer:1.24.1",
        "backup": {"s3": S3, "generation": 2},
        "recovery": {"generation": 1, "target": {"time": "2026-11-20T14:05:00+00:00"}},
    }
    return {"database": {"topology": "shared", "shared": shared}, "tenants": TENANTS}


ARCHIVED: dict[str, Any] = {
    "keep": True,
    "database": {
        "backup": {"wal": {"s3": {**S3, "authority": AUTHORITY}, "encrypt": {"config": "passphrase"}, "generation": 2}},
        "recovery": {"generation": 1, "target": {"time": "2026-11-20T14:05:00+00:00"}},
    },
}
"""A history that began with the one before it."""


VARIANTS: dict[str, dict[str, Any]] = {
    "archived": ARCHIVED,
    "archived-replicated": layered(ARCHIVED, REPLICATED),
    "everything": EVERYTHING,
    "everything-replicated": layered(
        EVERYTHING,
        {"database": {"topology": "replicated", "replicated": {"certificates": {"issuer": {"name": "internal"}}}}},
    ),
    "everything-shared": layered(EVERYTHING, with_operator("1.30")),
    "everything-shared-1.28": layered(EVERYTHING, with_operator("1.28")),
}
"""Name → merge patch on dev."""

EVERY = [*STACKS, *VARIANTS]
"""What must hold for every stack is asked of all of these."""

WITH_OBSERVER = [*OBSERVERS, *VARIANTS]

CONSUMERS = [stack for stack in STACKS if "external" in file_config(stack).get(f"{PREFIX}database", {})]
"""The stacks whose database is another one's."""

WITH_SERVER = [stack for stack in EVERY if stack not in CONSUMERS]

WITH_OPERATOR = [stack for stack in EVERY if "shared" in stack or "databases" in stack]
"""The stacks and variants whose servers are a Cluster of CloudNativePG."""


def decoded(stack: str = "dev", patch: dict[str, Any] | None = None) -> load.Stack:
    """A stack, or a variant, with `patch` merged on top."""
    if stack in VARIANTS:
        stack, patch = "dev", layered(VARIANTS[stack], patch or {})
    given = load.from_file(stack)
    whole = layered(given.patch, patch or {})
    return load.decode(load.Configuration(stack, whole, given.secrets))


def system(stack: str = "dev", patch: dict[str, Any] | None = None) -> System:
    """The settings of a stack, or of a variant, with `patch` merged on top."""
    return decoded(stack, patch).system


def plan(stack: str = "dev", patch: dict[str, Any] | None = None) -> Plan:
    """The plan of a stack with `patch` merged on top."""
    found = decoded(stack, patch)
    return compose(found.system, found.provider)


def others(stack: str) -> dict[str, dict[str, Any]]:
    """Full name → outputs, once it is up, of the stack that this one consumes."""
    found = decoded(stack)
    external = found.system.database.external
    if found.provider is None or external is None:
        return {}
    return {f"organization/postgres-apps/{external.stack}": compose(found.provider).outputs}


@functools.cache
def every_plan() -> dict[str, Plan]:
    """Stack or variant → plan."""
    return {stack: plan(stack) for stack in EVERY}


def dumps(stack: str) -> bool:
    """Whether the database of a stack is dumped."""
    backup = system(stack).database.backup
    return backup is not None and backup.dumps is not None


def one_watches(stack: str) -> bool:
    """Whether an exporter of its own watches the database of a stack."""
    database = system(stack).database
    return database.is_standalone and database.monitoring is not None


def one(plan: Plan, kind: str, name: str) -> Manifest:
    """The object of this kind and name; a Job's name goes on with a digest."""
    named = [(m, m.name.rpartition("-")[0] if kind == "Job" else m.name) for m in plan.manifests if m.kind == kind]
    found = [m for m, its_name in named if its_name == name]
    assert len(found) == 1, f"{kind}/{name} is there {len(found)} times, among {[m.name for m in plan.manifests]}"
    return found[0]


def workloads(plan: Plan) -> list[Manifest]:
    """Whatever makes pods."""
    return [m for m in plan.manifests if m.kind in {"Deployment", "StatefulSet", "Job", "CronJob"}]


def template(workload: Manifest) -> dict[str, Any]:
    """The template of its pods."""
    spec = workload.body["spec"]
    return spec["jobTemplate"]["spec"]["template"] if workload.kind == "CronJob" else spec["template"]


def claimed(stateful_set: Manifest) -> list[list[str]]:
    """The names of the claims that each pod of a StatefulSet's templates looks for, pod by pod."""
    spec = stateful_set.body["spec"]
    volumes = [one["metadata"]["name"] for one in spec.get("volumeClaimTemplates", ())]
    return [[f"{name}-{stateful_set.name}-{n}" for name in volumes] for n in range(spec.get("replicas", 0))]


def pod_specs(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    """(name, spec) of every kind of pod; of each pod, where a StatefulSet's controller adds its own claims to it."""
    found = []
    for manifest in workloads(plan):
        spec, name = template(manifest)["spec"], f"{manifest.kind}/{manifest.name}"
        volumes = [one["metadata"]["name"] for one in manifest.body["spec"].get("volumeClaimTemplates", ())]
        if not volumes:
            found.append((name, spec))
            continue
        for number, claims in enumerate(claimed(manifest)):
            own = [
                {"name": volume, "persistentVolumeClaim": {"claimName": claim}}
                for volume, claim in zip(volumes, claims, strict=True)
            ]
            found.append((f"{name}-{number}", {**spec, "volumes": [*spec["volumes"], *own]}))
    return found


def containers(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The containers of a pod, those that run first included."""
    return [*spec.get("initContainers", []), *spec["containers"]]
