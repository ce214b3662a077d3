"""The alerts of a Cluster: what the instances' metrics, and those of Kubernetes, say when something is wrong.

Metrics: CloudNativePG v1.28.0 and v1.30.0 (config/manager/default-monitoring.yaml,
pkg/management/postgres/webserver/metricserver), the Barman Cloud plugin v0.14.0 (internal/cnpgi/instance/metrics.go),
the kubelet's of volumes, and kube-state-metrics' of pods and nodes, which only PostgresZoneShared needs.
Each alert has a section of its name in docs/alerts.md.
"""

from components.postgres.shared.alerts.availability import availability
from components.postgres.shared.alerts.backups import backups
from components.postgres.shared.alerts.load import load
from components.postgres.shared.alerts.watched import cluster

__all__ = ["availability", "backups", "cluster", "load"]
