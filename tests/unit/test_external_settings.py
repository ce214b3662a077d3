"""`topology: external`: what its settings refuse, and how they say it."""

from pathlib import Path
from typing import Any

import external
import plans
import pytest
from external import CLOUD, PODS, Two
from refused import refusal

from components.settings.mistakes import Mistake, SettingsRefused


def mistake(patch: dict[str, Any]) -> Mistake:
    (only,) = refusal(patch).mistakes
    return only


def refused(two: Two) -> Mistake:
    with pytest.raises(SettingsRefused) as found:
        two.decoded()
    (only,) = found.value.mistakes
    return only


def without(names: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {key: value for key, value in names.items() if key not in fields}


def test_one_word_and_where_it_is_are_enough(tmp_path: Path) -> None:
    plans.system("dev", external.of(CLOUD))
    plans.system("dev", external.of(PODS))
    assert Two(tmp_path).decoded().provider is not None, "the settings of the other stack come along"


def test_an_app_may_have_the_claim_that_the_unused_storage_names() -> None:
    claim = {"storage": {"claim": "observer-data-pvc"}}
    system = plans.system("dev", plans.layered(external.of(CLOUD), {"database": claim}))
    assert system.database.is_external, "nothing of `storage` is made, so nothing can be shared"


def test_a_server_that_is_not_here_needs_no_claim_no_roles_and_no_resources() -> None:
    section = plans.load.from_file("docspell-dev").patch["database"]
    assert not {"storage", "roles", "resources"} & section.keys(), "the example states none"
    assert plans.system("docspell-dev").database.is_external


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (None, "`external` beside `topology: external`"),
        ({}, "none of them"),
        ({"stack": "databases-dev"}, "`stack` and `tenant`"),
        (CLOUD | {"stack": "databases-dev", "tenant": "observer"}, "stack and tenant and host"),
        (without(CLOUD, "users"), "`users`"),
        (without(CLOUD, "cidr"), "one of `pods` and `cidr`"),
        (PODS | {"cidr": "10.0.0.0/8"}, "both"),
        (PODS | {"host": "pg.example.org"}, "service.namespace.svc"),
        (CLOUD | {"users": {"app": "a", "owner": "o"}}, "only secrets.reader"),
        (CLOUD | {"host": "No Host"}, "a DNS name in lower case"),
        (CLOUD | {"keys": ["pasword"]}, "uri"),
        (CLOUD | {"cidr": "10.0.0.0/33"}, "a network such as"),
        (PODS | {"host": "pg"}, "observer-dev"),
        (PODS | {"pods": {"namespace": "elsewhere", "labels": {"app": "pg"}}}, "pods of its own namespace only"),
        (CLOUD | {"users": {"app": "a"}, "secrets": {"app": "s"}}, "observer has one"),
    ],
)
def test_what_does_not_fit_together_is_refused(names: dict[str, Any] | None, says: str) -> None:
    found = mistake(external.of(names))
    assert found.path.startswith("database"), "told where it stands"
    assert says in str(found), f"said: {found}"


def test_an_unknown_stack_is_told_with_the_nearest(tmp_path: Path) -> None:
    found = refused(Two(tmp_path).consume(stack="database-dev", tenant="observer"))
    assert (found.file, found.path) == ("Pulumi.dev.yaml", "database.external.stack")
    assert "databases-dev" in found.do, "the nearest name"
    assert "dev," not in found.allowed.replace("-dev,", ""), "a stack does not consume itself"


def test_a_stack_without_a_shared_cluster_is_refused(tmp_path: Path) -> None:
    found = refused(Two(tmp_path).consume(stack="prod", tenant="observer"))
    assert "prod, whose topology is standalone" in found.found
    assert "topology: shared" in found.do


def test_two_stacks_that_consume_each_other_are_refused_and_no_endless_search(tmp_path: Path) -> None:
    two = Two(tmp_path).consume(stack="docspell-dev", tenant="observer")
    two.change("docspell-dev", database={"external": {"stack": "dev", "tenant": "docspell"}})
    assert "neither of two can consume the other" in refused(two).found


def test_an_unknown_tenant_is_told_with_the_nearest_and_the_lines_to_write(tmp_path: Path) -> None:
    found = refused(Two(tmp_path).consume(stack="databases-dev", tenant="obsever"))
    assert found.path == "database.external.tenant"
    assert found.allowed == "docspell, observer", "those that there are"
    assert "`observer`" in found.do and "tenants: {obsever: {namespace: observer-dev}}" in found.do


def test_a_tenant_of_another_namespace_is_refused_with_both_names(tmp_path: Path) -> None:
    found = refused(Two(tmp_path).consume(stack="databases-dev", tenant="docspell"))
    assert "docspell" in found.found and "observer-dev" in found.allowed, "its Secrets are elsewhere"


def test_a_cluster_of_another_domain_is_refused(tmp_path: Path) -> None:
    found = refused(Two(tmp_path).change("databases-dev", cluster={"domain": "other.local"}))
    assert "other.local" in found.found and "cluster.local" in found.allowed


def test_a_mistake_in_the_other_file_is_told_at_that_file(tmp_path: Path) -> None:
    found = refused(Two(tmp_path).change("databases-dev", database={"version": 99}))
    assert (found.file, found.path) == ("Pulumi.databases-dev.yaml", "database.version")
