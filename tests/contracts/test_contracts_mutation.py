"""A sample of the mutation suite; all of it: python -m tests.contracts.mutation."""

import re
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import judge, verify
from contracts.fronts import machine, text
from tests.contracts.mutation import stacks
from tests.contracts.mutation.breaks import mutants
from tests.contracts.mutation.edited import edited
from tests.contracts.mutation.excluded import RULES, Why, rule_for
from tests.contracts.mutation.facts import Facts
from tests.contracts.mutation.harmless import EDITS, order
from tests.contracts.mutation.score import score

SAMPLE = 41
"""A prime, so that no stack's own period keeps a field out of the sample."""


def test_every_stack_holds_before_anything_is_broken() -> None:
    for stack, objects in stacks.every().items():
        assert verify(objects) == [], f"{stack}: what is found here would hide whether a mutant is found"


def test_every_broken_reference_of_the_sample_is_found_and_nothing_else() -> None:
    result = score(every=SAMPLE)
    print(result.told())
    assert result.lost == 0, f"broken and not found:\n{result.told()}"
    assert result.alarms == [], f"found and not broken:\n{result.told()}"


def test_edits_that_change_nothing_that_matters_are_left_alone() -> None:
    result = edited(every=17)
    print(result.told())
    assert result.alarms == [], f"nothing was broken:\n{result.told()}"


_REFERENCES = ("secretRef.name", "claimName", "secretKeyRef.key", "secretKeyRef.name", "secret.secretName")
_PLAIN = [edit for edit in EDITS if edit is not order.what_a_cluster_adds]


@settings(max_examples=15, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(sorted(stacks.every())),
    st.lists(st.tuples(st.sampled_from(_PLAIN), st.integers(0, 200)), min_size=2, max_size=4, unique_by=lambda t: t[0]),
)
def test_several_harmless_edits_together_are_harmless_too(stack: str, chosen: list) -> None:
    objects, done = stacks.every()[stack], []
    for edit, number in chosen:
        for what, copy in islice(edit(objects), number % 5, number % 5 + 1):
            objects = copy
            done.append(f"{edit.__name__} {what}")
    assert verify(objects) == [], f"after {', then '.join(done)} of {stack} everything is as it was"


def _with_values(value: Any) -> Any:
    """The same with a real value in place of every marker of a secret."""
    if isinstance(value, str):
        return re.sub(r"<(?:generated|configured) [^<>]+>", "s3cr3t-v4lue", value)
    if isinstance(value, dict):
        return {key: _with_values(item) for key, item in value.items()}
    return [_with_values(item) for item in value] if isinstance(value, list) else value


def test_no_secret_stands_in_anything_that_is_told_of_a_broken_stack() -> None:
    objects, told = stacks.every()["everything"], 0
    broken = [mutant for mutant in mutants(objects) if mutant.place.kind == "Secret" and mutant.way != "gone"]
    for mutant in broken[::3]:
        report = judge(_with_values(mutant.of(objects)))
        for form in (text.told, machine.as_json, machine.as_sarif, machine.as_github):
            assert "s3cr3t" not in form(report), f"{mutant} makes {form.__name__} tell a secret"
            told += bool(report.broken)
    assert told > 20, "findings were told, or this proves nothing"


def test_every_rule_of_exclusion_excludes_something() -> None:
    used = set()
    variants = ("everything", "everything-replicated", "everything-shared", "archived-replicated")
    for stack in (*variants, "bill-inquiry-dev", "bill-inquiry-prod"):
        facts = Facts(stacks.every()[stack])
        used |= {rule.reason for mutant in mutants(facts.objects) if (rule := rule_for(mutant, facts))}
    unused = {rule.reason for rule in RULES} - used
    assert not unused, "a rule that excludes nothing hides the next survivor"


@pytest.mark.parametrize("stack", ["prod", "pg-ha", "everything-shared"])
def test_no_rule_hides_a_reference_to_a_secret(stack: str) -> None:
    facts = Facts(stacks.every()[stack])
    hidden = [
        str(mutant)
        for mutant in mutants(facts.objects)
        if mutant.way == "changed" and mutant.place.shape.endswith(_REFERENCES)
        if (rule := rule_for(mutant, facts)) and rule.why is not Why.SCHEMA
    ]
    assert hidden == [], "these are the references that the suite is for"
