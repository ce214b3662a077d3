"""postgres-apps: one stack. Load, compose, verify, register, export; a mistake ends it before anything is touched."""

import pulumi

from components.compose import compose
from components.consumed import NotAsPlanned, doubts
from components.gate import ContractsBroken, passed
from components.registration import Registration
from components.settings import load
from components.settings.mistakes import SettingsRefused


def main() -> None:
    """Make the stack so, or raise pulumi.RunError with every mistake."""
    try:
        stack = load.decode(load.from_engine())
        load.require_secrets(stack)
        plan = compose(stack.system, stack.provider)
        waived = passed(stack.system, plan)
        warnings = doubts(plan.consumed)
    except (SettingsRefused, ContractsBroken, NotAsPlanned) as refused:
        raise pulumi.RunError(str(refused)) from refused
    for warning in warnings:
        pulumi.log.warn(warning)
    for note in (*plan.notes, *waived):
        pulumi.log.info(note)
    Registration(stack.system).register(plan)
    for name, value in plan.outputs.items():
        pulumi.export(name, value)


main()
