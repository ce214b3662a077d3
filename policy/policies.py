"""The policies of the pack: one per family, and one for what can't be decided."""

from functools import partial

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    ReportViolation,
    StackValidation,
    StackValidationArgs,
    StackValidationPolicy,
)

from policy.families import FAMILIES, UNDECIDED, UNDECIDED_CONTRACTS, schema, waivers
from policy.objects import Resource
from policy.sdk import resource
from policy.verdict import Findings, Told, findings, verdict

_ADVISORY = frozenset({"security", UNDECIDED})
"""What a program that was not written for these contracts should be told, and not be stopped by, until it asks."""


class Stack:
    """One stack under judgement. Pulumi asks the policies in their order, each with its own configuration only."""

    def __init__(self) -> None:
        self._resources: list[Resource] = []
        self._findings: Findings = []
        self._undecided: dict[str, list[Told]] = {}

    def family(self, name: str, args: StackValidationArgs, report: ReportViolation) -> None:
        """Report what is broken of one family; what is undecided of it waits for the last policy."""
        said = verdict(self._found(args), FAMILIES[name][1], waivers(args.get_config()))
        for line in said.waived:
            print(line, flush=True)
        self._undecided[name] = said.undecided
        _report(said.broken, report)

    def undecided(self, args: StackValidationArgs, report: ReportViolation) -> None:
        """Report what the families before it left undecided, and values that none of them could look at."""
        own = verdict(self._found(args), UNDECIDED_CONTRACTS, waivers(args.get_config()))
        _report([*(told for left in self._undecided.values() for told in left), *own.undecided], report)
        self._undecided.clear()

    def _found(self, args: StackValidationArgs) -> Findings:
        resources = [resource(given) for given in args.resources]
        if resources != self._resources:
            self._resources, self._findings = resources, findings(resources)
        return self._findings


def _report(found: list[Told], report: ReportViolation) -> None:
    for told in found:
        report(told.text, told.urn or None)


def policies() -> list[Policy]:
    """All of them, the one for what is undecided last."""
    stack = Stack()
    found = [
        _policy(name, promise, partial(stack.family, name), contracts)
        for name, (promise, contracts) in FAMILIES.items()
    ]
    promise = "What these resources alone do not decide is as they need it."
    return [*found, _policy(UNDECIDED, promise, stack.undecided, UNDECIDED_CONTRACTS)]


def _policy(name: str, promise: str, check: StackValidation, contracts: frozenset[str]) -> Policy:
    level = EnforcementLevel.ADVISORY if name in _ADVISORY else EnforcementLevel.MANDATORY
    return StackValidationPolicy(name, promise, check, level, PolicyConfigSchema(schema(contracts)))
