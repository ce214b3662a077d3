"""Across stacks: the Observer of one stack keeps its rows in a tenant's database of another one."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.live import Live, get
from tests.e2e.shared.database import Shared
from tests.e2e.stacks import ROW, SECRET_KEY, Observer, bring_up, remove_namespace, settings
from tests.e2e.trial import Trial

NAME, TENANT = "observer-e2e-consumer", "shop"


@pytest.fixture(scope="module")
def tenancy(shared: Observer) -> Iterator[Trial]:
    """The shared stack with one tenant more, for the namespace of the consumer."""
    tenant = {"namespace": NAME, "connection": {"presets": ["libpq"]}}
    with shared.trial.having({"tenants": {TENANT: tenant}}):
        yield shared.trial
    shared.trial.up()
    remove_namespace(Live(NAME, shared.live.kubectl_words), wait=False)


@pytest.fixture(scope="module")
def consumer(tenancy: Trial) -> Trial:
    """A second stack of the same program and backend: the Observer, with the tenant's database in place of its own."""
    trial = tenancy.beside(NAME)
    trial.change(settings(NAME))
    trial.change({"database": {"topology": "external", "external": {"stack": tenancy.name, "tenant": TENANT}}})
    trial.pulumi("config", "set", "--secret", "kisAppKey", stdin=SECRET_KEY, code=0)
    return trial


def test_a_preview_says_that_the_other_stack_comes_first(tenancy: Trial, consumer: Trial) -> None:
    assert f"`pulumi up -s {tenancy.name}` comes first" in consumer.preview().text
    ended = consumer.up(code=None)
    assert ended.code != 0 and "nothing was touched" in ended.text, "its tenant is not there yet"


def test_an_app_of_another_stack_keeps_its_rows_in_its_tenants_database(
    tenancy: Trial, consumer: Trial, cluster: Shared
) -> None:
    tenancy.up()
    observer = bring_up(consumer)
    found = cluster.superuser("SELECT symbol FROM observation", TENANT)
    assert (ROW["symbol"],) in found, "the row that the app was given through its own Service"
    answer = get(f"{observer.url}/observations")
    assert ROW["symbol"] in answer.text, answer.text
    assert not consumer.live.objects("statefulsets"), "no server of its own"


def test_another_tenants_name_is_refused_with_the_nearest(consumer: Trial) -> None:
    with consumer.having({"database": {"external": {"tenant": "shopp"}}}):
        ended = consumer.preview(code=None)
    assert ended.code != 0 and TENANT in ended.text, json.dumps(ended.text)
    assert "nothing was touched" in ended.text


def test_the_consumer_goes_and_the_data_stays(consumer: Trial, cluster: Shared) -> None:
    consumer.destroy()
    assert cluster.superuser("SELECT count(*) > 0 FROM observation", TENANT) == [(True,)], "it is the other stack's"
