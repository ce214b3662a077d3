"""Everything that backups and monitoring add, against the CRDs of the operator, its plugin and Prometheus's."""

import pytest
import shared_backups as given
from shared_backups import LIMITS, SERVICE, backup, in_store, monitoring, recovery, scope

from components.manifest import shown
from components.postgres.shared import backup as backups
from components.postgres.shared import monitoring as watching
from tests import crds

PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"
BASE = "20260102T030405"
CASES = {
    "MinIO": (backup(compression="lz4", walCompression="xz", encryption="aws:kms"), None),
    "a store with all it can have": (in_store(region="eu-central-1", authority=PEM), None),
    "a role": (backup(s3=given.AWS), None),
    "a moment": (backup(generation=2), recovery(generation=1, target={"time": "2026-01-02T03:04:05Z"})),
    "a place in the WAL": (backup(generation=2), recovery(generation=1, target={"lsn": "0/1", "exclusive": True})),
    "a transaction": (backup(generation=2), recovery(generation=1, backup=BASE, target={"xid": 1000})),
    "a name": (backup(generation=2), recovery(generation=1, backup=BASE, target={"name": "before"})),
    "a consistent state": (backup(generation=2), recovery(generation=1, backup=BASE, target={"immediate": True})),
    "another store": (backup(), recovery(server="other-4", s3=given.AWS)),
}
OURS = {"Secret", "NetworkPolicy"}
"""Kinds of Kubernetes itself; test_manifests_schemas.py looks at those."""


def judged(operator, body):
    return crds.mistakes(shown(body), operator)


@pytest.mark.parametrize("operator", crds.OPERATORS)
@pytest.mark.parametrize("case", CASES)
def test_backups_and_recoveries_fit_the_operator_and_its_plugin(case, operator):
    settings, source = CASES[case]
    found = [m.body for m in backups.render(scope(), SERVICE, settings, source) if m.kind not in OURS]
    spec = {"instances": 1, "storage": {"size": "1Gi"}} | backups.cluster_fields(SERVICE, settings, source)
    cluster = {
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "metadata": {"name": SERVICE, "namespace": "databases"},
        "spec": spec,
    }
    assert {body["kind"] for body in found} == {"ObjectStore", "ScheduledBackup"}
    for body in (*found, cluster):
        assert judged(operator, body) == [], "the API server would refuse it, or drop the field"


@pytest.mark.parametrize("operator", crds.OPERATORS)
def test_monitoring_fits_prometheus_s_operator(operator):
    settings = monitoring(rules=True, labels={"release": "prometheus"}, runbooks="https://wiki.example.org/alerts")
    found = [m.body for m in watching.render(scope(), SERVICE, 3, LIMITS, settings, backup()) if m.kind not in OURS]
    assert {body["kind"] for body in found} == {"PodMonitor", "PrometheusRule"}
    for body in found:
        assert judged(operator, body) == [], "the API server would refuse it, or drop the field"
