"""The gate: a plan that can't work registers nothing; a waiver is data, told at every run, refused once stale."""

import json
from typing import Any

import plans
import pulumi
import pytest
from conftest import configured
from engine import Recording, main_program, record

from components import gate

MISPLACED = {"apps": {"observer": {"variables": {"OBSERVER_LOG_DIR": "/var/log/observer"}}}}
"""The variable no longer points to where the code writes its logs, nor to any mount."""


def judged(patch: dict[str, Any]) -> gate.Report:
    """The verdict on dev with `patch` on top."""
    system = plans.system("dev", patch)
    return gate.judged(system, plans.compose(system))


def waivers(*contracts: str) -> dict[str, Any]:
    """Settings that waive these contracts for the Observer's Deployment and its migration."""
    kinds = {"Deployment": "observer"}
    entries = [
        {"contract": contract, "object": f"{kind} {name}", "reason": "its logs go to standard output"}
        for contract in contracts
        for kind, name in kinds.items()
    ]
    return {"waivers": entries}


@pytest.mark.parametrize("stack", plans.STACKS)
def test_every_real_stack_passes(stack: str) -> None:
    assert gate.passed(plans.system(stack), plans.plan(stack)) == [], f"{stack} needs no waiver"


def test_a_stack_with_everything_turned_on_passes_but_for_what_is_outside_of_it() -> None:
    report = judged(plans.EVERYTHING)
    assert report.broken == [], f"found {report.broken}"


def test_a_misplaced_path_is_refused_with_its_whole_story() -> None:
    report = judged(MISPLACED)
    assert not report.holds, "the code writes where nothing is mounted"
    with pytest.raises(gate.ContractsBroken) as refused:
        system = plans.system("dev", MISPLACED)
        gate.passed(system, plans.compose(system))
    assert "OBSERVER_LOG_DIR" in str(refused.value), "the variable is named"
    assert "/opt/platform/runtime/observer/logs" in str(refused.value), "and where the code expects it"


def test_broken_contracts_end_the_run_before_anything_is_registered() -> None:
    recording = Recording()
    apps = json.loads(plans.engine_config("prod")[plans.PREFIX + "apps"])
    apps["observer"] |= MISPLACED["apps"]["observer"]
    config = plans.engine_config("prod") | {plans.PREFIX + "apps": json.dumps(apps)}
    with pytest.raises(pulumi.RunError) as refused:
        record(main_program, stack_name="prod", config=config, secrets=configured("prod"), into=recording)
    assert "nothing was touched" in str(refused.value), "the message says that nothing happened"
    assert recording.resources == [], "not even a provider may be registered by then"


def test_a_waived_contract_lets_the_stack_through_and_is_told() -> None:
    broken = {violation.contract for violation in judged(MISPLACED).broken}
    patch = plans.layered(MISPLACED, waivers(*broken))
    system = plans.system("dev", patch)
    told = gate.passed(system, plans.compose(system))
    assert told, "what is waived is told at every run"
    assert all("its logs go to standard output" in sentence for sentence in told), "with the reason"


def test_a_waiver_that_matches_nothing_is_refused() -> None:
    with pytest.raises(gate.ContractsBroken, match="stale waiver"):
        system = plans.system("dev", waivers("P01"))
        gate.passed(system, plans.compose(system))


def test_what_the_gate_tells_holds_no_secret() -> None:
    report = judged(MISPLACED)
    assert "<generated" not in str(report.broken), "not even the marker of a secret belongs into a finding"
