"""Settings of backups, recovery and monitoring that hold, as a file has them, and what is made of them."""

from typing import Any

from components.names import Scope
from components.settings.backup import Backup, Recovery
from components.settings.monitoring import Monitoring
from components.settings.sources import Sources
from components.settings.workload import Amounts
from tests.examples import PROMETHEUS, S3

SERVICE = "postgresql-shared"

AWS: dict[str, Any] = {
    "bucket": "backups",
    "inheritFromIAMRole": True,
    "serviceAccountAnnotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/backups"},
    "allowTo": [{"cidr": "0.0.0.0/0", "ports": [443]}],
}
LIMITS = Amounts(cpu="2", memory="1Gi")


def backup(**changed: Any) -> Backup:
    """Backups to a MinIO; `changed` are further keys, or other values of them."""
    return Backup.model_validate({"s3": S3} | changed)


def in_store(**changed: Any) -> Backup:
    """Backups with a store that differs from the MinIO in `changed`; None takes a key away."""
    store = {key: value for key, value in (S3 | changed).items() if value is not None}
    return Backup.model_validate({"s3": store})


def recovery(**given: Any) -> Recovery:
    """A recovery with just these keys."""
    return Recovery.model_validate(given)


def monitoring(**given: Any) -> Monitoring:
    """Metrics for the Prometheus of another namespace, and these keys."""
    return Monitoring.model_validate(PROMETHEUS | given)


def scope(*, keep: bool = True) -> Scope:
    """The scope of a stack in the namespace `databases`, with a store of External Secrets."""
    sources = Sources.model_validate({"external": {"store": "vault"}})
    return Scope("databases", {"app.kubernetes.io/part-of": "databases"}, keep, "cluster.local", sources=sources)
