"""What an exporter, and Prometheus itself, are told of a database is judged as what an app is told."""

import pytest
import yaml
from contract_examples import found
from contract_sets import app, postgres, service

from contracts.catalogue import connection
from contracts.index import Index


def judged(**environment):
    index = Index([app(**environment), postgres(), service()])
    return [violation for contract in connection.CONTRACTS for violation in contract.check(index)]


def test_an_exporter_that_names_its_server_rightly_is_left_alone() -> None:
    right = {"DATA_SOURCE_URI": "postgres:5432/shop?sslmode=disable", "DATA_SOURCE_USER": "shop"}
    assert judged(**right, DATA_SOURCE_PASS="right") == []
    assert judged(DATA_SOURCE_URI="127.0.0.1:5432/postgres?sslmode=require") == [], "its own pod's is nobody's Service"


@pytest.mark.parametrize(
    ("uri", "user", "contract", "said"),
    [
        ("postgre:5432/shop", "shop", "N01", "DATA_SOURCE_URI=postgre"),
        ("postgres:5433/shop", "shop", "N02", "5433"),
        ("postgres:5432/shopp?sslmode=disable", "shop", "N03", "DATA_SOURCE_URI=shopp"),
        ("postgres:5432/shop", "shpo", "N04", "DATA_SOURCE_USER=shpo"),
    ],
)
def test_a_slip_in_what_an_exporter_is_told_is_found(uri: str, user: str, contract: str, said: str) -> None:
    (violation,) = judged(DATA_SOURCE_URI=uri, DATA_SOURCE_USER=user)
    assert violation.contract == contract, "nothing is measured, and the alerts are silent"
    assert said in violation.found


_MONITOR = """{apiVersion: monitoring.coreos.com/v1, kind: PodMonitor, metadata: {name: pg, namespace: shop},
  spec: {podMetricsEndpoints: [{port: patroni, scheme: https, tlsConfig: {%s}}]}}"""
_AUTHORITY = "{apiVersion: v1, kind: ConfigMap, metadata: {name: pg-ca, namespace: shop}, data: {ca.crt: x}}"


@pytest.mark.parametrize(
    ("tls", "path", "word"),
    [
        ("ca: {configMap: {name: pg-cca, key: ca.crt}}", "ca.configMap.name", "pg-cca"),
        ("ca: {configMap: {name: pg-ca, key: ca.cert}}", "ca.configMap.name", "ca.cert"),
        ("ca: {secret: {name: pg-tls, key: ca.crt}}", "ca.secret.name", "pg-tls"),
        ("keySecret: {name: pg-tls, key: tls.key}", "keySecret.name", "pg-tls"),
    ],
)
def test_the_authority_by_which_prometheus_knows_a_target_is_there(tls: str, path: str, word: str) -> None:
    (violation,) = found("S07", yaml.safe_load(_MONITOR % tls), yaml.safe_load(_AUTHORITY))
    assert violation.path == f"spec.podMetricsEndpoints[0].tlsConfig.{path}"
    assert word in violation.found, "the target is left out, and nothing says so"


def test_and_one_that_is_there_is_left_alone() -> None:
    monitor = yaml.safe_load(_MONITOR % "ca: {configMap: {name: pg-ca, key: ca.crt}}")
    assert found("S07", monitor, yaml.safe_load(_AUTHORITY)) == []
