"""Settings that nobody combined before: they end in a plan whose contracts hold, or in a refusal; never in between."""

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from components import rendered
from components.compose import compose
from components.diagram import diagram
from components.explain import explain
from components.gate import passed
from components.settings import load
from components.settings.merge import merged
from components.settings.mistakes import SettingsRefused
from tests.examples import AUTHORITY, PROMETHEUS, S3

TENANTS: dict[str, Any] = {
    "shop": {"namespace": "shop", "connection": {"presets": ["libpq", "url"]}, "pooler": {"mode": "session"}},
    "wiki": {"namespace": "office", "connection": {"presets": ["jdbc"]}, "extensions": ["pg_trgm"]},
}
ARCHIVE: dict[str, Any] = {"s3": {**S3, "authority": AUTHORITY}, "encrypt": {"config": "passphrase"}}
LARGE = {"requests": {"cpu": "1", "memory": "4Gi"}, "limits": {"cpu": "2", "memory": "4Gi"}}

TOPOLOGIES: list[dict[str, Any]] = [
    {"topology": "standalone"},
    {"topology": "standalone", "tls": {}},
    {"topology": "standalone", "tls": {"issuer": {"name": "internal", "kind": "ClusterIssuer"}}},
    {"topology": "replicated"},
    {"topology": "replicated", "tls": {}, "replicated": {"synchronous": "quorum", "members": 5}},
    {"topology": "replicated", "replicated": {"certificates": {"issuer": {"name": "internal"}}}},
    {"topology": "shared"},
    {"topology": "shared", "shared": {"instances": 3, "backup": {"s3": S3}}},
]
DUMPS: list[dict[str, Any]] = [
    {"storage": {"claim": "dumps", "size": "5Gi"}},
    {"storage": {"claim": "dumps", "size": "5Gi"}, "proof": {"checks": {"one": {"query": "SELECT 1", "expect": "1"}}}},
    {"s3": S3, "encrypt": {"config": "passphrase"}},
]
OF_A_DATABASE: dict[str, list[Any]] = {
    "monitoring": [{**PROMETHEUS, "rules": True}, {**PROMETHEUS, "rules": True, "statements": True, "dashboard": {}}],
    "schema": [{"folder": "sql/bill-inquiry", "extensions": ["uuid-ossp"]}],
    "passwords": [
        {"app": {"rotation": 1}},
        {"app": {"rotation": 1}, "owner": {"rotation": 2}, "reader": {"rotation": 1}},
        {"app": {"secret": {"name": "theirs", "key": "password"}}},
        {"owner": {"config": "ownerPassword"}},
    ],
    "readers": [[{"role": "reader", "subjects": [{"kind": "Group", "name": "operations"}]}]],
    "clients": [[{"namespace": "reports", "pods": {"app": "reports"}}]],
    "resources": [LARGE],
    "maxConnections": [300],
    "parameters": [{"jit": False, "work_mem": "8MB"}],
}
OF_A_STACK: dict[str, list[Any]] = {
    "keep": [True, False],
    "labels": [{"team": "data"}],
    "namespace": [{"quota": {"requests.cpu": "20", "count/jobs.batch": 20}}],
    "tenants": [TENANTS],
    "apps": [{"observer": {"replicas": 0}}, {"observer": {"replicas": 3}}],
    "pullSecrets": [{"second": {"registry": "r.example.org", "username": "u", "password": {"generate": 40}}}],
}


def some(options: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the keys, each with one of its values."""
    return st.fixed_dictionaries({}, optional={key: st.sampled_from(values) for key, values in options.items()})


def backups() -> st.SearchStrategy[dict[str, Any]]:
    """Dumps, an archive, both, or nothing."""
    each = {"dumps": st.sampled_from(DUMPS), "wal": st.just(ARCHIVE)}
    return st.fixed_dictionaries({}, optional=each).map(lambda chosen: {"backup": chosen} if chosen else {})


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(
    base=st.sampled_from(["dev", "bill-inquiry-dev", "pg-ha", "databases-dev"]),
    topology=st.sampled_from(TOPOLOGIES),
    database=some(OF_A_DATABASE),
    backup=backups(),
    stack=some(OF_A_STACK),
)
def test_any_settings_end_in_a_plan_that_holds_or_in_a_refusal(
    base: str, topology: dict[str, Any], database: dict[str, Any], backup: dict[str, Any], stack: dict[str, Any]
) -> None:
    if base != "dev":
        stack.pop("apps", None)  # there is none to change
    given_there = load.from_file(base)
    patch = merged(given_there.patch, stack | {"database": topology | database | backup})
    try:
        found = load.decode(load.Configuration(base, patch, given_there.secrets))
    except SettingsRefused:
        event("a refusal")
        return
    event("a plan")
    plan = compose(found.system, found.provider)
    passed(found.system, plan)  # raises where a contract is broken
    assert explain(found.system, plan, 100) and diagram(found.system, plan), "whoever has a plan can look at it"
    assert rendered.as_text(rendered.rendered(manifest) for manifest in plan.manifests), "and at its objects"
