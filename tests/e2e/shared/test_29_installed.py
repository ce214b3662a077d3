"""The operator, installed by the stack itself, on a cluster that has none; and what stays of it."""

from collections.abc import Iterator, Mapping

import pytest
import yaml

from devcluster import images
from devcluster.images import cloudnativepg
from devcluster.operators import release, running
from tests.e2e.shared import operators
from tests.e2e.shared.database import Shared
from tests.e2e.shared.settings import NEWER, OLDER, SHARED, of
from tests.e2e.stacks import make_trial, remove_namespace
from tests.e2e.trial import Trial


@pytest.fixture(scope="module")
def stack(node_environment: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A shared Cluster without apps, whose stack is asked to bring the operator, on a cluster without one."""
    operators.load(*images.named(SHARED), cloudnativepg.IMAGES[NEWER])
    with operators.kept():
        operators.remove()
        trial = make_trial("operator-e2e", tmp_path_factory.mktemp("operator"), node_environment)
        for minor in (OLDER, NEWER):
            with (trial.place / "program" / f"{minor}.yaml").open("w") as file:
                yaml.dump_all(release.objects(minor), file, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper))
        trial.change({"database": of(NEWER, install=f"{NEWER}.yaml"), "apps": {"observer": None}})
        trial.pulumi("config", "rm", "kisAppKey", code=0)
        try:
            yield trial
        finally:
            remove_namespace(trial.live)


def test_one_up_on_a_cluster_without_an_operator_ends_with_a_database(stack: Trial) -> None:
    stack.preview()
    assert operators.there() == "", "a preview touches nothing"
    stack.up()
    assert operators.there() == NEWER
    assert Shared(stack.live).superuser("SELECT 1") == [(1,)]


def test_a_second_up_changes_nothing(stack: Trial) -> None:
    preview = stack.preview("--expect-no-changes")
    assert preview.code == 0, preview.text


def test_an_older_operator_is_refused_at_preview_by_the_version_that_is_there(stack: Trial) -> None:
    with stack.having({"database": {"shared": {"operator": OLDER, "install": f"{OLDER}.yaml"}}}):
        ended = stack.preview(code=None)
    assert ended.code != 0 and "what 1.30.0 has written may mean nothing to it" in ended.text, ended.text


def test_the_operator_stays_when_the_stack_goes_and_a_new_one_takes_it_over(stack: Trial) -> None:
    stack.destroy()
    assert operators.there() == NEWER, "the databases of other stacks need it"
    stack.up()
    assert Shared(stack.live).superuser("SELECT 1") == [(1,)]
    stack.destroy()
    assert not running.served(operators._kubectl()), "nothing is left that needs it"
