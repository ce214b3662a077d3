"""The figures of a server's probes, where a stack states them."""

import plans
import pytest
import refused


def probes(stack: str = "dev", patch: dict | None = None) -> dict[str, dict]:
    service = "postgresql-bill-inquiry" if stack.startswith("bill") else "postgres"
    (server,) = plans.template(plans.one(plans.plan(stack, patch), "StatefulSet", service))["spec"]["containers"]
    return {name: server[f"{name}Probe"] for name in ("startup", "readiness", "liveness")}


def figures(probe: dict) -> tuple[int, ...]:
    names = ("initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold")
    return tuple(probe.get(name, 0) for name in names)


def test_without_the_section_the_figures_are_the_programs_own():
    found = probes()
    assert figures(found["readiness"]) == (0, 5, 3, 2), "a server that is gone is left out soon"
    assert figures(found["liveness"]) == (0, 10, 5, 6), "one that is busy is not killed"


def test_bill_inquirys_figures_are_those_of_its_plan_and_its_start_keeps_its_budget():
    found = probes("bill-inquiry-dev")
    assert figures(found["readiness"]) == (5, 10, 5, 6), "as the plan of its installation has it"
    assert figures(found["liveness"]) == (30, 10, 5, 6), "as the plan of its installation has it"
    assert found["startup"] == probes()["startup"], "a recovery may take as long as with no figures stated"
    assert found["liveness"]["exec"] == probes()["liveness"]["exec"], "whatever the figures, recovery is no death"


def test_one_stated_figure_leaves_the_others_as_they_are():
    found = probes(patch={"database": {"probes": {"readiness": {"periodSeconds": 7}}}})
    assert figures(found["readiness"]) == (0, 7, 3, 2), "readiness has its own other figures, not those of liveness"


@pytest.mark.parametrize(
    ("patch", "allowed"),
    [
        ({"probes": {"liveness": {"periodSeconds": 5, "failureThreshold": 2}}}, "at least 30 s"),
        ({"probes": {"readiness": {"periodSeconds": 2, "timeoutSeconds": 3}}}, "at most periodSeconds, 2"),
        ({"probes": {}, "topology": "replicated"}, "a standalone database"),
    ],
)
def test_figures_that_kill_a_server_or_that_nobody_reads_are_refused(patch, allowed):
    (mistake,) = refused.refusal({"database": patch}).mistakes
    assert allowed in mistake.allowed, "the message says what is allowed"
