"""A standalone server, and three members on etcd; both with nightly dumps and the proof that they restore."""

from typing import Any

from components.names import Scope
from components.postgres.monitoring import panels, standalone
from components.postgres.replicated import monitoring as replicated
from components.postgres.replicated.addresses import Addresses
from components.settings.database import Database
from components.settings.monitoring import Monitoring
from tests.rules.scenes import Suite
from tests.rules.series import NAMESPACE
from tests.rules.servers import healthy, loud, quiet

_AMOUNTS = {"cpu": "1", "memory": "1000Mi"}
_SCOPE = Scope(NAMESPACE, {}, False, "cluster.local")
_FRESH = 65
_ANYWHERE = [{"cidr": "0.0.0.0/0", "ports": [443]}]
_STORE = {
    "bucket": "backups",
    "region": "eu-central-1",
    "credentials": {"accessKeyId": {"config": "keyId"}, "secretAccessKey": {"config": "key"}},
    "allowTo": _ANYWHERE,
}


def database(topology: str, service: str, **more: Any) -> Database:
    """The settings of one that is watched."""
    given = {
        "topology": topology,
        "service": service,
        "version": 17,
        "image": "postgres:17-bookworm",
        "name": "shop",
        "roles": {"owner": "shop_owner", "app": "shop_app", "reader": "shop_reader"},
        "storage": {"claim": "shop-data", "size": "10Gi"},
        "resources": {"requests": _AMOUNTS, "limits": _AMOUNTS},
        "monitoring": {"allowFrom": [{"namespace": "monitoring"}], "rules": True, "dashboard": {}},
        "backup": {
            # Each hour, so that a scene need not last for days.
            "dumps": {
                "storage": {"claim": "dumps", "size": "10Gi"},
                "schedule": "@hourly",
                "deadlineSeconds": 600,
                "proof": {"schedule": "@hourly", "deadlineSeconds": 600},
            },
            "snapshots": {"className": "disks", "allowTo": _ANYWHERE, "schedule": "@hourly"},
            "wal": {"s3": _STORE, "schedule": "@hourly", "deadlineSeconds": 1200},
        },
    }
    return Database.model_validate(given | more)


def _settings(of: Database) -> Monitoring:
    assert of.monitoring is not None
    return of.monitoring


ALONE = database("standalone", healthy.STANDALONE)
_WATCHED = standalone.watched(_SCOPE, ALONE, "database")
STANDALONE = Suite(
    "standalone",
    healthy.STANDALONE,
    standalone.rules(_WATCHED, ALONE, _settings(ALONE)),
    panels.of_servers(_WATCHED, ALONE.resources.limits, counted=True),
    healthy.standalone,
    loud.STANDALONE,
    quiet.common(healthy.STANDALONE, f"{healthy.STANDALONE}-0"),
    fresh=_FRESH,
)

MEMBERS = database(
    "replicated", healthy.REPLICATED, replicated={"certificates": {"days": 90, "issuer": {"name": "internal"}}}
)
_ADDRESSES = Addresses(_SCOPE, MEMBERS)
REPLICATED = Suite(
    "replicated",
    healthy.REPLICATED,
    replicated.rules(_ADDRESSES, _settings(MEMBERS)),
    replicated.graphs(*replicated.watched(_ADDRESSES), MEMBERS, counted=True),
    healthy.replicated,
    loud.MEMBERS_LOUD,
    quiet.MEMBERS_QUIET,
    fresh=_FRESH,
)
