"""CloudNativePG itself on the embedded node, in both versions, before anything of the program's runs on it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from devcluster import cluster
from devcluster.build import versions
from devcluster.operators import release
from devcluster.operators.release import NoOperator
from tests.e2e.live import Live, wait_for
from tests.e2e.shared import operators
from tests.e2e.shared.plain import HEALTHY_WITHIN, ROLE, Plain

Operator = Callable[[str], None]

WHO = "SELECT current_user, ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


@pytest.mark.parametrize("minor", versions.CLOUDNATIVEPG)
def test_a_role_reaches_its_database_over_verified_tls(operator: Operator, tmp_path: Path, minor: str) -> None:
    operator(minor)
    plain = Plain("cnpg-e2e", tmp_path)
    try:
        plain.bring_up(minor)
        assert plain.ask(WHO) == [(ROLE, True, "TLSv1.3")], "the name in the certificate is the Service's"
        with pytest.raises(NoOperator, match="Cluster/cnpg-e2e/plain"):
            operators.remove()
        assert plain.ask("SELECT 1") == [(1,)], "nothing of it was touched"
    finally:
        plain.remove()


def test_an_operator_that_is_replaced_by_a_newer_one_keeps_its_databases(operator: Operator, tmp_path: Path) -> None:
    older, newer = versions.CLOUDNATIVEPG
    operator(older)
    plain = Plain("cnpg-e2e", tmp_path)
    try:
        plain.bring_up(older)
        plain.ask("CREATE TABLE kept AS SELECT 42 AS number")
        operators.upgrade(newer)
        wait_for("an instance that the newer operator started", lambda: plain.started_by() == newer, HEALTHY_WITHIN)
        wait_for("a healthy Cluster", plain.healthy, HEALTHY_WITHIN)
        assert plain.ask("SELECT number FROM kept") == [(42,)], "the volume stays where the pod is replaced"
        with pytest.raises(NoOperator, match=r"going back to 1\.28 is not supported"):
            operators.upgrade(older)
    finally:
        plain.remove()


def test_nothing_is_left_of_an_operator_that_was_taken_away(operator: Operator) -> None:
    operator(max(versions.CLOUDNATIVEPG))
    assert operators.remove(), "it was there"
    live = Live("default", tuple(cluster.EMBEDDED.kubectl()))
    kinds = "namespaces,customresourcedefinitions,clusterroles,clusterrolebindings,mutatingwebhookconfigurations"
    found = json.loads(live.kubectl("get", f"{kinds},validatingwebhookconfigurations", "-o", "json"))["items"]
    names = [f"{one['kind']} {one['metadata']['name']}" for one in found]
    assert not [name for name in names if "cnpg" in name], "a cluster is as it was before"
    assert not live.objects("persistentvolumes", "-l", f"{release.GROUP}/cluster"), "no volume either"
