"""The other stack is asked what it made, by the real __main__.py, before anything of this one is registered."""

from typing import Any

import plans
import pulumi
import pytest
from engine import Recording, main_program, record

OTHER = "organization/postgres-apps/databases-dev"


def run(stacks: dict[str, Any], *, preview: bool = False, verify: bool = True) -> Recording:
    """What docspell-dev registers where there are these other stacks; the exception where it is refused."""
    config = plans.engine_config("docspell-dev")
    if not verify:
        key = plans.PREFIX + "database"
        config[key] = '{"external": {"stack": "databases-dev", "verify": false}}'
    recording = Recording(stacks=stacks)
    return record(main_program, stack_name="docspell-dev", config=config, secrets={}, into=recording, preview=preview)


def refused(stacks: dict[str, Any], *, preview: bool = False) -> str:
    with pytest.raises(pulumi.RunError) as error:
        run(stacks, preview=preview)
    return str(error.value)


def changed(**told: Any) -> dict[str, Any]:
    """The other stack, up, with its tenant's output changed."""
    outputs = plans.others("docspell-dev")[OTHER]
    return {OTHER: outputs | {"tenants": {"docspell": outputs["tenants"]["docspell"] | told}}}


def test_a_stack_that_is_as_its_file_has_it_passes_without_a_word() -> None:
    recording = run(plans.others("docspell-dev"))
    assert recording.of_type("Deployment"), "both apps are registered"
    assert "databases-dev" not in " ".join(recording.messages)


def test_numbers_may_come_back_with_a_point() -> None:
    assert run(changed(port=5432.0)).resources, "the engine has no whole numbers"


@pytest.mark.parametrize(
    "stacks", [{}, {OTHER: {}}, {OTHER: {"tenants": {}}}], ids=["no stack", "never up", "no tenant"]
)
def test_a_stack_that_is_not_up_is_a_warning_in_a_preview_and_a_refusal_in_up(stacks: dict[str, Any]) -> None:
    told = " ".join(run(stacks, preview=True).messages)
    assert "`pulumi up -s databases-dev` comes first" in told, "a preview goes on, and says what will be missing"
    recording = Recording(stacks=stacks)
    with pytest.raises(pulumi.RunError, match=r"nothing was touched.*comes first"):
        config = plans.engine_config("docspell-dev")
        record(main_program, stack_name="docspell-dev", config=config, secrets={}, into=recording)
    assert recording.resources == [], "not even a provider"


@pytest.mark.parametrize("preview", [True, False])
def test_a_stack_that_says_something_else_is_refused_with_both(preview: bool) -> None:
    text = refused(changed(host="elsewhere.svc"), preview=preview)
    assert "host elsewhere.svc by its last `up`" in text
    assert "postgresql-shared-rw.databases.svc.cluster.local by its file" in text


def test_another_name_of_a_secret_is_seen_too() -> None:
    outputs = plans.others("docspell-dev")[OTHER]["tenants"]["docspell"]
    text = refused(changed(credentials=outputs["credentials"] | {"app": "docspell-postgresql-app-external"}))
    assert "docspell-postgresql-app-external" in text, "pods would wait for a Secret that is called otherwise"


def test_it_can_be_turned_off() -> None:
    assert run({}, verify=False).resources, "whoever has no access to the other stack's state may say so"
